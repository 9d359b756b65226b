// How does the first person get into a portal, or one back in who forgot the password?
//
// On the portal's own machine, as who may write its folder; also while the portal runs.
import { SystemClock } from "../../core/clock.js";
import { openBeside } from "../beside.js";
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

/** Prints the one-time password. Throws `DeskError` for a name that is taken, or unknown. */
export const accountCommand = async (command: AccountCommand, io: Io): Promise<number> => {
  const { what, dir, name, role, fullName } = command;
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const nowMs = () => clock.wall().epochMs;
  const db = openBeside(dir);
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
