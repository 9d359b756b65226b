// How are two-key triple DES and the retail MAC computed on a Node whose OpenSSL 3 refuses single DES?
//
// ISO/IEC 9797-1: padding method 2, and MAC algorithm 3: single DES under K1 over all blocks but the last, then
// the full key on the last. Single DES under K1 is triple DES with K1‖K1, which OpenSSL 3 still has.
import { createCipheriv, createDecipheriv } from "node:crypto";
import { concatBytes } from "../tlv.js";

const BLOCK_BYTES = 8;
const ZERO_IV = new Uint8Array(BLOCK_BYTES);

/** Padding method 2: 80, then zeros to whole blocks. Always adds at least one byte. */
export const padMethod2 = (data: Uint8Array, blockBytes: number): Uint8Array => {
  const padded = new Uint8Array(Math.floor(data.length / blockBytes + 1) * blockBytes);
  padded.set(data);
  padded[data.length] = 0x80;
  return padded;
};

/** `null` when the padding is wrong. */
export const unpadMethod2 = (padded: Uint8Array): Uint8Array | null => {
  let end = padded.length;
  while (end > 0 && padded[end - 1] === 0) end -= 1;
  return padded[end - 1] === 0x80 ? padded.slice(0, end - 1) : null;
};

/** CBC, zero IV, no padding; `data` is whole blocks. */
export const tdesEncrypt = (key: Uint8Array, data: Uint8Array): Uint8Array => {
  const cipher = createCipheriv("des-ede-cbc", key, ZERO_IV).setAutoPadding(false);
  return concatBytes(cipher.update(data), cipher.final());
};

/** CBC, zero IV, no padding; `data` is whole blocks. */
export const tdesDecrypt = (key: Uint8Array, data: Uint8Array): Uint8Array => {
  const decipher = createDecipheriv("des-ede-cbc", key, ZERO_IV).setAutoPadding(false);
  return concatBytes(decipher.update(data), decipher.final());
};

/** MAC algorithm 3 with padding method 2 over `message`; eight bytes. */
export const retailMac = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const padded = padMethod2(message, BLOCK_BYTES);
  const k1 = key.subarray(0, BLOCK_BYTES);
  const body = padded.subarray(0, -BLOCK_BYTES);
  const chained = tdesEncrypt(concatBytes(k1, k1), body);
  const last = padded.slice(-BLOCK_BYTES);
  const carry = chained.subarray(-BLOCK_BYTES);
  for (let index = 0; index < carry.length; index += 1)
    last[index] = (last[index] ?? 0) ^ (carry[index] ?? 0);
  return tdesEncrypt(key, last);
};
