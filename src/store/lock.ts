// How is it made sure that one process alone writes to the store?
//
// An exclusive transaction on a file of its own, held as long as the store is open: the kernel drops such a
// lock when the process dies, however it dies, so there is no stale lock to clean up.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { FaultError } from "../core/faults.js";

const holderOf = (file: string): string => {
  try {
    return `process ${readFileSync(file, "utf8").trim()}`;
  } catch {
    return "another process";
  }
};

/** Returns the release. Throws "store.unwritable" when somebody else holds it. */
export const takeWriterLock = (dir: string): (() => void) => {
  const lock = new Database(join(dir, "writer.lock"), { timeout: 0 });
  const holderFile = join(dir, "writer.pid");
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (thrown) {
    lock.close();
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
