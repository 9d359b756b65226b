// By which protocol does this card open, and which of the offered secrets is its own?
//
// PACE is looked for first and its absence recorded: an attacker who hides EF.CardAccess forces the weaker BAC.
import { FaultError } from "../../core/faults.js";
import { describeStatus, INS, SW } from "../apdu.js";
import { readCardAccess } from "../lds/card-access.js";
import { LDS1_AID } from "../lds/files.js";
import { malformed } from "../tlv.js";
import { authenticateBac, bacKeys, type RandomSource } from "./bac.js";
import { type Channel, SecuredChannel } from "./channel.js";
import { type AccessKey, MAX_EXPIRY_DATES, mrzInformation } from "./keys.js";

export interface Access {
  readonly protocol: "BAC" | "PACE";
  /** Why PACE was not used, when it was not. */
  readonly downgrade: string | null;
  readonly expiryUsed: string;
  /** EF.CardAccess as read in the clear; `null` when the card did not give it. */
  readonly cardAccess: Uint8Array | null;
  readonly channel: SecuredChannel;
}

/**
 * The secrets that may still be tried. INVARIANT: one that a card refused never comes back, and after one was
 * accepted it is the only one, so a card that returns is never shown a wrong secret.
 */
export class KeyRing {
  readonly key: AccessKey;
  #left: readonly string[];

  constructor(key: AccessKey) {
    this.key = key;
    this.#left = [...new Set(key.expiryDates)];
    if (this.#left.length === 0 || this.#left.length > MAX_EXPIRY_DATES) {
      throw new FaultError("card.wrongKey", `${this.#left.length} expiry dates offered, 1 or 2 belong`);
    }
  }

  get next(): string | undefined {
    return this.#left[0];
  }

  refuse(expiryDate: string): void {
    this.#left = this.#left.filter((date) => date !== expiryDate);
  }

  accept(expiryDate: string): void {
    this.#left = [expiryDate];
  }
}

const selectApplication = async (channel: Channel): Promise<void> => {
  const answer = await channel.send({ cla: 0, ins: INS.select, p1: 4, p2: 0x0c, data: LDS1_AID });
  if (answer.sw === SW.ok) return;
  const detail = `SELECT LDS1: ${describeStatus(answer.sw)}`;
  // A chip that is upset by an earlier command answers 6Fxx: that says nothing of what it is.
  throw answer.sw >> 8 === 0x6f ? malformed(detail) : new FaultError("card.notCitizen", detail);
};

const openByBac = async (
  plain: Channel,
  ring: KeyRing,
  random: RandomSource,
): Promise<{ readonly channel: SecuredChannel; readonly expiryUsed: string }> => {
  let refusal: FaultError | null = null;
  for (let expiry = ring.next; expiry !== undefined; expiry = ring.next) {
    // Selecting anew clears what a refused authentication left behind in the chip.
    await selectApplication(plain);
    try {
      const session = await authenticateBac(plain, bacKeys(mrzInformation(ring.key, expiry)), random);
      ring.accept(expiry);
      return { channel: new SecuredChannel(plain, session), expiryUsed: expiry };
    } catch (error) {
      if (!(error instanceof FaultError) || error.code !== "card.wrongKey") throw error;
      ring.refuse(expiry);
      refusal = error;
    }
  }
  throw refusal ?? new FaultError("card.wrongKey", "every offered expiry date was refused before");
};

/** Opens a freshly activated card. Throws "card.wrongKey", "card.notCitizen", "card.lost" or "card.unreadable". */
export const openAccess = async (plain: Channel, ring: KeyRing, random: RandomSource): Promise<Access> => {
  const cardAccess = await readCardAccess(plain);
  const opened = await openByBac(plain, ring, random);
  return {
    protocol: "BAC",
    downgrade: cardAccess.obstacle ?? "PACE offered, BAC used",
    cardAccess: cardAccess.file,
    ...opened,
  };
};
