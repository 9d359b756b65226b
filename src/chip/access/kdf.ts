// Which key does a shared secret give for which cipher and purpose? (Doc 9303-11 clause 9.7.1)
import { createHash } from "node:crypto";
import { concatBytes } from "../tlv.js";

/** The block ciphers of PACE, chip authentication and secure messaging, with their key size. */
export type CipherSuite = "3DES" | "AES-128" | "AES-192" | "AES-256";

/** Counters of the key derivation function: what the derived key is for. */
export const KEY_FOR = { encryption: 1, mac: 2, pace: 3 } as const;

const KEY_BYTES: Readonly<Record<CipherSuite, number>> = {
  "3DES": 16,
  "AES-128": 16,
  "AES-192": 24,
  "AES-256": 32,
};

/** Sets the parity bit of every byte to odd, as DES keys want (the cipher ignores it; the standard prints it). */
const withOddParity = (key: Uint8Array): Uint8Array =>
  key.map((byte) => {
    let ones = 0;
    for (let bit = 1; bit < 8; bit += 1) ones += (byte >> bit) & 1;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });

/** SHA-1 for keys of up to 16 bytes, SHA-256 for longer ones, over the secret and the purpose in four bytes. */
export const deriveKey = (suite: CipherSuite, secret: Uint8Array, purpose: number): Uint8Array => {
  const bytes = KEY_BYTES[suite];
  const digest = createHash(bytes > 16 ? "sha256" : "sha1")
    .update(concatBytes(secret, Uint8Array.from([0, 0, 0, purpose])))
    .digest();
  const key = Uint8Array.from(digest.subarray(0, bytes));
  return suite === "3DES" ? withOddParity(key) : key;
};

/** Two-key triple DES: what BAC uses. */
export const deriveTdesKey = (secret: Uint8Array, purpose: number): Uint8Array =>
  deriveKey("3DES", secret, purpose);
