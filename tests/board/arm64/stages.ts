// What is made once for the emulated board, is it there already, and how long did it take?
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../../src/package-root.js";

export const ROOM = join(packageRoot(), "tests", "board", "arm64");
const LONGEST_STAGE_MS = 60 * 60_000;

export interface Stage {
  readonly name: string;
  readonly seconds: number;
}

/** Debian package by the program that proves it is installed. */
const TOOLS = [
  ["qemu-system-arm", "qemu-system-aarch64"],
  ["gcc-aarch64-linux-gnu", "aarch64-linux-gnu-gcc"],
  ["g++-aarch64-linux-gnu", "aarch64-linux-gnu-g++"],
  ["make", "make"],
  ["kmod", "depmod"],
  ["cpio", "cpio"],
  ["e2fsprogs", "mke2fs"],
  ["mosquitto", "mosquitto"],
] as const;

const PATHS = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
const missingTools = (): readonly string[] =>
  TOOLS.filter(([, program]) => !PATHS.some((path) => existsSync(join(path, program)))).map(([name]) => name);

/** Outside of the repository: a gigabyte that a clean checkout need not make again. */
export const cacheFolder = (): string =>
  process.env["MOTCUA_BOARD_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "motcua", "board-arm64");

/** Why it can not be done here, in words; `null` when it can. As root the Debian packages are installed. */
export const missingForBoard = (): string | null => {
  if (!existsSync("/usr/bin/apt-get")) return "Debian's apt";
  if (process.getuid?.() !== 0) return "root (its disks hold files of root)";
  const names = missingTools();
  if (names.length === 0) return null;
  const words = ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600", ...names];
  spawnSync("apt-get", ["update", "-q"], { stdio: "ignore", timeout: LONGEST_STAGE_MS });
  spawnSync("apt-get", words, {
    stdio: "ignore",
    timeout: LONGEST_STAGE_MS,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  const still = missingTools();
  return still.length === 0 ? null : `Debian packages: sudo apt-get install ${still.join(" ")}`;
};

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Seconds since `started`, printed. */
export const told = (name: string, started: number): Stage => {
  const seconds = (performance.now() - started) / 1_000;
  say(`  ${name}: ${seconds.toFixed(1)} s`);
  return { name, seconds };
};

/** Runs a script of this room; its output is shown only when it fails. */
export const script = (name: string, ...words: readonly string[]): void => {
  const { status, stdout, stderr } = spawnSync(join(ROOM, name), words, {
    encoding: "utf8",
    timeout: LONGEST_STAGE_MS,
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${name} failed (${status}):\n${`${stdout}\n${stderr}`.slice(-4_000)}`);
};

interface Made {
  readonly name: string;
  readonly words: readonly string[];
  /** Files and folders that it is made of; a change makes it anew. */
  readonly from: readonly string[];
}

const PACKAGES = ["tests/board/arm64/packages.sh"];
const KERNEL = [
  ...PACKAGES,
  ...["kernel.sh", "i2c-far-end.c", "kernel-hang.c"].map((name) => `tests/board/arm64/${name}`),
];
const STAGES: readonly Made[] = [
  { name: "packages", words: [], from: PACKAGES },
  { name: "kernel", words: [ROOM], from: KERNEL },
  { name: "root", words: [], from: [...KERNEL, "tests/board/arm64/root.sh"] },
  {
    name: "package",
    words: [packageRoot()],
    from: ["tests/board/arm64/package.sh", "package-lock.json", "systemd", "board", "dist/src"],
  },
];

/** The hash of all files below `paths`, with their names. */
const stampOf = (paths: readonly string[]): string => {
  const hash = createHash("sha256");
  const add = (path: string): void => {
    const whole = join(packageRoot(), path);
    if (statSync(whole).isDirectory()) for (const name of readdirSync(whole).sort()) add(join(path, name));
    else hash.update(path).update(readFileSync(whole));
  };
  for (const path of paths) add(path);
  return hash.digest("hex");
};

/** Makes what is not there yet; a second run takes no time. */
export const makeBoard = (folder: string): readonly Stage[] => {
  mkdirSync(folder, { recursive: true });
  const done: Stage[] = [];
  for (const { name, words, from } of STAGES) {
    const stamp = stampOf(from);
    const file = join(folder, `made-${name}`);
    if (existsSync(file) && readFileSync(file, "utf8") === stamp) continue;
    const started = performance.now();
    rmSync(file, { force: true });
    script(`${name}.sh`, folder, ...words);
    writeFileSync(file, stamp);
    done.push(told(name, started));
  }
  return done;
};
