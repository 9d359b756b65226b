// How does the simulated chip answer PACE, and how does it break it on request? (Doc 9303-11 clause 4.4)
import { randomBytes } from "node:crypto";
import { padMethod2, tdesEncrypt } from "../access/des.js";
import { toInteger, toOctets } from "../access/integers.js";
import { type CipherSuite, deriveKey, KEY_FOR } from "../access/kdf.js";
import { type Command, type Response, SW } from "../apdu.js";
import { concatBytes, equalBytes, readTlvs, type Tlv, writeTlv } from "../tlv.js";
import { cardCipher, encryptCbc } from "./card-cipher.js";
import { type CardGroup, cardGroup } from "./card-group.js";
import { CardMessaging } from "./card-messaging.js";
import { type PaceOffer, paceOid } from "./security-infos.js";

export type PaceStep = "select" | "nonce" | "mapping" | "agreement" | "token";

export type PaceFlaw =
  /** The nonce is encrypted under another key: nobody can agree any more. */
  | "wrongNonce"
  | "shortNonce"
  | "echoesMappingKey"
  | "echoesKey"
  /** A mapping key or an ephemeral key that is no element of the group. */
  | "mappingOutside"
  | "keyOutside"
  | "keyNeutral"
  | "keyCompressed"
  | "wrongToken"
  | "echoesToken"
  | "noToken"
  /** Under chip-authentication mapping. */
  | "noChipData"
  | "wrongChipData"
  /** An answer cut in its middle. */
  | "cutAnswer";

export interface SimPace {
  readonly offers: readonly PaceOffer[];
  /** Six digits; a chip without one answers 6A88. */
  readonly can?: string;
  /** Private key behind EF.CardSecurity, for chip-authentication mapping. */
  readonly staticKey?: bigint;
  /** Wrong tries that each password survives; without it the chip does not count. */
  readonly tries?: number;
  /** Answers this status word at this step. */
  readonly refuses?: { readonly step: PaceStep; readonly sw: number };
  readonly flaw?: PaceFlaw;
  /** PACE only while the master file is current. */
  readonly onlyInMasterFile?: boolean;
}

export type PacePasswords = Readonly<Record<"MRZ" | "CAN", Uint8Array | null>>;
type Kind = keyof PacePasswords;

interface Selected {
  readonly offer: PaceOffer;
  readonly group: CardGroup;
  readonly kind: Kind;
  readonly password: Uint8Array;
}

const NOTHING = new Uint8Array();
const status = (sw: number): Response => ({ data: NOTHING, sw });
const answer = (...objects: readonly Uint8Array[]): Response => ({
  data: writeTlv(0x7c, ...objects),
  sw: SW.ok,
});

const drawKey = (order: bigint): bigint =>
  (toInteger(randomBytes(Math.ceil(order.toString(2).length / 8) + 8)) % (order - 1n)) + 1n;

const NONCE_BYTES: Readonly<Record<CipherSuite, readonly [nonce: number, key: number]>> = {
  "3DES": [16, 16],
  "AES-128": [16, 16],
  "AES-192": [32, 24],
  "AES-256": [32, 32],
};

const encrypt = (suite: CipherSuite, key: Uint8Array, data: Uint8Array): Uint8Array =>
  suite === "3DES" ? tdesEncrypt(key, data) : encryptCbc(key, data, new Uint8Array(16));

const C0 = {
  16: "a668892a7c41e3ca739f40b057d85904",
  32: "d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676",
} as const;
const C1 = {
  16: "a4e136ac725f738b01c1f60217c188ad",
  32: "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517",
} as const;

/** R_p, written from figure 2 apart from the reader's. */
const fieldElement = (suite: CipherSuite, s: Uint8Array, t: Uint8Array, prime: bigint): bigint => {
  const [blockBytes, keyBytes] = NONCE_BYTES[suite];
  const size = blockBytes === 16 ? 16 : 32;
  const [c0, c1] = [C0[size], C1[size]].map((digits) => Uint8Array.from(Buffer.from(digits, "hex")));
  let key = encrypt(suite, t, s).slice(0, keyBytes);
  let all = 0n;
  for (let bits = 0; bits < prime.toString(2).length + 64; bits += 8 * blockBytes) {
    all = (all << BigInt(8 * blockBytes)) | toInteger(encrypt(suite, key, c1 ?? NOTHING));
    key = encrypt(suite, key, c0 ?? NOTHING).slice(0, keyBytes);
  }
  return all % prime;
};

/** Modular inverse by Fermat, the group's order being prime. */
const invert = (value: bigint, prime: bigint): bigint => {
  let [result, base] = [1n, value % prime];
  for (let left = prime - 2n; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * base) % prime;
    base = (base * base) % prime;
  }
  return result;
};

export class CardPace {
  readonly tried = { MRZ: 0, CAN: 0 };
  readonly refused = { MRZ: 0, CAN: 0 };
  readonly #pace: SimPace;
  readonly #passwords: PacePasswords;
  readonly #left = new Map<Kind, number>();
  #selected: Selected | null = null;
  #step: Exclude<PaceStep, "select"> = "nonce";
  #nonce: Uint8Array = NOTHING;
  #mappingKey = 0n;
  #generator: Uint8Array = NOTHING;
  #agreed: { readonly secret: Uint8Array; readonly ours: Uint8Array; readonly theirs: Uint8Array } | null =
    null;

  constructor(pace: SimPace, passwords: PacePasswords) {
    this.#pace = pace;
    this.#passwords = passwords;
  }

  reset(): void {
    this.#selected = null;
    this.#step = "nonce";
    this.#agreed = null;
  }

  /** MSE:Set AT. */
  select(command: Command): Response {
    this.reset();
    const { refuses, offers, tries } = this.#pace;
    if (refuses?.step === "select") return status(refuses.sw);
    if (command.p1 !== 0xc1 || command.p2 !== 0xa4) return status(SW.wrongP1P2);
    const objects = readTlvs(command.data ?? NOTHING);
    const valueUnder = (tag: number) => objects.find((object) => object.tag === tag)?.value;
    const parameter = valueUnder(0x84)?.[0];
    const matching = offers.filter((offer) => equalBytes(paceOid(offer), valueUnder(0x80) ?? NOTHING));
    const fitting = matching.filter((offer) => parameter === undefined || offer.parameterId === parameter);
    const [offer, other] = fitting;
    if (offer?.parameterId === undefined) return status(SW.wrongData);
    // Several sets and none named: the chip can not know which is meant.
    if (other !== undefined) return status(SW.wrongData);
    const kind: Kind = valueUnder(0x83)?.[0] === 2 ? "CAN" : "MRZ";
    const password = this.#passwords[kind];
    if (password === null) return status(SW.referenceNotFound);
    const left = this.#left.get(kind) ?? tries;
    if (left !== undefined && left < 2) return status(0x63c0 | left);
    this.#selected = { offer, group: cardGroup(offer.parameterId), kind, password };
    return status(left === undefined || left === tries ? SW.ok : 0x63c0 | left);
  }

  /** One GENERAL AUTHENTICATE; the last gives the session that begins behind its answer. */
  authenticate(command: Command): { readonly response: Response; readonly session?: CardMessaging } {
    const [outer] = readTlvs(command.data ?? NOTHING);
    const [object] = outer?.tag === 0x7c ? readTlvs(outer.value) : [];
    const selected = this.#selected;
    const { refuses, flaw } = this.#pace;
    const step = this.#step;
    if (selected === null || (step === "token") === ((command.cla & 0x10) !== 0)) {
      return { response: status(SW.conditionsNotSatisfied) };
    }
    if (refuses?.step === step) return { response: status(refuses.sw) };
    const result = this.#next(selected, object);
    if (result.response.sw !== SW.ok) this.reset();
    if (flaw === "cutAnswer" && step === "agreement") {
      return { response: { data: result.response.data.slice(0, -3), sw: SW.ok } };
    }
    return result;
  }

  #next(
    selected: Selected,
    object: Tlv | undefined,
  ): { readonly response: Response; readonly session?: CardMessaging } {
    switch (this.#step) {
      case "nonce":
        this.#step = "mapping";
        return { response: this.#giveNonce(selected) };
      case "mapping":
        this.#step = "agreement";
        return { response: object?.tag === 0x81 ? this.#map(selected, object.value) : status(SW.wrongData) };
      case "agreement":
        this.#step = "token";
        return {
          response: object?.tag === 0x83 ? this.#agree(selected, object.value) : status(SW.wrongData),
        };
      case "token":
        return object?.tag === 0x85
          ? this.#verify(selected, object.value)
          : { response: status(SW.wrongData) };
    }
  }

  #giveNonce({ offer: { suite }, password }: Selected): Response {
    const { flaw } = this.#pace;
    this.#nonce = randomBytes(NONCE_BYTES[suite][0]);
    const key = deriveKey(suite, flaw === "wrongNonce" ? randomBytes(16) : password, KEY_FOR.pace);
    const encrypted = encrypt(suite, key, this.#nonce);
    return answer(writeTlv(0x80, flaw === "shortNonce" ? encrypted.slice(1) : encrypted));
  }

  #map({ offer, group }: Selected, data: Uint8Array): Response {
    const { flaw } = this.#pace;
    if (offer.mapping === "IM") {
      if (data.length !== NONCE_BYTES[offer.suite][1]) return status(SW.wrongData);
      this.#generator = group.mapIntegrated(fieldElement(offer.suite, this.#nonce, data, group.fieldPrime));
      return answer(writeTlv(0x82));
    }
    if (!group.holds(data)) return status(SW.wrongData);
    this.#mappingKey = drawKey(group.order);
    this.#generator = group.map(toInteger(this.#nonce), group.multiply(this.#mappingKey, data));
    if (flaw === "echoesMappingKey") return answer(writeTlv(0x82, data));
    if (flaw === "mappingOutside") return answer(writeTlv(0x82, group.bad.outside));
    return answer(writeTlv(0x82, group.multiply(this.#mappingKey, group.generator)));
  }

  #agree({ group }: Selected, theirs: Uint8Array): Response {
    if (!group.holds(theirs)) return status(SW.wrongData);
    const key = drawKey(group.order);
    const ours = group.multiply(key, this.#generator);
    this.#agreed = { secret: group.secretOf(group.multiply(key, theirs)), ours, theirs };
    const shown: Readonly<Partial<Record<PaceFlaw, Uint8Array>>> = {
      echoesKey: theirs,
      keyOutside: group.bad.outside,
      keyNeutral: group.bad.neutral,
      keyCompressed: concatBytes(Uint8Array.of(2), ours.slice(1, 1 + (ours.length >> 1))),
    };
    const { flaw } = this.#pace;
    return answer(writeTlv(0x84, (flaw === undefined ? undefined : shown[flaw]) ?? ours));
  }

  #verify(
    selected: Selected,
    theirToken: Uint8Array,
  ): { readonly response: Response; readonly session?: CardMessaging } {
    const { offer, group, kind } = selected;
    const agreed = this.#agreed;
    if (agreed === null) return { response: status(SW.conditionsNotSatisfied) };
    const cipher = cardCipher(offer.suite, agreed.secret);
    const token = (key: Uint8Array) =>
      cipher.macToken(writeTlv(0x7f49, writeTlv(0x06, paceOid(offer)), writeTlv(group.publicKeyTag, key)));
    this.tried[kind] += 1;
    if (!equalBytes(token(agreed.ours), theirToken)) return { response: status(this.#countWrong(kind)) };
    this.#left.delete(kind);
    const ours = token(agreed.theirs);
    const { flaw } = this.#pace;
    if (flaw === "wrongToken") ours[0] = (ours[0] ?? 0) ^ 1;
    const session = new CardMessaging(offer.suite, agreed.secret);
    const shown = flaw === "echoesToken" ? theirToken : ours;
    const response = answer(
      flaw === "noToken" ? NOTHING : writeTlv(0x86, shown),
      offer.mapping === "CAM" && flaw !== "noChipData" ? writeTlv(0x8a, this.#chipData(selected)) : NOTHING,
    );
    return { response, session };
  }

  #countWrong(kind: Kind): number {
    this.refused[kind] += 1;
    const { tries } = this.#pace;
    if (tries === undefined) return SW.authenticationFailed;
    const left = Math.max(0, (this.#left.get(kind) ?? tries) - 1);
    this.#left.set(kind, left);
    return 0x63c0 | left;
  }

  /** A_IC: the mapping key over the static one, encrypted with the encrypted -1 as IV (clause 4.4.3.5). */
  #chipData({ offer, group }: Selected): Uint8Array {
    const staticKey =
      this.#pace.flaw === "wrongChipData" ? drawKey(group.order) : (this.#pace.staticKey ?? 1n);
    const factor = (invert(staticKey, group.order) * this.#mappingKey) % group.order;
    const octets = toOctets(factor, Math.ceil(group.order.toString(2).length / 8));
    const cipher = cardCipher(offer.suite, this.#agreed?.secret ?? NOTHING);
    return cipher.encrypt(padMethod2(octets, 16), new Uint8Array(16).fill(0xff));
  }
}
