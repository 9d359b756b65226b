// How is a technician's stick looked at and written to, when it may be full, read-only, foreign or pulled out?
import { mkdir, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder, writeFileDurably } from "../../store/durable-file.js";
import { BUNDLE_NAME, COURIER_FOLDER, UNFINISHED } from "../protocol/courier.js";

/** One line for the person who holds the stick. */
export class StickError extends Error {
  override readonly name = "StickError";
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "is not there; is the stick plugged in and mounted?",
  ENOTDIR: "is no folder",
  ENOSPC: "is full",
  EFBIG: "takes no larger file",
  EROFS: "can not be written to: the stick is read-only",
  EACCES: "must not be written to by this user",
  EPERM: "must not be written to by this user",
  EIO: "does not answer; was the stick pulled out?",
  ENODEV: "does not answer; was the stick pulled out?",
  ENXIO: "does not answer; was the stick pulled out?",
};

export const stickError = (path: string, thrown: unknown): Error => {
  const code = String((thrown as { code?: unknown } | null)?.code);
  const why = WHY[code];
  if (why !== undefined) return new StickError(`${path} ${why} (${code})`, { cause: thrown });
  return thrown instanceof Error ? thrown : new Error(String(thrown));
};

/** Makes the bundles' folder and clears what was never finished. Throws `StickError`. */
export const prepare = async (stick: string, neededBytes: number): Promise<string> => {
  const info = await stat(stick);
  if (!info.isDirectory()) throw new StickError(`${stick} is no folder`);
  const folder = join(stick, COURIER_FOLDER);
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory() && entry.name.endsWith(UNFINISHED) && BUNDLE_NAME.test(entry.name.slice(0, 8)))
      await rm(join(folder, entry.name), { recursive: true, force: true });
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < neededBytes)
    throw new StickError(`${stick} has ${bavail * bsize} bytes free, and ${neededBytes} are needed`);
  return folder;
};

/** Index first, then the folder under its name: only then is it a bundle. */
export const finish = async (
  folder: string,
  name: string,
  index: Uint8Array,
  file: string,
): Promise<void> => {
  const making = join(folder, `${name}${UNFINISHED}`);
  writeFileDurably(making, file, index);
  await rename(making, join(folder, name));
  syncFolder(folder);
};

/** As an unfinished one first, so that a half-removed bundle is none. */
export const removeBundle = async (bundle: string): Promise<void> => {
  await rename(bundle, `${bundle}${UNFINISHED}`);
  await rm(`${bundle}${UNFINISHED}`, { recursive: true, force: true });
};
