// What may somebody see and fetch who has a slip's code, and perhaps its holder's number?
//
// The code alone shows the state. With the number the certified copies can be fetched: a ticket is handed out
// that opens one file for a few minutes, so that neither code nor number stands in an address.
import type { ApplicationContent } from "../../sync/protocol/content.js";
import { hashLookupCode } from "../../sync/protocol/lookup-code.js";
import type { Audit } from "../access/audit.js";
import type { Copies, Copy } from "../copies/copies.js";
import type { Fee } from "../fees/fee-rows.js";
import type { Fees } from "../fees/fees.js";
import { citizenNumber } from "../holder.js";
import type { Application, Register } from "../register.js";
import type { Attempts } from "./attempts.js";
import type { Tickets } from "./tickets.js";

export interface PublicLookupParts {
  readonly register: Register;
  readonly copies: Copies;
  readonly fees: Fees;
  readonly attempts: Attempts;
  readonly audit: Audit;
  readonly contentOf: (application: number) => Promise<ApplicationContent | undefined>;
  readonly tickets: Tickets;
}

export interface Offered {
  readonly copy: Copy;
  /** Null for one that was revoked. */
  readonly ticket: string | null;
}

export type Opened =
  | { readonly kind: "unknown" }
  | { readonly kind: "wrongNumber"; readonly application: Application }
  | { readonly kind: "tooOften"; readonly application: Application }
  | { readonly kind: "open"; readonly application: Application; readonly offered: readonly Offered[] };

export class PublicLookup {
  readonly #parts: PublicLookupParts;

  constructor(parts: PublicLookupParts) {
    this.#parts = parts;
  }

  find(code: string): Application | undefined {
    return this.#parts.register.byLookup(hashLookupCode(code));
  }

  feeOf(application: Application): Fee | undefined {
    return this.#parts.fees.of(application);
  }

  /** The number of copies that could be fetched with the holder's number. */
  readyCopies(code: string): number {
    return this.#parts.copies.byLookup(hashLookupCode(code)).filter(({ state }) => state === "current")
      .length;
  }

  /** `address`: whose, for the audit. */
  async open(code: string, number: string, address: string): Promise<Opened> {
    const { attempts, copies, register, tickets, contentOf } = this.#parts;
    const lookupHash = hashLookupCode(code);
    const application = register.byLookup(lookupHash);
    if (application === undefined) return { kind: "unknown" };
    if (!attempts.begin(lookupHash)) return { kind: "tooOften", application };
    const content = await contentOf(application.id);
    const holder = content === undefined ? null : citizenNumber(content);
    if (holder === null || holder !== number.replace(/\s/g, "")) return { kind: "wrongNumber", application };
    attempts.succeeded(lookupHash);
    this.#note(application.id, "holder.copiesOffered", "", address);
    const offered = copies
      .byLookup(lookupHash)
      .map((copy) => ({ copy, ticket: copy.state === "current" ? tickets.give(copy.id) : null }));
    return { kind: "open", application, offered };
  }

  /** The copy that a ticket still opens; looked up anew, since it may have been revoked meanwhile. */
  redeem(ticket: string, address: string): Copy | undefined {
    const id = this.#parts.tickets.copyOf(ticket);
    const copy = id === undefined ? undefined : this.#parts.copies.byId(id);
    if (copy?.state !== "current") return undefined;
    this.#note(copy.application, "holder.copyFetched", copy.id, address);
    return copy;
  }

  #note(application: number, act: string, subject: string, address: string): void {
    this.#parts.audit.write({ who: "holder", role: "", address, act, application, subject, detail: "" });
  }
}
