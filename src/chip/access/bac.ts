// How do reader and card prove to each other that both know the printed data? (Doc 9303-11 clause 4.3)
import { timingSafeEqual } from "node:crypto";
import { FaultError } from "../../core/faults.js";
import { describeStatus, INS, SW } from "../apdu.js";
import { SecureMessaging } from "../secure-messaging.js";
import { tdesCipher } from "../session-cipher.js";
import { concatBytes, equalBytes, malformed } from "../tlv.js";
import type { Channel } from "./channel.js";
import { retailMac, tdesDecrypt, tdesEncrypt } from "./des.js";
import type { RandomSource } from "./integers.js";
import { deriveTdesKey, KEY_FOR } from "./kdf.js";
import { bacSeed } from "./keys.js";

const NONCE_BYTES = 8;
const KEYING_BYTES = 16;
const MAC_BYTES = 8;

export interface BacKeys {
  readonly encryption: Uint8Array;
  readonly mac: Uint8Array;
}

export const bacKeys = (information: string): BacKeys => {
  const seed = bacSeed(information);
  return { encryption: deriveTdesKey(seed, KEY_FOR.encryption), mac: deriveTdesKey(seed, KEY_FOR.mac) };
};

/** Session keys and counter out of both sides' keying material and nonces (clause 4.3.3). */
export const bacSession = (
  kIfd: Uint8Array,
  kIc: Uint8Array,
  rndIfd: Uint8Array,
  rndIc: Uint8Array,
): SecureMessaging => {
  const seed = kIfd.map((byte, index) => byte ^ (kIc[index] ?? 0));
  const cipher = tdesCipher(deriveTdesKey(seed, KEY_FOR.encryption), deriveTdesKey(seed, KEY_FOR.mac));
  return new SecureMessaging(cipher, concatBytes(rndIc.subarray(4), rndIfd.subarray(4)));
};

/** Answers to EXTERNAL AUTHENTICATE, or to the token of PACE, that mean "not this key"; chips differ (issue threads of open readers). */
export const refusesKey = (sw: number): boolean =>
  sw >> 8 === 0x63 ||
  sw === SW.securityNotSatisfied ||
  sw === SW.authenticationBlocked ||
  sw === SW.conditionsNotSatisfied ||
  sw === SW.smObjectWrong ||
  sw === SW.wrongData;

const challenge = async (channel: Channel): Promise<Uint8Array> => {
  const answer = await channel.send({ cla: 0, ins: INS.getChallenge, p1: 0, p2: 0, le: NONCE_BYTES });
  if (answer.sw !== SW.ok) throw malformed(`BAC: GET CHALLENGE answered ${describeStatus(answer.sw)}`);
  if (answer.data.length !== NONCE_BYTES) {
    throw malformed(`BAC: a challenge of ${answer.data.length} bytes`);
  }
  return answer.data;
};

/**
 * Mutual authentication with the keys of one MRZ. Throws "card.wrongKey" when the card refuses them and
 * "card.unreadable" when its answer does not prove that it has them. The channel is not yet secured then.
 */
export const authenticateBac = async (
  channel: Channel,
  keys: BacKeys,
  random: RandomSource,
): Promise<SecureMessaging> => {
  const rndIc = await challenge(channel);
  const rndIfd = random(NONCE_BYTES);
  const kIfd = random(KEYING_BYTES);
  const cryptogram = tdesEncrypt(keys.encryption, concatBytes(rndIfd, rndIc, kIfd));
  const answer = await channel.send({
    cla: 0,
    ins: INS.externalAuthenticate,
    p1: 0,
    p2: 0,
    data: concatBytes(cryptogram, retailMac(keys.mac, cryptogram)),
    le: cryptogram.length + MAC_BYTES,
  });
  if (refusesKey(answer.sw))
    throw new FaultError("card.wrongKey", `BAC refused: ${describeStatus(answer.sw)}`);
  if (answer.sw !== SW.ok) throw malformed(`BAC: the card answered ${describeStatus(answer.sw)}`);
  const kIc = openAnswer(answer.data, keys, { rndIc, rndIfd, kIfd });
  return bacSession(kIfd, kIc, rndIfd, rndIc);
};

interface Ours {
  readonly rndIc: Uint8Array;
  readonly rndIfd: Uint8Array;
  readonly kIfd: Uint8Array;
}

/** The card's keying material, once its MAC, both nonces and its being its own are verified. */
const openAnswer = (data: Uint8Array, keys: BacKeys, ours: Ours): Uint8Array => {
  const bytes = 2 * NONCE_BYTES + KEYING_BYTES;
  if (data.length !== bytes + MAC_BYTES) throw malformed(`BAC: an answer of ${data.length} bytes`);
  const cryptogram = data.subarray(0, bytes);
  if (!timingSafeEqual(data.subarray(bytes), retailMac(keys.mac, cryptogram))) {
    throw malformed("BAC: the checksum of the card's answer is wrong");
  }
  const plain = tdesDecrypt(keys.encryption, cryptogram);
  const nonces = concatBytes(ours.rndIc, ours.rndIfd);
  if (!equalBytes(plain.subarray(0, 2 * NONCE_BYTES), nonces)) {
    throw malformed("BAC: the card did not return the nonces of this exchange");
  }
  const kIc = plain.slice(2 * NONCE_BYTES);
  if (equalBytes(kIc, ours.kIfd)) throw malformed("BAC: the card returned the reader's own keying material");
  return kIc;
};
