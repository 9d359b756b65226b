// Which fault is behind an error of the disk or of SQLite?
import { FaultError } from "../core/faults.js";

const FULL = new Set(["SQLITE_FULL", "ENOSPC", "EDQUOT"]);
const UNWRITABLE =
  /^(SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_IOERR|SQLITE_PERM|SQLITE_AUTH|EACCES$|EROFS$|EPERM$|ENOTDIR$|EEXIST$|ENOENT$|EIO$|EISDIR$)/;
const CORRUPT = /^(SQLITE_CORRUPT|SQLITE_NOTADB)/;

const codeOf = (thrown: unknown): string =>
  typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : "";

export const isCorrupt = (thrown: unknown): boolean => CORRUPT.test(codeOf(thrown));

/** The fault of anything thrown while `path` was read or written. Details name the path, never a value. */
export const storeFault = (thrown: unknown, path: string): FaultError => {
  if (thrown instanceof FaultError) return thrown;
  const code = codeOf(thrown);
  const options = { cause: thrown };
  if (FULL.has(code)) return new FaultError("store.full", `${path}: no space left (${code})`, options);
  if (CORRUPT.test(code)) return new FaultError("store.corrupt", `${path}: damaged (${code})`, options);
  if (UNWRITABLE.test(code))
    return new FaultError("store.unwritable", `${path} can not be written (${code})`, options);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new FaultError("runtime.internal", `${path}: ${message}`, options);
};

/** Runs `act`; whatever it throws leaves as a `FaultError`. */
export const guarded = <T>(path: string, act: () => T): T => {
  try {
    return act();
  } catch (thrown) {
    throw storeFault(thrown, path);
  }
};
