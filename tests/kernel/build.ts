// Where does the emulator's program come from, and what does this machine lack for it?
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/package-root.js";

const SOURCES = join(packageRoot(), "tests", "kernel", "emulator");
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

/** Compiles the emulator where its sources changed; gives its path. Throws `Error` with the compiler's words. */
export const buildEmulator = (): string => {
  const names = readdirSync(SOURCES)
    .filter((name) => /\.[ch]$/.test(name))
    .sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(name).update(readFileSync(join(SOURCES, name)));
  const folder = join(CACHE, hash.digest("hex").slice(0, 16));
  const program = join(folder, "emulator");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const flags = spawnSync("pkg-config", ["--cflags", "--libs", "fuse3"], { encoding: "utf8" });
  const words = flags.stdout.trim().split(/\s+/);
  const sources = names.filter((name) => name.endsWith(".c")).map((name) => join(SOURCES, name));
  const half = `${program}.${process.pid}`;
  const built = spawnSync(
    "gcc",
    ["-O1", "-std=gnu17", "-Wall", "-Wextra", "-Werror", ...sources, "-o", half, ...words, "-pthread"],
    { encoding: "utf8" },
  );
  if (built.status !== 0) throw new Error(`the emulator does not compile:\n${built.stderr}`);
  // Two test files may build at the same time; the name changes in one step.
  renameSync(half, program);
  return program;
};
