// What does one X.509 certificate of a card or of the trust folder say that its verification needs?
//
// pkijs reads names, identifiers and extensions; the key stays with node:crypto, which takes explicit parameters.
import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import * as asn1js from "asn1js";
import { type Extension, Certificate as PkiCertificate } from "pkijs";
import { type Asn1, guarded, magnitudeOf, membersOf, octetsOf, parseDer } from "./lds/der.js";
import { equalBytes } from "./tlv.js";

export interface Certificate {
  /** DER as it stood. */
  readonly raw: Uint8Array;
  readonly x509: X509Certificate;
  readonly key: KeyObject;
  /** DER of the names. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  readonly keyIdentifier: Uint8Array | null;
  readonly isCa: boolean;
  /** Bits of the key usage, the first as 0x80; `null` without the extension, which allows everything. */
  readonly keyUsage: number | null;
  readonly validity: Period;
  /** When the key may sign (RFC 5280's predecessor clause 4.2.1.4; 9303-12 clause 7.1.1); `null` without it. */
  readonly keyPeriod: Partial<Period> | null;
}

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

export const KEY_USAGE = { digitalSignature: 0x80, keyCertSign: 0x04, crlSign: 0x02 } as const;

const EXTENSION = {
  keyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  keyPeriod: "2.5.29.16",
} as const;

const extensionIn = (extensions: readonly Extension[], oid: string): Asn1 | null => {
  const found = extensions.find(({ extnID }) => extnID === oid);
  return found === undefined
    ? null
    : parseDer(new Uint8Array(found.extnValue.getValue()), `extension ${oid}`);
};

const keyUsageIn = (extension: Asn1 | null): number | null =>
  extension instanceof asn1js.BitString ? (extension.valueBlock.valueHexView[0] ?? 0) : null;

/** GeneralizedTime with an implicit tag: "20260101000000Z" in a primitive object. */
const implicitTime = (node: Asn1 | undefined): Date | null => {
  if (!(node instanceof asn1js.Primitive)) return null;
  const digits = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(
    Buffer.from(node.valueBlock.valueHexView).toString("latin1"),
  );
  if (digits === null) return null;
  const [, year, month, day, hour, minute, second] = digits;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
};

const keyPeriodIn = (extension: Asn1 | null): Partial<Period> | null => {
  if (extension === null) return null;
  const at = (tagNumber: number) =>
    implicitTime(membersOf(extension).find(({ idBlock }) => idBlock.tagNumber === tagNumber));
  const [from, to] = [at(0), at(1)];
  return { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
};

/** Throws "card.unreadable" for bytes that are no certificate. */
export const parseCertificate = (der: Uint8Array): Certificate =>
  guarded("certificate", () => {
    const x509 = new X509Certificate(der);
    const parsed = new PkiCertificate({ schema: parseDer(x509.raw, "certificate") });
    const extensions = parsed.extensions ?? [];
    const serial = magnitudeOf(parsed.serialNumber as Asn1) ?? new Uint8Array();
    return {
      raw: Uint8Array.from(x509.raw),
      x509,
      key: x509.publicKey,
      issuer: new Uint8Array(parsed.issuer.valueBeforeDecode),
      subject: new Uint8Array(parsed.subject.valueBeforeDecode),
      serial: Buffer.from(serial).toString("hex"),
      keyIdentifier: octetsOf(extensionIn(extensions, EXTENSION.keyIdentifier) ?? undefined),
      isCa: x509.ca,
      keyUsage: keyUsageIn(extensionIn(extensions, EXTENSION.keyUsage)),
      validity: { from: parsed.notBefore.value, to: parsed.notAfter.value },
      keyPeriod: keyPeriodIn(extensionIn(extensions, EXTENSION.keyPeriod)),
    };
  });

/** Those of the list that are certificates. */
export const parseCertificates = (list: readonly Uint8Array[]): readonly Certificate[] =>
  list.flatMap((der) => {
    try {
      return [parseCertificate(der)];
    } catch {
      return [];
    }
  });

export const allowsUsage = ({ keyUsage }: Certificate, bit: number): boolean =>
  keyUsage === null || (keyUsage & bit) !== 0;

export const isSelfSigned = (certificate: Certificate): boolean =>
  equalBytes(certificate.issuer, certificate.subject) && verifiedBy(certificate, certificate);

/** Did `issuer`'s key sign it? Never throws. */
export const verifiedBy = (certificate: Certificate, issuer: Certificate): boolean => {
  try {
    return certificate.x509.verify(issuer.key);
  } catch {
    return false;
  }
};

/** Named as its issuer (names, key identifiers, key usage) and signed by its key. */
export const issuedBy = (certificate: Certificate, issuer: Certificate): boolean =>
  issuer.isCa && certificate.x509.checkIssued(issuer.x509) && verifiedBy(certificate, issuer);

/** yyyy-MM-dd of a moment, in universal time. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

export const coversDay = ({ from, to }: Period, day: string): boolean =>
  dayOf(from) <= day && day <= dayOf(to);

/** Short name of a certificate for evidence: the first bytes of its SHA-256, as `openssl x509 -fingerprint` prints. */
export const fingerprint = ({ raw }: Certificate): string =>
  createHash("sha256").update(raw).digest("hex").slice(0, 16);
