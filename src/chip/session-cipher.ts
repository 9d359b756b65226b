// Which cipher, MAC and chunk does a session of secure messaging have? (Doc 9303-11 clauses 9.8.6.1 and 9.8.6.2)
import { AES_BLOCK_BYTES, aesDecrypt, aesEncrypt, aesMac } from "./access/aes.js";
import { padMethod2, retailMac, tdesDecrypt, tdesEncrypt } from "./access/des.js";
import { type CipherSuite, deriveKey, KEY_FOR } from "./access/kdf.js";

/** One cipher of secure messaging: 3DES after BAC; 3DES or AES after PACE and chip authentication. */
export interface SmCipher {
  readonly blockBytes: 8 | 16;
  /** The largest plaintext whose protected answer still fits 256 bytes. */
  readonly maxReadBytes: number;
  encrypt(padded: Uint8Array, counter: Uint8Array): Uint8Array;
  decrypt(cryptogram: Uint8Array, counter: Uint8Array): Uint8Array;
  /** Eight bytes over the counter and `message`; pads by itself as its algorithm wants. */
  mac(message: Uint8Array): Uint8Array;
}

/** 3DES in CBC with zero IV and the retail MAC. */
export const tdesCipher = (encryptionKey: Uint8Array, macKey: Uint8Array): SmCipher => ({
  blockBytes: 8,
  maxReadBytes: 231,
  encrypt: (padded) => tdesEncrypt(encryptionKey, padded),
  decrypt: (cryptogram) => tdesDecrypt(encryptionKey, cryptogram),
  mac: (message) => retailMac(macKey, message),
});

/** AES in CBC with the encrypted counter as IV, and CMAC over the padded message. */
export const aesCipher = (encryptionKey: Uint8Array, macKey: Uint8Array): SmCipher => {
  const iv = (counter: Uint8Array) => aesEncrypt(encryptionKey, counter);
  return {
    blockBytes: AES_BLOCK_BYTES,
    maxReadBytes: 223,
    encrypt: (padded, counter) => aesEncrypt(encryptionKey, padded, iv(counter)),
    decrypt: (cryptogram, counter) => aesDecrypt(encryptionKey, cryptogram, iv(counter)),
    mac: (message) => aesMac(macKey, padMethod2(message, AES_BLOCK_BYTES)),
  };
};

/** The session's cipher out of the secret that key agreement gave. */
export const deriveCipher = (suite: CipherSuite, secret: Uint8Array): SmCipher => {
  const make = suite === "3DES" ? tdesCipher : aesCipher;
  return make(deriveKey(suite, secret, KEY_FOR.encryption), deriveKey(suite, secret, KEY_FOR.mac));
};
