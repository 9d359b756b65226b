// By which protocol does this card open, and which of the offered secrets is its own?
//
// PACE is looked for first and its absence recorded: an attacker who hides EF.CardAccess forces the weaker BAC.
// INVARIANT: the protocol and the secret that opened a card once are the only ones that open it again, so a card
// that comes back can not be talked down to BAC.
import { FaultError } from "../../core/faults.js";
import { describeStatus, INS, SW } from "../apdu.js";
import { type CardAccess, readCardAccess } from "../lds/card-access.js";
import { FileReader, oneChannel } from "../lds/file-reader.js";
import { EF_CARD_SECURITY, LDS1_AID } from "../lds/files.js";
import { malformed } from "../tlv.js";
import { authenticateBac, bacKeys } from "./bac.js";
import { type Channel, SecuredChannel } from "./channel.js";
import type { ChipMapping } from "./chip-mapping.js";
import type { RandomSource } from "./integers.js";
import type { KeyRing, Secret } from "./key-ring.js";
import { type AccessKey, canSecret, mrzInformation, mrzSecret } from "./keys.js";
import { authenticatePace, type PaceOutcome, type PacePassword } from "./pace.js";
import { choosePace, type PaceVariant } from "./pace-info.js";

export interface Access {
  readonly protocol: "BAC" | "PACE";
  /** "BAC", or the variant of PACE with its group: for technicians. */
  readonly variant: string;
  /** Why PACE was not used, when it was not. */
  readonly downgrade: string | null;
  readonly secretKind: Secret["kind"];
  /** "" when the card access number opened the card. */
  readonly expiryUsed: string;
  /** EF.CardAccess as read in the clear; `null` when the card did not give it. */
  readonly cardAccess: Uint8Array | null;
  /** EF.CardSecurity and what its key has to be compared with, under chip-authentication mapping alone. */
  readonly chipMapping: ChipMapping | null;
  readonly cardSecurity: Uint8Array | null;
  readonly channel: SecuredChannel;
}

type Opened = Omit<Access, "downgrade" | "cardAccess">;

const selectApplication = async (channel: Channel): Promise<void> => {
  const answer = await channel.send({ cla: 0, ins: INS.select, p1: 4, p2: 0x0c, data: LDS1_AID });
  if (answer.sw === SW.ok) return;
  const detail = `SELECT LDS1: ${describeStatus(answer.sw)}`;
  // A chip that is upset by an earlier command answers 6Fxx: that says nothing of what it is.
  throw answer.sw >> 8 === 0x6f ? malformed(detail) : new FaultError("card.notCitizen", detail);
};

const passwordOf = (key: AccessKey, secret: Secret): PacePassword =>
  secret.kind === "CAN"
    ? { kind: "CAN", secret: canSecret(secret.can) }
    : { kind: "MRZ", secret: mrzSecret(mrzInformation(key, secret.expiryDate)) };

const expiryOf = (secret: Secret): string => (secret.kind === "MRZ" ? secret.expiryDate : "");

/** Signed by the issuer, which is somebody else's to judge; a card without it only misses that proof. */
const readCardSecurity = async (channel: Channel): Promise<Uint8Array | null> => {
  const outcome = await new FileReader(oneChannel(channel), () => {}).read(EF_CARD_SECURITY);
  return outcome.state === "read" ? outcome.bytes : null;
};

/** Opens one card, and the same card again after it left or dropped its session. */
export class Opener {
  readonly #ring: KeyRing;
  readonly #random: RandomSource;
  #cardAccess: CardAccess | null = null;
  /** Why PACE is not used for this card, once that is known. */
  #downgrade: string | null = null;
  #first: Access | null = null;

  constructor(ring: KeyRing, random: RandomSource) {
    this.#ring = ring;
    this.#random = random;
  }

  /**
   * @param fresh whether the card was activated just now, so that the master file is the current one.
   * Throws "card.wrongKey", "card.notCitizen", "card.lost" or "card.unreadable".
   */
  async open(plain: Channel, fresh: boolean): Promise<Access> {
    this.#cardAccess ??= await readCardAccess(plain);
    const variant = this.#variant(plain);
    const opened =
      (variant === null ? null : await this.#openByPace(plain, variant, fresh)) ??
      (await this.#openByBac(plain));
    const access = { ...opened, downgrade: this.#downgrade, cardAccess: this.#cardAccess.file };
    this.#first ??= access;
    return access;
  }

  #variant(plain: Channel): PaceVariant | null {
    if (this.#downgrade !== null) return null;
    const { obstacle, infos } = this.#cardAccess ?? { obstacle: "EF.CardAccess was not read", infos: [] };
    const choice = obstacle === null ? choosePace(infos, plain.extendedLength) : { obstacle };
    if ("variant" in choice) return choice.variant;
    this.#downgrade = choice.obstacle;
    return null;
  }

  /** `null` when the card can not do the PACE that it offered; why is in the downgrade then. */
  async #openByPace(plain: Channel, variant: PaceVariant, fresh: boolean): Promise<Opened | null> {
    // A session was lost inside the application, while some chips do PACE in the master file alone. Chips that
    // can not select it (6D00) do it anywhere, so the answer tells nothing.
    if (!fresh)
      await plain.send({ cla: 0, ins: INS.select, p1: 0, p2: 0x0c, data: Uint8Array.of(0x3f, 0x00) });
    let refusal: Exclude<PaceOutcome, { readonly state: "open" }> | null = null;
    for (let secret = this.#ring.next; secret !== undefined; secret = this.#ring.next) {
      const outcome = await authenticatePace(
        plain,
        variant,
        passwordOf(this.#ring.key, secret),
        this.#random,
      );
      if (outcome.state === "open") return this.#enter(plain, { variant, secret, outcome });
      if (outcome.state === "notPossible") return this.#fallBack(outcome.detail);
      this.#ring.refuse(secret);
      refusal = outcome;
    }
    throw new FaultError("card.wrongKey", refusal?.detail ?? "every offered secret was refused before");
  }

  #fallBack(detail: string): null {
    // A card that did PACE before and now can not is another card, or an attack.
    if (this.#first !== null) throw malformed(`${detail}, though PACE opened this card before`);
    this.#downgrade = detail;
    return null;
  }

  async #enter(
    plain: Channel,
    by: {
      readonly variant: PaceVariant;
      readonly secret: Secret;
      readonly outcome: Extract<PaceOutcome, { readonly state: "open" }>;
    },
  ): Promise<Opened> {
    const { secret, outcome, variant } = by;
    this.#ring.accept(secret);
    const channel = new SecuredChannel(plain, outcome.messaging);
    const { chipMapping } = outcome;
    const wanted = chipMapping !== null && this.#first === null;
    const cardSecurity = wanted ? await readCardSecurity(channel) : null;
    await selectApplication(channel);
    const [protocol, expiryUsed] = ["PACE" as const, expiryOf(secret)];
    const common = { protocol, variant: variant.name, secretKind: secret.kind, expiryUsed };
    return { ...common, chipMapping, cardSecurity, channel };
  }

  async #openByBac(plain: Channel): Promise<Opened> {
    let refusal: FaultError | null = null;
    for (let secret = this.#ring.nextMrz; secret !== undefined; secret = this.#ring.nextMrz) {
      // Selecting anew clears what a refused authentication left behind in the chip.
      await selectApplication(plain);
      try {
        const keys = bacKeys(mrzInformation(this.#ring.key, secret.expiryDate));
        const session = await authenticateBac(plain, keys, this.#random);
        this.#ring.accept(secret);
        const channel = new SecuredChannel(plain, session);
        const common = { protocol: "BAC" as const, variant: "BAC", secretKind: secret.kind };
        const { expiryDate: expiryUsed } = secret;
        return { ...common, expiryUsed, chipMapping: null, cardSecurity: null, channel };
      } catch (error) {
        if (!(error instanceof FaultError) || error.code !== "card.wrongKey") throw error;
        this.#ring.refuse(secret);
        refusal = error;
      }
    }
    throw refusal ?? new FaultError("card.wrongKey", this.#whyNothingLeft());
  }

  #whyNothingLeft(): string {
    return this.#ring.next?.kind === "CAN"
      ? `the card access number needs PACE: ${this.#downgrade ?? "not done"}`
      : "every offered secret was refused before";
  }
}
