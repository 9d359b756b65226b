// How are AES-CBC without padding and the eight-byte CMAC computed? (Doc 9303-11 clause 9.8.6.2)
import { createCipheriv, createDecipheriv } from "node:crypto";
import { cmac } from "@noble/ciphers/aes.js";
import { concatBytes } from "../tlv.js";

export const AES_BLOCK_BYTES = 16;
const ZERO_IV = new Uint8Array(AES_BLOCK_BYTES);
const SHORT_MAC_BYTES = 8;

const cbc = (key: Uint8Array): string => `aes-${key.length * 8}-cbc`;

/** CBC without padding; `data` is whole blocks. */
export const aesEncrypt = (key: Uint8Array, data: Uint8Array, iv: Uint8Array = ZERO_IV): Uint8Array => {
  const cipher = createCipheriv(cbc(key), key, iv).setAutoPadding(false);
  return concatBytes(cipher.update(data), cipher.final());
};

/** CBC without padding; `data` is whole blocks. */
export const aesDecrypt = (key: Uint8Array, data: Uint8Array, iv: Uint8Array = ZERO_IV): Uint8Array => {
  const decipher = createDecipheriv(cbc(key), key, iv).setAutoPadding(false);
  return concatBytes(decipher.update(data), decipher.final());
};

/** The first eight bytes of CMAC; `message` is taken as it is, CMAC pads by itself. */
export const aesMac = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  cmac(message, key).slice(0, SHORT_MAC_BYTES);
