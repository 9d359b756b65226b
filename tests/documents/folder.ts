// Where do the tests of documents put files for the readers that they start, and how are those started?
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), "motcua-documents-"));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export const put = (folder: string, name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** Stdout; throws when the command fails. */
export const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: "utf8", maxBuffer: 1e8, stdio: ["ignore", "pipe", "pipe"] });

/** Exit code, and what was said on both. */
export const tryRun = (command: string, ...args: readonly string[]): { code: number; output: string } => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1e8 });
  return { code: status ?? -1, output: `${stdout}${stderr}` };
};
