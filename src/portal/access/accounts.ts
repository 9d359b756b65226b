// Who has an account at the desk?
import type { PortalDb } from "../db/portal-db.js";
import { DeskError } from "../desk-error.js";
import type { Role } from "./roles.js";

export interface Account {
  readonly name: string;
  readonly fullName: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** The password was given by somebody else: the first thing is a new one. */
  readonly mustChange: boolean;
  /** For trying out; never usable where the portal is not started for that. */
  readonly madeUp: boolean;
}

/** What the launcher of a simulated kiosk gives its portal; `password` is a PHC string. */
export interface MadeUpAccount extends Pick<Account, "name" | "fullName" | "role"> {
  readonly password: string;
}

export const ACCOUNT_NAME = /^[a-z][a-z0-9._-]{1,39}$/;

const COLUMNS = "name, full_name AS fullName, role, disabled, must_change AS mustChange, made_up AS madeUp";

type Row = Omit<Account, "disabled" | "mustChange" | "madeUp"> & {
  readonly disabled: number;
  readonly mustChange: number;
  readonly madeUp: number;
};

const toAccount = (row: unknown): Account | undefined => {
  if (row === undefined) return undefined;
  const { disabled, mustChange, madeUp, ...found } = row as Row;
  return { ...found, disabled: disabled !== 0, mustChange: mustChange !== 0, madeUp: madeUp !== 0 };
};

export class Accounts {
  readonly #db: PortalDb;
  readonly #nowMs: () => number;

  constructor(db: PortalDb, nowMs: () => number) {
    this.#db = db;
    this.#nowMs = nowMs;
  }

  all(): readonly Account[] {
    return this.#db
      .prepare(`SELECT ${COLUMNS} FROM accounts ORDER BY name`)
      .all()
      .flatMap((row) => toAccount(row) ?? []);
  }

  get(name: string): Account | undefined {
    return toAccount(this.#db.prepare(`SELECT ${COLUMNS} FROM accounts WHERE name = ?`).get(name));
  }

  /** The PHC string; null for no such account and for one that is disabled. */
  passwordOf(name: string): string | null {
    const found = this.#db
      .prepare("SELECT password FROM accounts WHERE name = ? AND disabled = 0")
      .pluck()
      .get(name);
    return (found as string | undefined) ?? null;
  }

  /** `password`: PHC, of a one-time password. Throws `DeskError` for a name that is taken or has a wrong form. */
  add({ name, fullName, role, password }: MadeUpAccount): void {
    if (!ACCOUNT_NAME.test(name))
      throw new DeskError(400, {
        vi: "Tên đăng nhập: 2–40 chữ thường không dấu, số, dấu chấm, gạch; bắt đầu bằng chữ",
        en: "A name is 2–40 of a–z, 0–9, dot, dash and underscore, and starts with a letter",
      });
    const added = this.#db
      .prepare(`INSERT INTO accounts (name, full_name, role, password, created_at_ms)
        VALUES (@name, @fullName, @role, @password, @now) ON CONFLICT DO NOTHING`)
      .run({ name, fullName, role, password, now: this.#now() });
    if (added.changes !== 1)
      throw new DeskError(409, { vi: "Tên đăng nhập này đã có", en: "This name is taken" });
  }

  /** Ends the account's sessions in the same step. Throws `DeskError` when there is no such account. */
  setPassword(name: string, password: string, mustChange: boolean): void {
    this.#change(name, "password = ?, must_change = ?", [password, mustChange ? 1 : 0]);
  }

  /** Ends the account's sessions in the same step. Throws `DeskError` when there is no such account. */
  setDisabled(name: string, disabled: boolean): void {
    this.#change(name, "disabled = ?", [disabled ? 1 : 0]);
  }

  /** At each start: these, and no others of their kind, can be used. A name that a real account has stays its. */
  keepMadeUp(wanted: readonly MadeUpAccount[]): void {
    this.#db
      .transaction(() => {
        for (const { name, madeUp, disabled } of this.all())
          if (madeUp && !disabled && !wanted.some((each) => each.name === name)) this.setDisabled(name, true);
        for (const each of wanted) {
          const there = this.get(each.name);
          if (there?.madeUp === false) continue;
          if (there !== undefined && this.passwordOf(each.name) === each.password) continue;
          this.#db.prepare("DELETE FROM sessions WHERE account = ?").run(each.name);
          this.#db
            .prepare(`INSERT INTO accounts (name, full_name, role, password, must_change, made_up, created_at_ms)
              VALUES (@name, @fullName, @role, @password, 0, 1, @now) ON CONFLICT (name) DO UPDATE SET
              full_name = excluded.full_name, role = excluded.role, password = excluded.password, disabled = 0,
              must_change = 0`)
            .run({ ...each, now: this.#now() });
        }
      })
      .immediate();
  }

  #change(name: string, assignments: string, values: readonly (string | number)[]): void {
    this.#db
      .transaction(() => {
        const { changes } = this.#db
          .prepare(`UPDATE accounts SET ${assignments} WHERE name = ?`)
          .run(...values, name);
        if (changes !== 1)
          throw new DeskError(404, { vi: "Không có tài khoản này", en: "There is no such account" });
        this.#db.prepare("DELETE FROM sessions WHERE account = ?").run(name);
      })
      .immediate();
  }

  #now(): number {
    return Math.round(this.#nowMs());
  }
}
