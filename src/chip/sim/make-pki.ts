// Who signs the made-up cards? (A country-signing and a document-signing key, born and gone with the process.)
//
// Certificates are written as DER here: the X.509 library at hand knows only the NIST curves, while cards are
// signed with brainpool ones.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { concatBytes, readTlvs, writeTlv } from "../tlv.js";

export interface SimPki {
  /** DER; put it into a trust store and the cards are trusted. */
  readonly cscaCertificate: Uint8Array;
  readonly signerCertificate: Uint8Array;
  /** EF.SOD over these data groups, by number. */
  signSod(groups: ReadonlyMap<number, Uint8Array>): Uint8Array;
}

export interface PkiOptions {
  /** Name by which OpenSSL knows the curve: "brainpoolP256r1", "prime256v1" (the default). */
  readonly curve?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const YEAR_MS = 365.25 * 86_400_000;
const ISSUER = "Made-up CSCA";
const SIGNER = "Made-up Document Signer";

const der = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const OID = {
  signedData: der("06092a864886f70d010702"),
  ldsSecurityObject: der("0606678108010101"),
  contentType: der("06092a864886f70d010903"),
  messageDigest: der("06092a864886f70d010904"),
  sha256: der("300d06096086480165030402010500"),
  ecdsaSha256: der("300a06082a8648ce3d040302"),
  country: der("0603550406"),
  commonName: der("0603550403"),
};
/** Basic constraints (a CA, no CA below it) and key usages, all critical. */
const EXTENSION = {
  ca: der("30120603551d130101ff040830060101ff020100"),
  certSign: der("300e0603551d0f0101ff040403020106"),
  digitalSignature: der("300e0603551d0f0101ff040403020780"),
};
const integer = (value: number): Uint8Array => writeTlv(0x02, Uint8Array.from([value]));
const sha256 = (data: Uint8Array): Uint8Array => createHash("sha256").update(data).digest();

const securityObject = (groups: ReadonlyMap<number, Uint8Array>): Uint8Array =>
  writeTlv(
    0x30,
    integer(0),
    OID.sha256,
    writeTlv(
      0x30,
      ...[...groups].map(([n, bytes]) => writeTlv(0x30, integer(n), writeTlv(0x04, sha256(bytes)))),
    ),
  );

/** Issuer and serial number of a certificate: members of its first member, behind the version. */
const issuerAndSerial = (certificate: Uint8Array): Uint8Array => {
  const [tbs] = readTlvs(readTlvs(certificate)[0]?.value ?? new Uint8Array());
  const [, serial, , issuer] = readTlvs(tbs?.value ?? new Uint8Array());
  if (serial === undefined || issuer === undefined) throw new Error("the made-up certificate is malformed");
  return writeTlv(0x30, issuer.raw, serial.raw);
};

const signSod = (
  groups: ReadonlyMap<number, Uint8Array>,
  certificate: Uint8Array,
  key: KeyObject,
): Uint8Array => {
  const content = securityObject(groups);
  const attributes = concatBytes(
    writeTlv(0x30, OID.contentType, writeTlv(0x31, OID.ldsSecurityObject)),
    writeTlv(0x30, OID.messageDigest, writeTlv(0x31, writeTlv(0x04, sha256(content)))),
  );
  const signature = sign("sha256", writeTlv(0x31, attributes), key);
  const signer = writeTlv(
    0x30,
    integer(1),
    issuerAndSerial(certificate),
    OID.sha256,
    writeTlv(0xa0, attributes),
    OID.ecdsaSha256,
    writeTlv(0x04, signature),
  );
  const signedData = writeTlv(
    0x30,
    integer(3),
    writeTlv(0x31, OID.sha256),
    writeTlv(0x30, OID.ldsSecurityObject, writeTlv(0xa0, writeTlv(0x04, content))),
    writeTlv(0xa0, certificate),
    writeTlv(0x31, signer),
  );
  return writeTlv(0x77, writeTlv(0x30, OID.signedData, writeTlv(0xa0, signedData)));
};

const text = (value: string): Uint8Array => writeTlv(0x0c, Uint8Array.from(Buffer.from(value, "utf8")));

/** C=VN, CN=… */
const nameOf = (commonName: string): Uint8Array =>
  writeTlv(
    0x30,
    writeTlv(0x31, writeTlv(0x30, OID.country, writeTlv(0x13, Uint8Array.from(Buffer.from("VN"))))),
    writeTlv(0x31, writeTlv(0x30, OID.commonName, text(commonName))),
  );

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 clause 4.1.2.5). */
const timeOf = (date: Date): Uint8Array => {
  const digits = `${date.toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050
    ? writeTlv(0x17, Uint8Array.from(Buffer.from(digits.slice(2))))
    : writeTlv(0x18, Uint8Array.from(Buffer.from(digits)));
};

interface CertificateContent {
  readonly serial: number;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Uint8Array[];
}

const certify = (content: CertificateContent, issuerKey: KeyObject): Uint8Array => {
  const tbs = writeTlv(
    0x30,
    writeTlv(0xa0, integer(2)),
    integer(content.serial),
    OID.ecdsaSha256,
    nameOf(ISSUER),
    writeTlv(0x30, timeOf(content.notBefore), timeOf(content.notAfter)),
    nameOf(content.subject),
    content.publicKey.export({ type: "spki", format: "der" }),
    writeTlv(0xa3, writeTlv(0x30, ...content.extensions)),
  );
  const signature = sign("sha256", tbs, issuerKey);
  return writeTlv(0x30, tbs, OID.ecdsaSha256, writeTlv(0x03, Uint8Array.from([0]), signature));
};

/** Makes both key pairs and certificates anew; nothing of them is ever written down. */
export const makePki = (options: PkiOptions = {}): SimPki => {
  const now = Date.now();
  const validity = {
    notBefore: options.notBefore ?? new Date(now - YEAR_MS),
    notAfter: options.notAfter ?? new Date(now + 12 * YEAR_MS),
  };
  const makeKeys = () => generateKeyPairSync("ec", { namedCurve: options.curve ?? "prime256v1" });
  const [csca, signer] = [makeKeys(), makeKeys()];
  const cscaCertificate = certify(
    {
      ...validity,
      serial: 1,
      subject: ISSUER,
      publicKey: csca.publicKey,
      extensions: [EXTENSION.ca, EXTENSION.certSign],
    },
    csca.privateKey,
  );
  const signerCertificate = certify(
    {
      ...validity,
      serial: 2,
      subject: SIGNER,
      publicKey: signer.publicKey,
      extensions: [EXTENSION.digitalSignature],
    },
    csca.privateKey,
  );
  return {
    cscaCertificate,
    signerCertificate,
    signSod: (groups) => signSod(groups, signerCertificate, signer.privateKey),
  };
};
