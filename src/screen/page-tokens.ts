// May this page open the visit's socket?
//
// Every delivery of index.html carries a fresh token. The first socket that shows it claims it; from then
// on it is good for that page's reconnections alone, until another page claims a newer one.
import { randomBytes } from "node:crypto";

/** A page that was loaded and never connected is forgotten when this many newer ones were loaded. */
const UNCLAIMED_KEPT = 8;

export class PageTokens {
  #unclaimed: string[] = [];
  #current: string | null = null;

  issue(): string {
    const token = randomBytes(24).toString("base64url");
    this.#unclaimed = [...this.#unclaimed.slice(1 - UNCLAIMED_KEPT), token];
    return token;
  }

  /** True when the bearer is the page that may connect now. */
  claim(token: string): boolean {
    if (token === this.#current) return true;
    if (!this.#unclaimed.includes(token)) return false;
    this.#unclaimed = this.#unclaimed.filter((other) => other !== token);
    this.#current = token;
    return true;
  }
}
