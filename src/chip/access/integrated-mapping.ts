// Which field element do both nonces of integrated mapping stand for? (R_p, Doc 9303-11 clause 4.4.3.3.2, figure 2)
import { concatBytes } from "../tlv.js";
import { aesEncrypt } from "./aes.js";
import { tdesEncrypt } from "./des.js";
import type { CipherSuite } from "./kdf.js";

interface Sizes {
  /** Of the chip's nonce and each output block. */
  readonly nonceBytes: number;
  /** Of the terminal's nonce, which serves as a key. */
  readonly keyBytes: number;
}

export const NONCE_SIZES: Readonly<Record<CipherSuite, Sizes>> = {
  "3DES": { nonceBytes: 16, keyBytes: 16 },
  "AES-128": { nonceBytes: 16, keyBytes: 16 },
  "AES-192": { nonceBytes: 32, keyBytes: 24 },
  "AES-256": { nonceBytes: 32, keyBytes: 32 },
};

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"));

/** c0 gives the next key, c1 the output; by the bytes of a block. */
const CONSTANTS: ReadonlyMap<number, readonly [c0: Uint8Array, c1: Uint8Array]> = new Map([
  [16, [hex("a668892a7c41e3ca739f40b057d85904"), hex("a4e136ac725f738b01c1f60217c188ad")]],
  [
    32,
    [
      hex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
      hex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
    ],
  ],
]);

/** Bits beyond the prime's own: so that the remainder is as good as uniform. */
const EXCESS_BITS = 64;

/** R(s, t) before its reduction modulo the prime of `fieldBits` bits. */
export const pseudoRandom = (
  suite: CipherSuite,
  nonces: { readonly chip: Uint8Array; readonly terminal: Uint8Array },
  fieldBits: number,
): Uint8Array => {
  const { nonceBytes, keyBytes } = NONCE_SIZES[suite];
  const [c0, c1] = CONSTANTS.get(nonceBytes) ?? [];
  if (c0 === undefined || c1 === undefined) throw new Error("no constants for this block");
  const encrypt = suite === "3DES" ? tdesEncrypt : aesEncrypt;
  const count = Math.ceil((fieldBits + EXCESS_BITS) / (8 * nonceBytes));
  let key = encrypt(nonces.terminal, nonces.chip).subarray(0, keyBytes);
  const blocks: Uint8Array[] = [];
  for (let index = 0; index < count; index += 1) {
    blocks.push(encrypt(key, c1));
    key = encrypt(key, c0).subarray(0, keyBytes);
  }
  return concatBytes(...blocks);
};
