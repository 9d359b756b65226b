// Who works at the desk in the tests?
import { signIn } from "../../src/dock/desk-accounts.js";
import type { MadeUpAccount } from "../../src/portal/access/accounts.js";
import type { Role } from "../../src/portal/access/roles.js";

export const PASSWORD = "mat-khau-thu-1";
/** Of that word, by one pass over 64 KiB: the tests log in often. The real parameters have a test of their own. */
const HASH = "$argon2id$v=19$m=64,t=1,p=1$fNqAFiM70S04+udtfM00pw$n8Kof7E+2fWRWea3BeUUY5SVpZpAlsATwLts4OEth3c";

export const NAMES: Readonly<Record<Role, string>> = {
  officer: "thu",
  agency: "dau",
  operations: "ky",
  administrator: "quan",
};

export const PEOPLE: readonly MadeUpAccount[] = [
  { name: NAMES.officer, fullName: "Trần Thử", role: "officer", password: HASH },
  { name: "ban", fullName: "Đỗ Bạn", role: "officer", password: HASH },
  { name: NAMES.agency, fullName: "Lê Dấu", role: "agency", password: HASH },
  { name: NAMES.operations, fullName: "Phạm Kỹ", role: "operations", password: HASH },
  { name: NAMES.administrator, fullName: "Võ Quản", role: "administrator", password: HASH },
];

/** One browser a role; each logs in when it is first needed. */
export class Browsers {
  readonly #url: string;
  readonly #cookies = new Map<Role, Promise<string>>();

  constructor(url: string) {
    this.#url = url;
  }

  cookie(role: Role): Promise<string> {
    const known = this.#cookies.get(role) ?? signIn(this.#url, { name: NAMES[role], password: PASSWORD });
    this.#cookies.set(role, known);
    return known;
  }

  /** As a form of the desk's own pages would; redirects are not followed. */
  async fetch(path: string, init: RequestInit = {}, role: Role = "officer"): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("cookie", await this.cookie(role));
    if (init.method === "POST" && !headers.has("origin")) headers.set("origin", this.#url);
    return fetch(this.#url + path, { ...init, headers, redirect: "manual" });
  }
}
