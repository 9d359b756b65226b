// Where do the emulators' programs come from, and what does this machine lack for them?
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/package-root.js";

const SOURCES = join(packageRoot(), "tests", "kernel");
const CACHE = join(packageRoot(), "var", "test-kernel");

const runs = (command: string, ...words: string[]): boolean =>
  spawnSync(command, words, { stdio: "ignore" }).status === 0;

/** What is missing for a private kernel, in words; `null` when it can be had. */
export const missingForKernel = (): string | null => {
  if (process.getuid?.() !== 0) return "root (it mounts)";
  if (!existsSync("/dev/fuse")) return "/dev/fuse";
  if (!runs("pkg-config", "--exists", "fuse3")) return "libfuse3-dev and pkg-config";
  if (!runs("gcc", "--version")) return "gcc";
  if (!runs("unshare", "-m", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/sys/class"))
    return "the right to mount in a namespace of its own (unshare -m)";
  return null;
};

/** What is missing for a preloaded far end of libgpiod; `null` when it can be had. */
export const missingForLibgpiod = (): string | null => {
  if (!runs("gcc", "--version")) return "gcc";
  if (!runs(process.execPath, "-e", 'require("node-libgpiod")')) return "the package node-libgpiod";
  return null;
};

const fuseWords = (): readonly string[] => {
  const flags = spawnSync("pkg-config", ["--cflags", "--libs", "fuse3"], { encoding: "utf8" });
  return [...flags.stdout.trim().split(/\s+/), "-pthread"];
};

/** Compiles the FUSE emulator where its sources changed; gives its path. Throws with the compiler's words. */
export const buildEmulator = (): string => build(SOURCES, "emulator", fuseWords());

/** The file system of the power tests. */
export const buildFailingDisk = (): string =>
  build(join(packageRoot(), "tests", "power"), "failing-disk", fuseWords());

/** The library to preload. */
export const buildLibgpiod = (): string => build(SOURCES, "libgpiod", ["-shared", "-fPIC"]);

const build = (room: string, folderName: string, words: readonly string[]): string => {
  const from = join(room, folderName);
  const names = readdirSync(from)
    .filter((name) => /\.[ch]$/.test(name))
    .sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(name).update(readFileSync(join(from, name)));
  const folder = join(CACHE, hash.digest("hex").slice(0, 16));
  const program = join(folder, folderName);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const sources = names.filter((name) => name.endsWith(".c")).map((name) => join(from, name));
  const half = `${program}.${process.pid}`;
  const built = spawnSync(
    "gcc",
    ["-O1", "-std=gnu17", "-Wall", "-Wextra", "-Werror", ...sources, "-o", half, ...words],
    { encoding: "utf8" },
  );
  if (built.status !== 0) throw new Error(`${folderName} does not compile:\n${built.stderr}`);
  // Two test files may build at the same time; the name changes in one step.
  renameSync(half, program);
  return program;
};
