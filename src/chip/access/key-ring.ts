// Which secrets may still be shown to the card?
import { FaultError } from "../../core/faults.js";
import { type AccessKey, isCan, MAX_EXPIRY_DATES } from "./keys.js";

/** One secret: the card access number, or the MRZ with one of the offered expiry dates. */
export type Secret =
  | { readonly kind: "CAN"; readonly can: string }
  | { readonly kind: "MRZ"; readonly expiryDate: string };

const same = (one: Secret, other: Secret): boolean =>
  one.kind === "CAN" ? other.kind === "CAN" : other.kind === "MRZ" && one.expiryDate === other.expiryDate;

/**
 * The secrets that may still be tried. INVARIANT: one that a card refused, by whichever protocol, never comes
 * back, and after one was accepted it is the only one, so a card that returns is never shown a wrong secret.
 */
export class KeyRing {
  readonly key: AccessKey;
  #left: readonly Secret[];

  /** Throws "card.wrongKey" for more secrets than a chip should have to refuse, and for none. */
  constructor(key: AccessKey) {
    this.key = key;
    const dates = [...new Set(key.expiryDates)];
    if (dates.length > MAX_EXPIRY_DATES || (dates.length === 0 && key.can === undefined)) {
      throw new FaultError("card.wrongKey", `${dates.length} expiry dates offered, 1 or 2 belong`);
    }
    if (key.can !== undefined && !isCan(key.can)) {
      throw new FaultError("card.wrongKey", "a card access number has six digits");
    }
    // The number stands on the card itself; an expiry date may be only a candidate.
    const can: readonly Secret[] = key.can === undefined ? [] : [{ kind: "CAN", can: key.can }];
    this.#left = [...can, ...dates.map((expiryDate): Secret => ({ kind: "MRZ", expiryDate }))];
  }

  /** The next one to be tried by PACE. */
  get next(): Secret | undefined {
    return this.#left[0];
  }

  /** The next one to be tried by BAC, which knows the MRZ alone. */
  get nextMrz(): Extract<Secret, { readonly kind: "MRZ" }> | undefined {
    return this.#left.find((secret) => secret.kind === "MRZ");
  }

  refuse(secret: Secret): void {
    this.#left = this.#left.filter((other) => !same(secret, other));
  }

  accept(secret: Secret): void {
    this.#left = [secret];
  }
}
