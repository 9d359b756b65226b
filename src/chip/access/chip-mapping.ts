// Did the holder of the chip's static key take part in PACE? (chip-authentication mapping, clause 4.4.3.5)
import { malformed } from "../tlv.js";
import { aesDecrypt, aesEncrypt } from "./aes.js";
import type { AgreementGroup } from "./agreement-group.js";
import { unpadMethod2 } from "./des.js";
import { toInteger } from "./integers.js";

/** What PACE-CAM leaves to be judged once EF.CardSecurity is authenticated. */
export interface ChipMapping {
  readonly group: AgreementGroup;
  /** Identifier of the static key in ChipAuthenticationPublicKeyInfo (clause 9.2.1). */
  readonly keyId: number;
  /**
   * True when `staticKey`, an uncompressed point out of EF.CardSecurity, belongs to the chip that answered. Says
   * nothing of who issued that key: passive authentication of EF.CardSecurity has to.
   */
  holds(staticKey: Uint8Array): boolean;
}

const MINUS_ONE = new Uint8Array(16).fill(0xff);

/** CA_IC in the clear; CBC with the encrypted -1 as IV, padding method 2. Throws "card.unreadable". */
const decryptFactor = (encryptionKey: Uint8Array, cryptogram: Uint8Array, order: bigint): bigint => {
  if (cryptogram.length === 0 || cryptogram.length % MINUS_ONE.length !== 0) {
    throw malformed("PACE: the chip authentication data are not whole blocks");
  }
  const plain = unpadMethod2(aesDecrypt(encryptionKey, cryptogram, aesEncrypt(encryptionKey, MINUS_ONE)));
  if (plain === null) throw malformed("PACE: the padding of the chip authentication data is wrong");
  const factor = toInteger(plain);
  if (factor <= 0n || factor >= order)
    throw malformed("PACE: the chip authentication data are no private key");
  return factor;
};

export const chipMapping = (given: {
  readonly group: AgreementGroup;
  readonly keyId: number;
  readonly encryptionKey: Uint8Array;
  readonly cryptogram: Uint8Array;
  /** The chip's public key of the mapping phase. */
  readonly mappingKey: Uint8Array;
}): ChipMapping => {
  const { group, keyId, mappingKey } = given;
  const factor = decryptFactor(given.encryptionKey, given.cryptogram, group.order);
  return {
    group,
    keyId,
    holds: (staticKey) => {
      try {
        return Buffer.from(group.privateKey(factor).agree(staticKey)).equals(mappingKey);
      } catch {
        // A static key off the curve is nobody's.
        return false;
      }
    },
  };
};
