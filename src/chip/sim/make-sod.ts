// How is the security object of a made-up card written and signed? (Doc 9303-10 clause 4.6.2)
import { createHash } from "node:crypto";
import type { HashName } from "../signature.js";
import { concatBytes, readTlvs, writeTlv } from "../tlv.js";
import { hashAlgorithm, type SigningKey, signatureAlgorithm, signWith } from "./key-kinds.js";
import { integer, keyIdentifierOf, timeOf } from "./make-certificate.js";

export interface SodOptions {
  /** 1 writes the LDS and Unicode versions into what is signed. */
  readonly ldsVersion?: 0 | 1;
  /** Hash of the groups; the signer's own when absent. */
  readonly groupHash?: HashName;
  readonly signerName?: "issuerAndSerial" | "keyIdentifier";
  readonly signingTime?: Date;
  /** Leaves the signer's certificate out, as the oldest documents do. */
  readonly withoutCertificate?: boolean;
  /** Names another content type among the signed attributes than the one signed. */
  readonly wrongContentType?: boolean;
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const OID = {
  signedData: hex("06092a864886f70d010702"),
  data: hex("06092a864886f70d010701"),
  ldsSecurityObject: hex("0606678108010101"),
  securityInfos: hex("060804007f0007030201"),
  contentType: hex("06092a864886f70d010903"),
  messageDigest: hex("06092a864886f70d010904"),
  signingTime: hex("06092a864886f70d010905"),
};

const digest = (hash: HashName, data: Uint8Array): Uint8Array => createHash(hash).update(data).digest();
const printable = (text: string): Uint8Array => writeTlv(0x13, Uint8Array.from(Buffer.from(text, "latin1")));

const securityObject = (
  groups: ReadonlyMap<number, Uint8Array>,
  hash: HashName,
  version: 0 | 1,
): Uint8Array =>
  writeTlv(
    0x30,
    integer(version),
    hashAlgorithm(hash),
    writeTlv(
      0x30,
      ...[...groups].map(([n, bytes]) => writeTlv(0x30, integer(n), writeTlv(0x04, digest(hash, bytes)))),
    ),
    version === 1 ? writeTlv(0x30, printable("0108"), printable("040000")) : new Uint8Array(),
  );

/** Issuer and serial number of a certificate: members of its first member, behind the version. */
const issuerAndSerial = (certificate: Uint8Array): Uint8Array => {
  const [tbs] = readTlvs(readTlvs(certificate)[0]?.value ?? new Uint8Array());
  const [, serial, , issuer] = readTlvs(tbs?.value ?? new Uint8Array());
  if (serial === undefined || issuer === undefined) throw new Error("the made-up certificate is malformed");
  return writeTlv(0x30, issuer.raw, serial.raw);
};

const attribute = (oid: Uint8Array, value: Uint8Array): Uint8Array =>
  writeTlv(0x30, oid, writeTlv(0x31, value));

interface Signed {
  readonly content: Uint8Array;
  /** DER object identifier. */
  readonly contentType: Uint8Array;
}

const cms = (
  { content, contentType }: Signed,
  certificate: Uint8Array,
  key: SigningKey,
  options: SodOptions,
): Uint8Array => {
  const attributes = concatBytes(
    attribute(OID.contentType, options.wrongContentType === true ? OID.data : contentType),
    options.signingTime === undefined
      ? new Uint8Array()
      : attribute(OID.signingTime, timeOf(options.signingTime)),
    attribute(OID.messageDigest, writeTlv(0x04, digest(key.hash, content))),
  );
  const byKey = options.signerName === "keyIdentifier";
  const signer = writeTlv(
    0x30,
    integer(byKey ? 3 : 1),
    byKey ? writeTlv(0x80, keyIdentifierOf(key.publicKey)) : issuerAndSerial(certificate),
    hashAlgorithm(key.hash),
    writeTlv(0xa0, attributes),
    signatureAlgorithm(key),
    writeTlv(0x04, signWith(key, writeTlv(0x31, attributes))),
  );
  const signedData = writeTlv(
    0x30,
    integer(3),
    writeTlv(0x31, hashAlgorithm(key.hash)),
    writeTlv(0x30, contentType, writeTlv(0xa0, writeTlv(0x04, content))),
    options.withoutCertificate === true ? new Uint8Array() : writeTlv(0xa0, certificate),
    writeTlv(0x31, signer),
  );
  return writeTlv(0x30, OID.signedData, writeTlv(0xa0, signedData));
};

/** EF.SOD over these data groups, by number. */
export const signSod = (
  groups: ReadonlyMap<number, Uint8Array>,
  certificate: Uint8Array,
  key: SigningKey,
  options: SodOptions = {},
): Uint8Array => {
  const content = securityObject(groups, options.groupHash ?? key.hash, options.ldsVersion ?? 0);
  return writeTlv(0x77, cms({ content, contentType: OID.ldsSecurityObject }, certificate, key, options));
};

/** EF.CardSecurity over these SecurityInfos. */
export const signInfos = (
  infos: readonly Uint8Array[],
  certificate: Uint8Array,
  key: SigningKey,
): Uint8Array =>
  cms({ content: writeTlv(0x31, ...infos), contentType: OID.securityInfos }, certificate, key, {});
