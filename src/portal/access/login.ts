// How does somebody come in with a name and a password, and change the password?
import { createHash, timingSafeEqual } from "node:crypto";
import { DeskError } from "../desk-error.js";
import type { Accounts } from "./accounts.js";
import type { Audit } from "./audit.js";
import type { LoginAttempts } from "./login-attempts.js";
import { checkNewPassword, hashPassword, verifyPassword } from "./password.js";
import type { Role } from "./roles.js";
import type { Sessions } from "./sessions.js";
import type { Who } from "./who.js";

/** For programs: good for /api/* and the metrics, never for pages. */
export interface ApiToken {
  readonly name: string;
  readonly role: Role;
  /** Lower-case hex of the token's SHA-256. */
  readonly sha256: string;
}

export interface LoginParts {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly attempts: LoginAttempts;
  readonly audit: Audit;
  readonly tokens: readonly ApiToken[];
}

/** Each takes 19 MiB and a tenth of a second of the one thread that also takes applications in. */
const MAX_AT_ONCE = 8;

const wrong = (): DeskError =>
  new DeskError(403, {
    vi: "Tên đăng nhập hoặc mật khẩu không đúng",
    en: "The name or the password is wrong",
  });

const tooSoon = (waitMs: number): DeskError => {
  const seconds = Math.ceil(waitMs / 1000);
  return new DeskError(429, {
    vi: `Đã nhập sai nhiều lần; xin thử lại sau ${seconds} giây`,
    en: `Too many wrong passwords; please try again in ${seconds} seconds`,
  });
};

export class Login {
  readonly #parts: LoginParts;
  #checking = 0;

  constructor(parts: LoginParts) {
    this.#parts = parts;
  }

  /** A session's token. Throws `DeskError`; the same for an unknown name as for a wrong password. */
  async signIn(given: string, password: string, address: string): Promise<string> {
    const { accounts, sessions, audit } = this.#parts;
    const name = given.trim().toLowerCase();
    const right = await this.#check(name, password, address);
    const account = accounts.get(name);
    // What was typed may be a password in the wrong field: only names that exist are written down.
    const entry = { address, application: null, subject: "", detail: "" };
    if (!right || account === undefined) {
      const who = account?.name ?? "?";
      audit.write({ ...entry, who, role: account?.role ?? "", act: "login.failed" });
      throw wrong();
    }
    audit.write({ ...entry, who: name, role: account.role, act: "login" });
    return sessions.start(name);
  }

  /** Ends all the account's sessions and gives a new one. Throws `DeskError`. */
  async changePassword(
    who: Who,
    given: { readonly now: string; readonly fresh: string; readonly again: string },
  ): Promise<string> {
    checkNewPassword(given.fresh, given.again, given.now);
    if (!(await this.#check(who.name, given.now, who.address))) throw wrong();
    this.#parts.accounts.setPassword(who.name, await hashPassword(given.fresh), false);
    return this.#parts.sessions.start(who.name);
  }

  machine(token: string): ApiToken | null {
    const given = createHash("sha256").update(token).digest();
    return (
      this.#parts.tokens.find(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, "hex"), given)) ?? null
    );
  }

  async #check(name: string, password: string, address: string): Promise<boolean> {
    const { accounts, attempts } = this.#parts;
    if (this.#checking >= MAX_AT_ONCE)
      throw new DeskError(503, { vi: "Đang bận; xin thử lại", en: "Busy; please try again" });
    const waitMs = attempts.begin(name, address);
    if (waitMs > 0) throw tooSoon(waitMs);
    this.#checking += 1;
    try {
      const right = await verifyPassword(password, accounts.passwordOf(name));
      if (right) attempts.succeeded(name, address);
      return right;
    } finally {
      this.#checking -= 1;
    }
  }
}
