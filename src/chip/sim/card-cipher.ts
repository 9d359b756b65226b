// Which cipher and MAC does the card's end of a session use?
//
// AES is computed block by block here, apart from the reader's src/chip/access/aes.ts: a mistake in one of the two
// is not the other's mistake too.
import { createCipheriv, createDecipheriv } from "node:crypto";
import { padMethod2, retailMac, tdesDecrypt, tdesEncrypt } from "../access/des.js";
import { type CipherSuite, deriveKey, KEY_FOR } from "../access/kdf.js";
import { concatBytes } from "../tlv.js";

export interface CardCipher {
  readonly blockBytes: 8 | 16;
  encrypt(padded: Uint8Array, counter: Uint8Array): Uint8Array;
  decrypt(blocks: Uint8Array, counter: Uint8Array): Uint8Array;
  /** Over a message that is padded already. */
  macPadded(padded: Uint8Array): Uint8Array;
  /** Over a message that is not, as authentication tokens are. */
  macToken(message: Uint8Array): Uint8Array;
}

const AES_BLOCK = 16;

const block = (key: Uint8Array, data: Uint8Array): Uint8Array => {
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  return concatBytes(cipher.update(data), cipher.final());
};

const unblock = (key: Uint8Array, data: Uint8Array): Uint8Array => {
  const decipher = createDecipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  return concatBytes(decipher.update(data), decipher.final());
};

const xor = (one: Uint8Array, other: Uint8Array): Uint8Array =>
  one.map((byte, index) => byte ^ (other[index] ?? 0));

const blocksOf = (data: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: data.length / AES_BLOCK }, (_, at) =>
    data.subarray(at * AES_BLOCK, (at + 1) * AES_BLOCK),
  );

export const encryptCbc = (key: Uint8Array, data: Uint8Array, iv: Uint8Array): Uint8Array => {
  let carry = iv;
  return concatBytes(
    ...blocksOf(data).map((plain) => {
      carry = block(key, xor(plain, carry));
      return carry;
    }),
  );
};

const decryptCbc = (key: Uint8Array, data: Uint8Array, iv: Uint8Array): Uint8Array => {
  let carry = iv;
  return concatBytes(
    ...blocksOf(data).map((cryptogram) => {
      const plain = xor(unblock(key, cryptogram), carry);
      carry = cryptogram;
      return plain;
    }),
  );
};

/** Doubling in GF(2^128), for the subkeys (NIST SP 800-38B clause 6.1). */
const double = (value: Uint8Array): Uint8Array => {
  const number = BigInt(`0x${Buffer.from(value).toString("hex")}`) << 1n;
  const reduced = number >> 128n === 0n ? number : (number & ((1n << 128n) - 1n)) ^ 0x87n;
  return Uint8Array.from(Buffer.from(reduced.toString(16).padStart(32, "0"), "hex"));
};

const cmac = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const whole = message.length > 0 && message.length % AES_BLOCK === 0;
  const k1 = double(block(key, new Uint8Array(AES_BLOCK)));
  const padded = whole ? Uint8Array.from(message) : padMethod2(message, AES_BLOCK);
  const last = xor(padded.subarray(-AES_BLOCK), whole ? k1 : double(k1));
  padded.set(last, padded.length - AES_BLOCK);
  return encryptCbc(key, padded, new Uint8Array(AES_BLOCK)).slice(-AES_BLOCK, -AES_BLOCK / 2);
};

const aes = (encryptionKey: Uint8Array, macKey: Uint8Array): CardCipher => ({
  blockBytes: AES_BLOCK,
  encrypt: (padded, counter) => encryptCbc(encryptionKey, padded, block(encryptionKey, counter)),
  decrypt: (blocks, counter) => decryptCbc(encryptionKey, blocks, block(encryptionKey, counter)),
  macPadded: (padded) => cmac(macKey, padded),
  macToken: (message) => cmac(macKey, message),
});

const tdes = (encryptionKey: Uint8Array, macKey: Uint8Array): CardCipher => ({
  blockBytes: 8,
  encrypt: (padded) => tdesEncrypt(encryptionKey, padded),
  decrypt: (blocks) => tdesDecrypt(encryptionKey, blocks),
  // The retail MAC pads by itself: the padding that is there already is taken off again.
  macPadded: (padded) => retailMac(macKey, padded.subarray(0, padded.lastIndexOf(0x80))),
  macToken: (message) => retailMac(macKey, message),
});

export const cardCipher = (suite: CipherSuite, secret: Uint8Array): CardCipher => {
  const make = suite === "3DES" ? tdes : aes;
  return make(deriveKey(suite, secret, KEY_FOR.encryption), deriveKey(suite, secret, KEY_FOR.mac));
};
