// How is it made sure that one process alone writes to the store?
//
// An exclusive transaction on a file of its own, held as long as the store is open: the kernel drops such a
// lock when the process dies, however it dies, so there is no stale lock to clean up.
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { FaultError } from "../core/faults.js";
import { isCorrupt } from "./faults.js";

const holderOf = (file: string): string => {
  try {
    return `process ${readFileSync(file, "utf8").trim()}`;
  } catch {
    return "another process";
  }
};

const LOCK_FILE = "writer.lock";

const openLocked = (dir: string): Database.Database => {
  const lock = new Database(join(dir, LOCK_FILE), { timeout: 0 });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (thrown) {
    lock.close();
    throw thrown;
  }
};

/** Nothing but a lock lies in the file: damaged, it is emptied in place, where a holder's lock stays a lock. */
const openMended = (dir: string): Database.Database => {
  try {
    return openLocked(dir);
  } catch (thrown) {
    if (!isCorrupt(thrown)) throw thrown;
    truncateSync(join(dir, LOCK_FILE));
    return openLocked(dir);
  }
};

/** Returns the release. Throws "store.unwritable" when somebody else holds it. */
export const takeWriterLock = (dir: string): (() => void) => {
  const holderFile = join(dir, "writer.pid");
  let lock: Database.Database;
  try {
    lock = openMended(dir);
  } catch (thrown) {
    if (String((thrown as { code?: unknown }).code).startsWith("SQLITE_BUSY"))
      throw new FaultError(
        "store.unwritable",
        `${dir} is in use by ${holderOf(holderFile)}: stop it, or give another folder`,
      );
    throw thrown;
  }
  try {
    writeFileSync(holderFile, `${process.pid}\n`);
  } catch {
    // A courtesy to the next one; the lock holds without it, also on a full disk.
  }
  return () => lock.close();
};
