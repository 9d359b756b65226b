// How does the first person get into a portal, or one back in who forgot the password?
//
// On the portal's own machine, as who may write its folder; also while the portal runs (SQLite lets two write in
// turn), as long as both know the same schema.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SystemClock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import { type Db, openDatabase, schemaOf } from "../../store/database.js";
import { guarded } from "../../store/faults.js";
import { takeWriterLock } from "../../store/lock.js";
import { PORTAL_DATABASE, PORTAL_MIGRATIONS } from "../migrations.js";
import { Accounts } from "./accounts.js";
import { Audit } from "./audit.js";
import { hashPassword, oneTimePassword } from "./password.js";
import type { Role } from "./roles.js";

export interface AccountCommand {
  readonly what: "add" | "reset";
  /** The portal's folder. */
  readonly dir: string;
  readonly name: string;
  /** For "add". */
  readonly role?: Role;
  /** For "add"; the name when absent. */
  readonly fullName?: string;
}

interface Io {
  readonly stdout: NodeJS.WritableStream;
}

const isRunning = (dir: string): boolean => {
  try {
    takeWriterLock(dir)();
    return false;
  } catch (thrown) {
    if (thrown instanceof FaultError) return true;
    throw thrown;
  }
};

const open = (dir: string): Db => {
  const path = join(dir, PORTAL_DATABASE);
  if (!existsSync(path))
    throw new FaultError(
      "store.unwritable",
      `${path}: there is no portal; start it once, or name its folder`,
    );
  return guarded(path, () => {
    // A running portal's database is not moved on under its feet.
    if (isRunning(dir) && schemaOf(path) !== PORTAL_MIGRATIONS.length)
      throw new FaultError(
        "store.unwritable",
        `${path}: the portal that runs is of another version; stop it`,
      );
    return openDatabase(path, PORTAL_MIGRATIONS).db;
  });
};

/** Prints the one-time password. Throws `DeskError` for a name that is taken, or unknown. */
export const accountCommand = async (command: AccountCommand, io: Io): Promise<number> => {
  const { what, dir, name, role, fullName } = command;
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const nowMs = () => clock.wall().epochMs;
  const db = open(dir);
  try {
    const accounts = new Accounts(db, nowMs);
    const password = oneTimePassword();
    const hash = await hashPassword(password);
    if (what === "reset") accounts.setPassword(name, hash, true);
    else if (role !== undefined) accounts.add({ name, fullName: fullName ?? name, role, password: hash });
    else throw new Error("a new account needs a role");
    new Audit(db, nowMs).write({
      ...{ who: "command line", role: "", address: "", application: null, subject: name },
      ...{ act: what === "add" ? "account.added" : "account.newPassword", detail: role ?? "" },
    });
    io.stdout.write(`one-time password of ${name}: ${password}\n`);
    return 0;
  } finally {
    db.close();
  }
};
