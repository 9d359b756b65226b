// How do reader and card agree on session keys by a password that is printed on the card? (Doc 9303-11 clause 4.4)
//
// A status word by which the chip says that it can not go on is an outcome; an answer that breaks the protocol
// (a point off the curve, the reader's own key, a wrong token) throws "card.unreadable" and is never gone around.
import { timingSafeEqual } from "node:crypto";
import { describeStatus, INS, SW } from "../apdu.js";
import { type SecureMessaging, startSecureMessaging } from "../secure-messaging.js";
import { concatBytes, equalBytes, malformed, writeTlv } from "../tlv.js";
import { aesDecrypt, aesMac } from "./aes.js";
import { refusesKey } from "./bac.js";
import type { Channel } from "./channel.js";
import { type ChipMapping, chipMapping } from "./chip-mapping.js";
import { retailMac, tdesDecrypt } from "./des.js";
import { DATA, dynamicObject, parseDynamicData, writeDynamicData } from "./dynamic-data.js";
import { drawBelow, modulo, type RandomSource, toInteger } from "./integers.js";
import { NONCE_SIZES, pseudoRandom } from "./integrated-mapping.js";
import { deriveKey, KEY_FOR } from "./kdf.js";
import type { PaceVariant } from "./pace-info.js";

export interface PacePassword {
  readonly kind: "MRZ" | "CAN";
  /** SHA-1 of the MRZ information, or the digits of the CAN (clause 9.7.3): `mrzSecret`, `canSecret`. */
  readonly secret: Uint8Array;
}

export type PaceOutcome =
  | {
      readonly state: "open";
      readonly messaging: SecureMessaging;
      /** Under chip-authentication mapping alone. */
      readonly chipMapping: ChipMapping | null;
    }
  /** The card tried the password and it is not its own. */
  | { readonly state: "wrongSecret"; readonly detail: string }
  /** The card has no such password, or blocked it: it was not tried. */
  | { readonly state: "secretUnavailable"; readonly detail: string }
  /** The card can not do what it offered. */
  | { readonly state: "notPossible"; readonly detail: string };

type Refusal = Exclude<PaceOutcome, { readonly state: "open" }>;

/** Ends the exchange from inside a step; `authenticatePace` makes an outcome of it. */
class Stopped extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

const REFERENCE: Readonly<Record<PacePassword["kind"], number>> = { MRZ: 0x01, CAN: 0x02 };
const SET_AT = { p1: 0xc1, p2: 0xa4 } as const;
const CHAINED = 0x10;

/** 63C0 and 63C1: what a chip with a counter answers while the password is blocked or suspended. */
const isClosed = (sw: number): boolean => sw === 0x63c0 || sw === 0x63c1 || sw === SW.authenticationBlocked;
const isWarning = (sw: number): boolean => sw >> 4 === 0x63c && !isClosed(sw);

interface Run {
  readonly channel: Channel;
  readonly variant: PaceVariant;
  readonly password: PacePassword;
  readonly random: RandomSource;
}

/** Why a step before the password was tried failed. */
const stop = ({ password }: Run, step: string, sw: number): Stopped => {
  const detail = `PACE with the ${password.kind}: ${step} answered ${describeStatus(sw)}`;
  if (isClosed(sw)) return new Stopped({ state: "secretUnavailable", detail });
  // The MRZ is always there (clause 9.7.2), so a missing reference means the parameters then.
  const isMissing = sw === SW.referenceNotFound && password.kind === "CAN";
  return new Stopped({ state: isMissing ? "secretUnavailable" : "notPossible", detail });
};

const selectProtocol = async (run: Run): Promise<void> => {
  const { channel, variant, password } = run;
  const select = async (withParameters: boolean): Promise<number> => {
    const data = concatBytes(
      writeTlv(0x80, variant.oidBytes),
      writeTlv(0x83, Uint8Array.of(REFERENCE[password.kind])),
      withParameters ? writeTlv(0x84, Uint8Array.of(variant.parameterId)) : new Uint8Array(),
    );
    const { sw } = await channel.send({ cla: 0, ins: INS.manageSecurityEnvironment, ...SET_AT, data });
    return sw;
  };
  const first = await select(variant.ambiguous);
  // Some chips want the parameters named although they offer only one set.
  const wantsMore = !variant.ambiguous && (first === SW.wrongData || first === SW.referenceNotFound);
  const sw = wantsMore ? await select(true) : first;
  if (sw !== SW.ok && !isWarning(sw)) throw stop(run, "MSE:Set AT", sw);
};

const exchange = async (run: Run, step: string, data: Uint8Array): Promise<Uint8Array> => {
  const command = { cla: CHAINED, ins: INS.generalAuthenticate, p1: 0, p2: 0, data, le: 256 };
  const answer = await run.channel.send(command);
  if (answer.sw !== SW.ok) throw stop(run, step, answer.sw);
  return answer.data;
};

const receiveNonce = async (run: Run): Promise<Uint8Array> => {
  const { suite, mapping } = run.variant;
  const answer = await exchange(run, "the nonce", writeDynamicData());
  const encrypted = dynamicObject(answer, DATA.encryptedNonce);
  const { nonceBytes } = NONCE_SIZES[suite];
  const blockBytes = suite === "3DES" ? 8 : 16;
  // Only integrated mapping fixes the length; the others leave it to the chip (clause 4.4.3.3).
  const fits = mapping === "IM" ? encrypted.length === nonceBytes : encrypted.length % blockBytes === 0;
  if (!fits || encrypted.length === 0 || encrypted.length > 64) {
    throw malformed(`PACE: a nonce of ${encrypted.length} bytes`);
  }
  const key = deriveKey(suite, run.password.secret, KEY_FOR.pace);
  return suite === "3DES" ? tdesDecrypt(key, encrypted) : aesDecrypt(key, encrypted);
};

interface Mapped {
  readonly generator: Uint8Array;
  /** The chip's mapping key; empty under integrated mapping. */
  readonly chipKey: Uint8Array;
}

const notOurOwn = (theirs: Uint8Array, ours: Uint8Array): void => {
  if (equalBytes(theirs, ours)) throw malformed("PACE: the card returned the reader's own public key");
};

const mapGeneric = async (run: Run, nonce: Uint8Array): Promise<Mapped> => {
  const { group } = run.variant;
  const key = group.privateKey(drawBelow(group.order, run.random));
  const ours = key.publicKey();
  const answer = await exchange(run, "the mapping", writeDynamicData(DATA.terminalMapping, ours));
  const chipKey = dynamicObject(answer, DATA.chipMapping);
  notOurOwn(chipKey, ours);
  return { generator: group.mapGeneric(nonce, key.agree(chipKey)), chipKey };
};

const mapIntegrated = async (run: Run, nonce: Uint8Array): Promise<Mapped> => {
  const { group, suite } = run.variant;
  const terminal = run.random(NONCE_SIZES[suite].keyBytes);
  const answer = await exchange(run, "the mapping", writeDynamicData(DATA.terminalMapping, terminal));
  // The chip has nothing to add: an empty 82, or no data at all from some chips.
  const extra = answer.length === 0 ? undefined : parseDynamicData(answer).get(DATA.chipMapping);
  if (extra !== undefined && extra.length > 0) throw malformed("PACE: mapping data where none belong");
  const bytes = pseudoRandom(suite, { chip: nonce, terminal }, group.fieldBits);
  return {
    generator: group.mapIntegrated(modulo(toInteger(bytes), group.fieldPrime)),
    chipKey: new Uint8Array(),
  };
};

interface Agreed {
  readonly secret: Uint8Array;
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
}

const agree = async (run: Run, generator: Uint8Array): Promise<Agreed> => {
  const { group } = run.variant;
  const key = group.privateKey(drawBelow(group.order, run.random));
  const ours = key.publicKey(generator);
  const answer = await exchange(run, "the key agreement", writeDynamicData(DATA.terminalKey, ours));
  const theirs = dynamicObject(answer, DATA.chipKey);
  notOurOwn(theirs, ours);
  return { secret: key.agreeSecret(theirs), ours, theirs };
};

/** MAC over the public key template 7F49 of the other side's key (clauses 4.4.3.4 and 9.4). */
const token = (
  { suite, oidBytes, group }: PaceVariant,
  macKey: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array => {
  const template = writeTlv(0x7f49, writeTlv(0x06, oidBytes), writeTlv(group.publicKeyTag, publicKey));
  return suite === "3DES" ? retailMac(macKey, template) : aesMac(macKey, template);
};

/** The last answer's objects, once the card's token proves that it knows the password. */
const authenticate = async (run: Run, agreed: Agreed): Promise<ReadonlyMap<number, Uint8Array>> => {
  const { channel, variant, password } = run;
  const macKey = deriveKey(variant.suite, agreed.secret, KEY_FOR.mac);
  const data = writeDynamicData(DATA.terminalToken, token(variant, macKey, agreed.theirs));
  const answer = await channel.send({ cla: 0, ins: INS.generalAuthenticate, p1: 0, p2: 0, data, le: 256 });
  if (answer.sw !== SW.ok) {
    const detail = `PACE refused the ${password.kind}: ${describeStatus(answer.sw)}`;
    throw new Stopped({ state: refusesKey(answer.sw) ? "wrongSecret" : "notPossible", detail });
  }
  const objects = parseDynamicData(answer.data);
  const expected = token(variant, macKey, agreed.ours);
  const given = objects.get(DATA.chipToken) ?? new Uint8Array();
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw malformed("PACE: the card's authentication token is wrong");
  }
  return objects;
};

const perform = async (run: Run): Promise<PaceOutcome> => {
  const { variant } = run;
  await selectProtocol(run);
  const nonce = await receiveNonce(run);
  const mapped = await (variant.mapping === "IM" ? mapIntegrated(run, nonce) : mapGeneric(run, nonce));
  const agreed = await agree(run, mapped.generator);
  const objects = await authenticate(run, agreed);
  const messaging = startSecureMessaging(variant.suite, agreed.secret);
  if (variant.mapping !== "CAM") return { state: "open", messaging, chipMapping: null };
  const cryptogram = objects.get(DATA.chipAuthentication);
  if (cryptogram === undefined) throw malformed("PACE: no chip authentication data under CAM");
  return {
    state: "open",
    messaging,
    chipMapping: chipMapping({
      group: variant.group,
      keyId: variant.parameterId,
      encryptionKey: deriveKey(variant.suite, agreed.secret, KEY_FOR.encryption),
      cryptogram,
      mappingKey: mapped.chipKey,
    }),
  };
};

/**
 * Runs PACE with one password. Throws "card.unreadable" for an answer that breaks the protocol and "card.lost"
 * when the card left; what the card refuses by status word is an outcome. `random` is asked for the mapping key
 * (or the terminal's nonce) first, then for the ephemeral key.
 */
export const authenticatePace = async (
  channel: Channel,
  variant: PaceVariant,
  password: PacePassword,
  random: RandomSource,
): Promise<PaceOutcome> => {
  try {
    return await perform({ channel, variant, password, random });
  } catch (error) {
    if (error instanceof Stopped) return error.refusal;
    throw error;
  }
};
