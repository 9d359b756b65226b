// What does the portal answer a kiosk that asks on a citizen's behalf?

import type {
  CopyWishMessage,
  DownKind,
  FeeMessage,
  FeeWish,
  LookupMessage,
  StoredCopy,
} from "../sync/protocol/messages.js";
import type { Audit } from "./access/audit.js";
import type { Copies, Copy } from "./copies/copies.js";
import type { Fees } from "./fees/fees.js";
import type { Attempts } from "./public/attempts.js";
import { type Register, statusOf } from "./register.js";

export interface InquiriesParts {
  readonly register: Register;
  readonly copies: Copies;
  readonly attempts: Attempts;
  readonly audit: Audit;
  readonly fees: Fees;
  readonly isEnrolled: (kiosk: string) => boolean;
  readonly send: (kiosk: string, kind: DownKind, message: object) => void;
}

/** Nothing of what stands in the paper, and nothing of whose it is. */
const toldOf = (copy: Copy): StoredCopy => ({
  copy: copy.id,
  title: copy.title,
  paperClass: copy.paperClass,
  pages: copy.pages,
  certifiedAt: copy.statement.date,
  state: copy.state,
});

export class Inquiries {
  readonly #parts: InquiriesParts;

  constructor(parts: InquiriesParts) {
    this.#parts = parts;
  }

  lookup(kiosk: string, { id, lookupHash }: LookupMessage): void {
    const application = this.#parts.register.byLookup(lookupHash);
    const fee = application && this.#parts.fees.of(application);
    const found = application && {
      submission: application.submission,
      slipNumber: application.slipNumber,
      procedure: application.procedureCode,
      status: statusOf(application),
      ...(fee && { fee: { amountVnd: fee.amountVnd, paid: fee.state !== "open" } }),
    };
    this.#parts.send(kiosk, "found", { v: 1, id, found: found ?? null });
  }

  /** Numbers are tried no oftener through a kiosk than on the public page. */
  copy(kiosk: string, { id, lookupHash, holderHash, paperClass }: CopyWishMessage): void {
    const { copies, attempts, audit } = this.#parts;
    const known = copies.byLookup(lookupHash).length > 0;
    const found =
      known && attempts.begin(lookupHash)
        ? copies.wished({ lookupHash, paperClass }, (copy) => copy.holderHash === holderHash)
        : undefined;
    if (found !== undefined) {
      attempts.succeeded(lookupHash);
      audit.write({
        ...{ who: `kiosk:${kiosk}`, role: "", address: "", act: "holder.copyFound" },
        ...{ application: found.application, subject: found.id, detail: "" },
      });
    }
    this.#parts.send(kiosk, "copy", { v: 1, id, found: found === undefined ? null : toldOf(found) });
  }

  /** How a fee can be paid; also while the application is still on its way. */
  fee(kiosk: string, wish: FeeWish): void {
    const { fees, isEnrolled, send } = this.#parts;
    const stranger: FeeMessage = {
      ...{ v: 1, id: wish.id, submission: wish.submission },
      ...{ order: null, reason: "unknownKiosk" },
    };
    send(kiosk, "fee", isEnrolled(kiosk) ? fees.answer(kiosk, wish) : stranger);
  }
}
