// Does the chip hold the private key of the public one in DG14? (Chip authentication, Doc 9303-11 clause 6.2)
//
// Both sides agree on new session keys; only a chip with the private key can answer the next command. It comes
// before the large files, which then run under keys that nobody who opened the card by its MRZ can know.
import { FaultError } from "../core/faults.js";
import type { CipherSuite } from "./access/kdf.js";
import { type Answer, describeStatus, SW } from "./apdu.js";
import { type Agreement, agreeWith, UnsupportedKey } from "./key-agreement.js";
import type { ChipAuthenticationInfo, ChipPublicKeyInfo, Dg14 } from "./lds/dg14.js";
import { startSecureMessaging } from "./secure-messaging.js";
import type { CardSession } from "./session.js";
import { concatBytes, equalBytes, readTlv, writeTlv } from "./tlv.js";
import { failed, notSupported, passed, type Verdict } from "./verdict.js";

const INS_MSE = 0x22;
const INS_GENERAL_AUTHENTICATE = 0x86;
const INS_SELECT = 0xa4;
const SET_KEY_AGREEMENT = { p1: 0x41, p2: 0xa6 } as const;
const SET_AUTHENTICATION = { p1: 0x41, p2: 0xa4 } as const;
const DO = { protocol: 0x80, keyReference: 0x84, publicKey: 0x91, dynamic: 0x7c, ephemeral: 0x80 } as const;
/** EF.COM: every card has it, and to select it changes nothing. */
const PROOF_FILE = Uint8Array.from([0x01, 0x1e]);
/** A protected command of this many plain bytes still fits 255: DO87, DO97 and DO8E stand around it. */
const MAX_PLAIN_BYTES = 223;
/** A card that is lifted again and again in the middle is not asked for ever. */
const MAX_ATTEMPTS = 3;

/** 3DES without a protocol of its own is what DG14 of the first chips meant (BSI TR-03110-3 A.1.1.2). */
const IMPLIED: Readonly<Record<ChipPublicKeyInfo["kind"], string>> = {
  DH: "04007f00070202030101",
  ECDH: "04007f00070202030201",
};
const STRENGTH: readonly CipherSuite[] = ["AES-256", "AES-192", "AES-128", "3DES"];

export interface Choice {
  readonly info: ChipAuthenticationInfo;
  readonly key: ChipPublicKeyInfo;
}

const sameId = (one: Uint8Array | null, other: Uint8Array | null): boolean =>
  one === null || other === null || equalBytes(one, other);

/** Protocols with the key that each is for, the strongest first. */
export const choicesIn = (dg14: Dg14): readonly Choice[] => {
  const told = dg14.chipAuthentication.filter(({ version }) => version === 1);
  const choices = dg14.chipKeys.flatMap((key): Choice[] => {
    const fitting = told.filter(({ kind, keyId }) => kind === key.kind && sameId(keyId, key.keyId));
    if (fitting.length > 0) return fitting.map((info) => ({ info, key }));
    if (dg14.chipAuthentication.length > 0) return [];
    const protocol = Uint8Array.from(Buffer.from(IMPLIED[key.kind], "hex"));
    return [{ key, info: { kind: key.kind, suite: "3DES", version: 1, keyId: key.keyId, protocol } }];
  });
  const rank = ({ info }: Choice) => STRENGTH.indexOf(info.suite);
  return [...choices].sort((one, other) => rank(one) - rank(other));
};

const keyReference = ({ info, key }: Choice): Uint8Array => {
  const id = key.keyId ?? info.keyId;
  return id === null ? new Uint8Array() : writeTlv(DO.keyReference, id);
};

/** 3DES chips take the public key in MSE:Set KAT; AES needs MSE:Set AT and GENERAL AUTHENTICATE (clause 6.2.4). */
const commandsFor = (choice: Choice, { ownPublicKey }: Agreement) => {
  if (choice.info.suite === "3DES") {
    const data = concatBytes(writeTlv(DO.publicKey, ownPublicKey), keyReference(choice));
    return [{ cla: 0, ins: INS_MSE, ...SET_KEY_AGREEMENT, data }];
  }
  const protocol = concatBytes(writeTlv(DO.protocol, choice.info.protocol), keyReference(choice));
  const data = writeTlv(DO.dynamic, writeTlv(DO.ephemeral, ownPublicKey));
  return [
    { cla: 0, ins: INS_MSE, ...SET_AUTHENTICATION, data: protocol },
    { cla: 0, ins: INS_GENERAL_AUTHENTICATE, p1: 0, p2: 0, data, le: 256 },
  ];
};

/** The chip answers 7C00: dynamic authentication data without anything in it. */
const isEmptyDynamic = ({ data }: Answer): boolean => {
  if (data.length === 0) return true;
  try {
    const object = readTlv(data);
    return object.tag === DO.dynamic && object.value.length === 0;
  } catch {
    return false;
  }
};

/** Any answer that verifies under the new keys is the proof, whatever its status. */
const prove = async (session: CardSession, name: string): Promise<Verdict> => {
  try {
    const answer = await session.send({ cla: 0, ins: INS_SELECT, p1: 2, p2: 0x0c, data: PROOF_FILE });
    if (answer.sessionAlive) return passed(`${name}: the chip answered under the new keys`);
    return failed(`${name}: the chip does not have the private key (${describeStatus(answer.sw)})`);
  } catch (error) {
    if (!(error instanceof FaultError) || error.code !== "card.unreadable") throw error;
    session.abandon();
    return failed(`${name}: the chip does not have the private key (${error.detail})`);
  }
};

const attempt = async (session: CardSession, choice: Choice): Promise<Verdict> => {
  const agreement = agreeWith(choice.key.kind, choice.key.publicKey);
  const name = `${agreement.name}, ${choice.info.suite}`;
  const commands = commandsFor(choice, agreement);
  if (commands.some(({ data }) => data.length > MAX_PLAIN_BYTES))
    return notSupported(`${name}: its public key does not fit a short command`);
  for (const command of commands) {
    const answer = await session.send(command);
    if (answer.sw !== SW.ok) return failed(`${name}: announced, but refused: ${describeStatus(answer.sw)}`);
    if (!isEmptyDynamic(answer)) return failed(`${name}: an answer outside the protocol`);
  }
  session.restart(startSecureMessaging(choice.info.suite, agreement.secret));
  return prove(session, name);
};

const attemptServed = async (session: CardSession, choice: Choice): Promise<Verdict> => {
  try {
    return await attempt(session, choice);
  } catch (error) {
    if (error instanceof UnsupportedKey) return notSupported(`${choice.info.suite}: ${error.message}`);
    throw error;
  }
};

/**
 * Tries what DG14 announces until one protocol is proven. A chip that announces it and refuses has failed: a copy
 * of a genuine card's files would do just that. Throws the card's faults other than a wrong proof.
 */
export const authenticateChip = async (session: CardSession, dg14: Dg14): Promise<Verdict> => {
  const choices = choicesIn(dg14);
  let worst: Verdict = notSupported("DG14 announces no chip authentication");
  for (const choice of choices) {
    const verdict = await withReturns(session, () => attemptServed(session, choice));
    if (verdict.verdict === "passed") return verdict;
    if (verdict.verdict === "failed" || worst.verdict !== "failed") worst = verdict;
  }
  return worst;
};

/** Begins anew when the card was lifted in the middle. */
export const withReturns = async (
  session: CardSession,
  attemptOnce: () => Promise<Verdict>,
): Promise<Verdict> => {
  for (let count = 1; ; count += 1) {
    try {
      return await attemptOnce();
    } catch (error) {
      if (count === MAX_ATTEMPTS) throw error;
      await session.recover(error);
    }
  }
};
