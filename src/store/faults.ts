// Which fault is behind an error of the disk or of SQLite?
import { FaultError } from "../core/faults.js";

const FULL = new Set(["SQLITE_FULL", "ENOSPC", "EDQUOT"]);
const UNWRITABLE =
  /^(SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_IOERR|SQLITE_PERM|SQLITE_AUTH|EACCES$|EROFS$|EPERM$|ENOTDIR$|EEXIST$|ENOENT$|EIO$|EISDIR$|ENXIO$|ENODEV$|ESTALE$|ENOTCONN$|EBADF$)/;
/** EUCLEAN, EBADMSG: the file system itself found the damage (errno 117 and 74 of Linux). */
const CORRUPT = /^(SQLITE_CORRUPT|SQLITE_NOTADB|EUCLEAN$|EBADMSG$)/;
/** After these nobody knows what reached the disk, or the connection no longer fits the file under it. */
const SHAKEN = /^(SQLITE_IOERR|SQLITE_CORRUPT|SQLITE_NOTADB|SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PROTOCOL)/;

const codeOf = (thrown: unknown): string =>
  typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : "";

export const isCorrupt = (thrown: unknown): boolean => CORRUPT.test(codeOf(thrown));

export const isReadError = (thrown: unknown): boolean => /^SQLITE_IOERR_(SHORT_)?READ/.test(codeOf(thrown));

/** The connection must be opened anew before anything more is believed of it. Looks through a `FaultError`. */
export const isShaken = (thrown: unknown): boolean =>
  SHAKEN.test(codeOf(thrown instanceof FaultError ? thrown.cause : thrown));

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
