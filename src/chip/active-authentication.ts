// Can the chip sign a fresh challenge with the key whose public half is DG15? (Doc 9303-11 clause 6.1)
import { createPublicKey, type KeyObject, randomBytes, verify } from "node:crypto";
import { describeStatus, SW } from "./apdu.js";
import { withReturns } from "./chip-authentication.js";
import { verifyRecovery } from "./iso9796.js";
import { ecKeyOf, UnsupportedKey } from "./key-agreement.js";
import { guarded } from "./lds/der.js";
import type { CardSession } from "./session.js";
import type { HashName } from "./signature.js";
import { failed, notSupported, passed, type Verdict } from "./verdict.js";

const INS_INTERNAL_AUTHENTICATE = 0x88;
export const CHALLENGE_BYTES = 8;

/** ecdsa-plain-signatures of BSI TR-03111: r and s side by side. */
const PLAIN_HASHES: ReadonlyMap<string, HashName> = new Map([
  ["0.4.0.127.0.7.1.1.4.1.1", "sha1"],
  ["0.4.0.127.0.7.1.1.4.1.2", "sha224"],
  ["0.4.0.127.0.7.1.1.4.1.3", "sha256"],
  ["0.4.0.127.0.7.1.1.4.1.4", "sha384"],
  ["0.4.0.127.0.7.1.1.4.1.5", "sha512"],
]);
/** Where DG14 does not name it, chips were seen with each; a signature that holds under one is a proof. */
const ANY_HASH: readonly HashName[] = ["sha256", "sha384", "sha512", "sha224", "sha1"];

type Key =
  | { readonly kind: "rsa"; readonly key: KeyObject; readonly bytes: number }
  | { readonly kind: "ec"; readonly key: KeyObject; readonly curve: string };

const keyOf = (spki: Uint8Array): Key => {
  const key = guarded("DG15", () => createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }));
  if (key.asymmetricKeyType === "rsa")
    return { kind: "rsa", key, bytes: Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8) };
  if (key.asymmetricKeyType === "ec") return { kind: "ec", ...ecKeyOf(spki) };
  throw new UnsupportedKey(`a key of type ${key.asymmetricKeyType ?? "unknown"}`);
};

const ecHolds = (key: KeyObject, hash: HashName, challenge: Uint8Array, signature: Uint8Array): boolean =>
  (["ieee-p1363", "der"] as const).some((dsaEncoding) => {
    try {
      return verify(hash, challenge, { key, dsaEncoding }, signature);
    } catch {
      return false;
    }
  });

export interface ActiveProof {
  /** DER SubjectPublicKeyInfo out of DG15. */
  readonly publicKey: Uint8Array;
  readonly challenge: Uint8Array;
  readonly signature: Uint8Array;
  /** Object identifier of the signature algorithm in DG14, if told. */
  readonly algorithm: string | null;
}

/** Judges one answer to INTERNAL AUTHENTICATE. Throws `UnsupportedKey`, or "card.unreadable" for no key. */
export const verifyActive = (proof: ActiveProof): Verdict => {
  const { challenge, signature, algorithm } = proof;
  const key = keyOf(proof.publicKey);
  if (key.kind === "rsa") {
    const found = verifyRecovery(key.key, signature, challenge);
    const name = `RSA ${key.bytes * 8} bits`;
    return found.holds
      ? passed(`${name}, ISO/IEC 9796-2 with ${found.hash}`)
      : failed(`${name}: ${found.why}`);
  }
  const told = algorithm === null ? null : (PLAIN_HASHES.get(algorithm) ?? null);
  if (algorithm !== null && told === null) throw new UnsupportedKey(`signature algorithm ${algorithm}`);
  const hashes = told === null ? ANY_HASH : [told];
  const hash = hashes.find((candidate) => ecHolds(key.key, candidate, challenge, signature));
  return hash === undefined
    ? failed(`ECDSA ${key.curve}: the signature is not over this challenge`)
    : passed(`ECDSA ${key.curve} with ${hash}`);
};

const ask = async (
  session: CardSession,
  publicKey: Uint8Array,
  algorithm: string | null,
): Promise<Verdict> => {
  const key = keyOf(publicKey);
  await session.ensureOpen();
  if (key.kind === "rsa" && key.bytes > session.maxReadBytes)
    return notSupported(`RSA ${key.bytes * 8} bits: its signature does not fit a short answer`);
  const challenge = Uint8Array.from(randomBytes(CHALLENGE_BYTES));
  const command = { cla: 0, ins: INS_INTERNAL_AUTHENTICATE, p1: 0, p2: 0, data: challenge, le: 256 };
  const answer = await session.send(command);
  if (answer.sw !== SW.ok) return failed(`announced by DG15, but refused: ${describeStatus(answer.sw)}`);
  return verifyActive({ publicKey, challenge, signature: answer.data, algorithm });
};

/** A chip that has DG15 and refuses has failed. Throws the card's other faults. */
export const authenticateActively = (
  session: CardSession,
  publicKey: Uint8Array,
  algorithm: string | null,
): Promise<Verdict> =>
  withReturns(session, async () => {
    try {
      return await ask(session, publicKey, algorithm);
    } catch (error) {
      if (error instanceof UnsupportedKey) return notSupported(error.message);
      throw error;
    }
  });
