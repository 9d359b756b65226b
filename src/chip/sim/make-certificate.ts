// How are the certificates and revocation lists of the made-up authorities written?
//
// In DER by hand, apart from the library that reads them: the two meet only in the standard.
import { createHash, type KeyObject } from "node:crypto";
import { concatBytes, readTlvs, writeTlv } from "../tlv.js";
import { type SigningKey, signatureAlgorithm, signWith } from "./key-kinds.js";

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface CertificateWish extends Validity {
  readonly serial: number;
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuerKey: KeyObject;
  readonly role: "authority" | "signer";
  /** When the key may sign; not said when absent. */
  readonly keyPeriod?: Validity;
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const OID = {
  country: hex("0603550406"),
  commonName: hex("0603550403"),
  keyIdentifier: hex("0603551d0e"),
  authorityKey: hex("0603551d23"),
  keyPeriod: hex("0603551d10"),
  crlNumber: hex("0603551d14"),
};
/** Basic constraints (a CA, no CA below it) and key usages, all critical. */
const EXTENSION = {
  ca: hex("30120603551d130101ff040830060101ff020100"),
  certSign: hex("300e0603551d0f0101ff040403020106"),
  digitalSignature: hex("300e0603551d0f0101ff040403020780"),
};

export const integer = (value: number): Uint8Array =>
  writeTlv(0x02, value < 0x80 ? Uint8Array.of(value) : Uint8Array.of(value >> 8, value & 0xff));

/** C=VN, CN=… */
const nameOf = (commonName: string): Uint8Array =>
  writeTlv(
    0x30,
    writeTlv(0x31, writeTlv(0x30, OID.country, writeTlv(0x13, Uint8Array.from(Buffer.from("VN"))))),
    writeTlv(
      0x31,
      writeTlv(0x30, OID.commonName, writeTlv(0x0c, Uint8Array.from(Buffer.from(commonName, "utf8")))),
    ),
  );

const digitsOf = (date: Date): string => `${date.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 clause 4.1.2.5). */
export const timeOf = (date: Date): Uint8Array =>
  date.getUTCFullYear() < 2050
    ? writeTlv(0x17, ascii(digitsOf(date).slice(2)))
    : writeTlv(0x18, ascii(digitsOf(date)));

/** SHA-1 of the public key's bits (RFC 5280 clause 4.2.1.2, method 1). */
export const keyIdentifierOf = (key: KeyObject): Uint8Array => {
  const spki = readTlvs(key.export({ type: "spki", format: "der" }))[0];
  const bits = readTlvs(spki?.value ?? new Uint8Array())[1];
  return createHash("sha1")
    .update(bits?.value.subarray(1) ?? "")
    .digest();
};

const extension = (oid: Uint8Array, value: Uint8Array): Uint8Array =>
  writeTlv(0x30, oid, writeTlv(0x04, value));

const extensionsOf = (wish: CertificateWish): readonly Uint8Array[] => {
  const { keyPeriod } = wish;
  return [
    ...(wish.role === "authority" ? [EXTENSION.ca, EXTENSION.certSign] : [EXTENSION.digitalSignature]),
    extension(OID.keyIdentifier, writeTlv(0x04, keyIdentifierOf(wish.publicKey))),
    extension(OID.authorityKey, writeTlv(0x30, writeTlv(0x80, keyIdentifierOf(wish.issuerKey)))),
    ...(keyPeriod === undefined
      ? []
      : [
          extension(
            OID.keyPeriod,
            writeTlv(
              0x30,
              writeTlv(0x80, ascii(digitsOf(keyPeriod.notBefore))),
              writeTlv(0x81, ascii(digitsOf(keyPeriod.notAfter))),
            ),
          ),
        ]),
  ];
};

const signed = (tbs: Uint8Array, key: SigningKey): Uint8Array =>
  writeTlv(0x30, tbs, signatureAlgorithm(key), writeTlv(0x03, Uint8Array.of(0), signWith(key, tbs)));

/** DER of a version 3 certificate. */
export const certify = (wish: CertificateWish, key: SigningKey): Uint8Array =>
  signed(
    writeTlv(
      0x30,
      writeTlv(0xa0, integer(2)),
      integer(wish.serial),
      signatureAlgorithm(key),
      nameOf(wish.issuer),
      writeTlv(0x30, timeOf(wish.notBefore), timeOf(wish.notAfter)),
      nameOf(wish.subject),
      wish.publicKey.export({ type: "spki", format: "der" }),
      writeTlv(0xa3, writeTlv(0x30, ...extensionsOf(wish))),
    ),
    key,
  );

export interface RevocationWish {
  readonly issuer: string;
  readonly serials: readonly number[];
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

/** DER of a version 2 revocation list with its number and its signer's key identifier. */
export const revoke = (wish: RevocationWish, key: SigningKey): Uint8Array => {
  const entries = wish.serials.map((serial) => writeTlv(0x30, integer(serial), timeOf(wish.thisUpdate)));
  const extensions = concatBytes(
    extension(OID.authorityKey, writeTlv(0x30, writeTlv(0x80, keyIdentifierOf(key.publicKey)))),
    extension(OID.crlNumber, integer(1)),
  );
  const tbs = writeTlv(
    0x30,
    integer(1),
    signatureAlgorithm(key),
    nameOf(wish.issuer),
    timeOf(wish.thisUpdate),
    timeOf(wish.nextUpdate),
    ...(entries.length === 0 ? [] : [writeTlv(0x30, ...entries)]),
    writeTlv(0xa0, writeTlv(0x30, extensions)),
  );
  return signed(tbs, key);
};
