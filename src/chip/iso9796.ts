// Which message does an RSA signature with message recovery carry? (ISO/IEC 9796-2 digital signature scheme 1)
//
// Doc 9303-11 clause 6.1.2: header 6A, the chip's own nonce, a hash over it and the reader's challenge, and a
// trailer that names the hash: BC for SHA-1, xxCC for the others.
import { constants, createHash, type KeyObject, publicDecrypt } from "node:crypto";
import type { HashName } from "./signature.js";
import { concatBytes, equalBytes } from "./tlv.js";

/** Hash identifiers of ISO/IEC 10118-3. */
const HASH_BY_TRAILER: ReadonlyMap<number, HashName> = new Map([
  [0x33, "sha1"],
  [0x34, "sha256"],
  [0x35, "sha512"],
  [0x36, "sha384"],
  [0x38, "sha224"],
]);
const SHA1_TRAILER = 0xbc;
const NAMED_TRAILER = 0xcc;

export type Recovery =
  | { readonly holds: true; readonly hash: HashName }
  | { readonly holds: false; readonly why: string };

const no = (why: string): Recovery => ({ holds: false, why });

/** Hash and length of the trailer; `null` for a hash that is not known here. */
const trailerOf = (block: Uint8Array): { readonly hash: HashName; readonly bytes: 1 | 2 } | null => {
  const [named, last] = block.subarray(-2);
  if (last === SHA1_TRAILER) return { hash: "sha1", bytes: 1 };
  const hash = last === NAMED_TRAILER ? HASH_BY_TRAILER.get(named ?? 0) : undefined;
  return hash === undefined ? null : { hash, bytes: 2 };
};

/** Where the recovered message starts: behind the padding nibbles B…BA (clause 8.2); `null` for a wrong header. */
const messageStart = (block: Uint8Array): number | null => {
  const first = block[0] ?? 0;
  // 01 in the two leading bits, then the bit that says that the message is recovered in part.
  if ((first & 0xf0) !== 0x60) return null;
  if ((first & 0x0f) === 0x0a) return 1;
  if ((first & 0x0f) !== 0x0b) return null;
  const end = block.findIndex((byte, index) => index > 0 && byte !== 0xbb);
  return end > 0 && block[end] === 0xba ? end + 1 : null;
};

const subtract = (modulus: Uint8Array, value: Uint8Array): Uint8Array => {
  const big = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  const text = (big(modulus) - big(value)).toString(16).padStart(modulus.length * 2, "0");
  return Uint8Array.from(Buffer.from(text, "hex"));
};

const modulusOf = (key: KeyObject): Uint8Array =>
  Uint8Array.from(Buffer.from(key.export({ format: "jwk" }).n ?? "", "base64url"));

const check = (block: Uint8Array, challenge: Uint8Array): Recovery => {
  const trailer = trailerOf(block);
  if (trailer === null) return no("the signature's trailer names no known hash");
  const start = messageStart(block);
  if (start === null) return no("the signature's header is wrong");
  const { hash, bytes } = trailer;
  const message = createHash(hash);
  const digestBytes = createHash(hash).digest().length;
  const end = block.length - bytes - digestBytes;
  if (end < start) return no("the signature is too short for its hash");
  const digest = message.update(concatBytes(block.subarray(start, end), challenge)).digest();
  return equalBytes(digest, block.subarray(end, end + digestBytes))
    ? { holds: true, hash }
    : no("the signature is not over this challenge");
};

/** Does `signature` carry a message of which `challenge` is the part that is not recovered? */
export const verifyRecovery = (key: KeyObject, signature: Uint8Array, challenge: Uint8Array): Recovery => {
  const modulus = modulusOf(key);
  if (signature.length !== modulus.length)
    return no(`a signature of ${signature.length} bytes under a key of ${modulus.length}`);
  try {
    const opened = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
    // The signer may give s or n − s, whichever is smaller: the trailer's last nibble C tells (clause 8.3).
    const block = ((opened.at(-1) ?? 0) & 0x0f) === 0x0c ? opened : subtract(modulus, opened);
    return check(Uint8Array.from(block), challenge);
  } catch {
    return no("the signature is no number of this key");
  }
};
