// How are a stick's files read, when anybody may have put anything there?
import { constants } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BUNDLE_NAME, COURIER_FOLDER } from "./courier.js";

/** Links are not followed, and what is no plain file is not opened: a pipe would wait for ever. */
export const PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The whole file, or undefined when it is not there, no plain file, or longer than `maxBytes`. */
export const readBounded = async (path: string, maxBytes: number): Promise<Uint8Array | undefined> => {
  let file: FileHandle;
  try {
    file = await open(path, PLAIN);
  } catch (thrown) {
    if (["ENOENT", "ELOOP", "ENXIO", "ENOTDIR"].includes(String((thrown as { code?: unknown }).code)))
      return undefined;
    throw thrown;
  }
  try {
    const info = await file.stat();
    if (!info.isFile() || info.size > maxBytes) return undefined;
    const bytes = new Uint8Array(info.size);
    const { bytesRead } = await file.read(bytes, 0, info.size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** Finished bundles on the stick, by name; never a link. */
export const bundlesOn = async (stick: string): Promise<readonly string[]> => {
  const folder = join(stick, COURIER_FOLDER);
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const found = entries.filter((entry) => entry.isDirectory() && BUNDLE_NAME.test(entry.name));
    return found.map(({ name }) => join(folder, name)).sort();
  } catch (thrown) {
    if (String((thrown as { code?: unknown }).code) === "ENOENT") return [];
    throw thrown;
  }
};
