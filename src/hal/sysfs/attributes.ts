// How is a file of sysfs read and written, and which device of a class is meant?
//
// One value a file, as text (Documentation/filesystems/sysfs.rst). A read or write that the driver refuses is an errno;
// its cause is kept, so that the technician's remedy names the file and the group.
import { closeSync, constants, openSync, readdirSync, readFileSync, realpathSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CausedError, causeOfErrno } from "../../core/causes.js";

const caused = (path: string, thrown: unknown): Error => {
  const { code = "" } = thrown as NodeJS.ErrnoException;
  const why = causeOfErrno(code, path);
  const message = `${path}: ${code || String(thrown)}`;
  return why === null
    ? new Error(message, { cause: thrown })
    : new CausedError(message, why, { cause: thrown });
};

export const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (thrown) {
    throw caused(path, thrown);
  }
};

/** Throws when the file holds no whole number. */
export const readWhole = (path: string): number => {
  const text = readText(path);
  if (!/^-?\d{1,15}$/.test(text)) throw new Error(`${path} says "${text.slice(0, 40)}", no whole number`);
  return Number(text);
};

/** Never makes a file: a name that is not there is an error. */
export const writeWhole = (path: string, value: number): void => {
  try {
    const file = openSync(path, constants.O_WRONLY | constants.O_TRUNC);
    try {
      writeSync(file, `${value}\n`);
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    throw caused(path, thrown);
  }
};

/**
 * The folder below /sys/class/`className` whose `attribute` is `wanted`, resolved, so that a device that is plugged in
 * anew is another one. Throws with what there is instead.
 */
export const findInClass = (
  sys: string,
  className: string,
  { attribute, wanted }: { readonly attribute: string; readonly wanted: string },
): string => {
  const folder = join(sys, "class", className);
  let names: readonly string[];
  try {
    names = readdirSync(folder).sort();
  } catch (thrown) {
    throw caused(folder, thrown);
  }
  const seen: string[] = [];
  for (const name of names) {
    let found: string;
    try {
      found = readText(join(folder, name, attribute));
    } catch {
      continue; // Not every entry of a class has every attribute.
    }
    if (found === wanted) return realpathSync(join(folder, name));
    seen.push(found);
  }
  const others = seen.length === 0 ? "none" : [...new Set(seen)].join(", ");
  const at = `${folder}/*/${attribute}`;
  throw new CausedError(`no ${className} is "${wanted}"; there is ${others}`, { kind: "missing", at });
};
