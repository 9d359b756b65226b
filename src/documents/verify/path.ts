// Does a certificate lead to somebody we believe, and may it sign documents at that time? (RFC 5280, 6)
import { X509Certificate } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { bufferOf, OID, parseCertificate } from "../asn1.js";
import type { CertificateStanding } from "../verdict.js";
import { holdsFor } from "./signature-check.js";

const MAX_PATH = 6;
const MAX_TRIED = 200;

/** One certificate, as two libraries see it. */
export interface Parsed {
  readonly der: Uint8Array;
  readonly node: X509Certificate;
  readonly pki: pkijs.Certificate;
}

/** Null for what is no certificate. */
export const parseAny = (der: Uint8Array): Parsed | null => {
  try {
    return { der, node: new X509Certificate(der), pki: parseCertificate(der) };
  } catch {
    return null;
  }
};

export const parseAll = (list: readonly Uint8Array[]): readonly Parsed[] =>
  list.map(parseAny).filter((parsed) => parsed !== null);

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const nameBytes = (name: pkijs.RelativeDistinguishedNames): Uint8Array =>
  new Uint8Array(name.toSchema().toBER());

const isIssuedBy = (child: Parsed, issuer: Parsed): boolean =>
  sameBytes(nameBytes(child.pki.issuer), nameBytes(issuer.pki.subject)) &&
  holdsFor(issuer.node.publicKey, {
    data: child.pki.tbsView,
    signature: new Uint8Array(child.pki.signatureValue.valueBlock.valueHexView),
    algorithm: child.pki.signatureAlgorithm,
  });

/** From the leaf to a root of the list, both ends included; null: it leads to none. */
export const findPath = (
  leaf: Parsed,
  intermediates: readonly Parsed[],
  roots: readonly Parsed[],
): readonly Parsed[] | null => {
  let tried = 0;
  const extend = (path: readonly Parsed[]): readonly Parsed[] | null => {
    const last = path.at(-1) ?? leaf;
    if (roots.some(({ der }) => sameBytes(der, last.der))) return path;
    if (path.length >= MAX_PATH) return null;
    for (const issuer of [...roots, ...intermediates]) {
      tried += 1;
      if (tried > MAX_TRIED) return null;
      if (path.some(({ der }) => sameBytes(der, issuer.der)) || !isIssuedBy(last, issuer)) continue;
      const whole = extend([...path, issuer]);
      if (whole !== null) return whole;
    }
    return null;
  };
  return extend([leaf]);
};

const extensionOf = ({ pki }: Parsed, oid: string): asn1js.BaseBlock | null => {
  const found = pki.extensions?.find(({ extnID }) => extnID === oid);
  return found === undefined ? null : asn1js.fromBER(found.extnValue.getValue()).result;
};

/** Null: the extension is absent, and nothing is restricted. */
const keyUsageOf = (certificate: Parsed): number | null => {
  const bits = extensionOf(certificate, OID.keyUsage);
  return bits instanceof asn1js.BitString ? (bits.valueBlock.valueHexView[0] ?? 0) : null;
};

const USAGE = { signature: 0x80 | 0x40, certificates: 0x04 } as const;

/** What is understood here; any other critical extension forbids the use (RFC 5280, 4.2). */
const UNDERSTOOD = new Set<string>([
  OID.keyUsage,
  OID.basicConstraints,
  OID.extendedKeyUsage,
  OID.subjectKeyIdentifier,
  OID.authorityKeyIdentifier,
  "2.5.29.17",
  "2.5.29.31",
  "2.5.29.32",
  "1.3.6.1.5.5.7.1.1",
  "1.3.6.1.5.5.7.1.3",
]);

/** Any, e-mail, documents (RFC 9336), documents (Microsoft), documents (Adobe), and the client's that many have. */
const DOCUMENT_USAGES = new Set([
  "2.5.29.37.0",
  "1.3.6.1.5.5.7.3.4",
  "1.3.6.1.5.5.7.3.36",
  "1.3.6.1.4.1.311.10.3.12",
  "1.2.840.113583.1.1.5",
  "1.3.6.1.5.5.7.3.2",
]);

export type Purpose = "documents" | "timestamps";

const mayServe = (leaf: Parsed, purpose: Purpose): boolean => {
  const usage = keyUsageOf(leaf);
  if (usage !== null && (usage & USAGE.signature) === 0) return false;
  const extended = extensionOf(leaf, OID.extendedKeyUsage);
  if (extended === null) return purpose === "documents";
  const { keyPurposes } = new pkijs.ExtKeyUsage({ schema: extended });
  if (purpose === "timestamps") return keyPurposes.length === 1 && keyPurposes[0] === OID.timeStamping;
  return keyPurposes.some((oid) => DOCUMENT_USAGES.has(oid));
};

const mayIssue = (issuer: Parsed, below: number): boolean => {
  const usage = keyUsageOf(issuer);
  if (usage !== null && (usage & USAGE.certificates) === 0) return false;
  const given = extensionOf(issuer, OID.basicConstraints);
  if (given === null) return false;
  const { cA, pathLenConstraint } = new pkijs.BasicConstraints({ schema: given });
  const most =
    pathLenConstraint instanceof asn1js.Integer ? pathLenConstraint.valueBlock.valueDec : pathLenConstraint;
  return cA && (most === undefined || below <= most);
};

const isSuitable = (path: readonly Parsed[], purpose: Purpose): boolean => {
  const [leaf, ...issuers] = path;
  if (leaf === undefined) return false;
  for (const { pki } of path)
    if (pki.extensions?.some(({ critical, extnID }) => critical && !UNDERSTOOD.has(extnID))) return false;
  // `below`: certificates of authorities between this issuer and the leaf.
  return mayServe(leaf, purpose) && issuers.every((issuer, below) => mayIssue(issuer, below));
};

interface RevocationFinding {
  readonly revoked: boolean;
  readonly checked: boolean;
}

export interface RevocationList {
  readonly issuer: Uint8Array;
  readonly list: pkijs.CertificateRevocationList;
}

export const parseLists = (lists: readonly Uint8Array[]): readonly RevocationList[] =>
  lists.flatMap((der) => {
    try {
      const list = new pkijs.CertificateRevocationList({ schema: asn1js.fromBER(bufferOf(der)).result });
      return [{ issuer: nameBytes(list.issuer), list }];
    } catch {
      return [];
    }
  });

const revocationOf = (
  certificate: Parsed,
  issuer: Parsed,
  lists: readonly RevocationList[],
  atMs: number,
): RevocationFinding => {
  let checked = false;
  for (const { issuer: name, list } of lists) {
    if (!sameBytes(name, nameBytes(issuer.pki.subject))) continue;
    const signature = new Uint8Array(list.signatureValue.valueBlock.valueHexView);
    if (
      !holdsFor(issuer.node.publicKey, { data: list.tbsView, signature, algorithm: list.signatureAlgorithm })
    )
      continue;
    // A list from before says nothing of what was revoked since.
    if (list.nextUpdate === undefined || list.nextUpdate.value.getTime() >= atMs) checked = true;
    const entry = list.revokedCertificates?.find(({ userCertificate }) =>
      sameBytes(derNumber(userCertificate), derNumber(certificate.pki.serialNumber)),
    );
    if (entry !== undefined && entry.revocationDate.value.getTime() <= atMs)
      return { revoked: true, checked: true };
  }
  return { revoked: false, checked };
};

const derNumber = (value: asn1js.Integer): Uint8Array => new Uint8Array(value.toBER());

export interface PathJudgement {
  readonly standing: Exclude<CertificateStanding, "foreign" | "notJudged">;
  readonly revocation: "good" | "revoked" | "notChecked";
}

/** Of a path that `findPath` found, for use at this time. */
export const judgePath = (
  path: readonly Parsed[],
  purpose: Purpose,
  lists: readonly RevocationList[],
  atMs: number,
): PathJudgement => {
  const found = path.slice(0, -1).map((certificate, index) => {
    const issuer = path[index + 1];
    return issuer === undefined
      ? { revoked: false, checked: false }
      : revocationOf(certificate, issuer, lists, atMs);
  });
  if (found.some(({ revoked }) => revoked)) return { standing: "revoked", revocation: "revoked" };
  const revocation = found.length > 0 && found.every(({ checked }) => checked) ? "good" : "notChecked";
  let suitable: boolean;
  try {
    suitable = isSuitable(path, purpose);
  } catch {
    suitable = false;
  }
  if (!suitable) return { standing: "unsuitable", revocation };
  if (path.some(({ pki }) => pki.notBefore.value.getTime() > atMs))
    return { standing: "notYetValid", revocation };
  if (path.some(({ pki }) => pki.notAfter.value.getTime() < atMs)) return { standing: "expired", revocation };
  return { standing: "trusted", revocation };
};
