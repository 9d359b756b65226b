// Do these bytes carry the signature that a CMS claims, and is it one that PAdES allows? (EN 319 142-1, 6.3)
import { createHash } from "node:crypto";
import * as asn1js from "asn1js";
import * as pkijs from "pkijs";
import { OID } from "../asn1.js";
import { type CmsParts, cmsFail, octets, readCms } from "../cms-parts.js";
import { type Parsed, parseAll } from "./path.js";
import { HASHES, holdsFor } from "./signature-check.js";

export interface CheckedCms {
  readonly parts: CmsParts;
  readonly signer: Parsed;
  readonly others: readonly Parsed[];
  /** Digest and signature hold, over the certificate that is named. */
  readonly holds: boolean;
  /** signing-certificate-v2 is there, signing-time is not. */
  readonly isBaseline: boolean;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const children = (block: asn1js.BaseBlock | undefined): readonly asn1js.BaseBlock[] =>
  block instanceof asn1js.Sequence ? (block.valueBlock.value as asn1js.BaseBlock[]) : [];

const findSigner = (sid: unknown, certificates: readonly Parsed[]): Parsed => {
  if (!(sid instanceof pkijs.IssuerAndSerialNumber))
    return cmsFail("its signer is not named by issuer and serial number");
  const issuer = new Uint8Array(sid.issuer.toSchema().toBER());
  const serial = new Uint8Array(sid.serialNumber.toBER());
  const found = certificates.find(
    ({ pki }) =>
      sameBytes(new Uint8Array(pki.issuer.toSchema().toBER()), issuer) &&
      sameBytes(new Uint8Array(pki.serialNumber.toBER()), serial),
  );
  return found ?? cmsFail("the signer's certificate is not in it");
};

/** RFC 5035: the first ESSCertIDv2 is the signer's; its hash is SHA-256 unless it names another. */
const namesSigner = (attribute: asn1js.BaseBlock | undefined, signer: Parsed): boolean => {
  const essCertId = children(children(children(attribute)[0])[0]);
  const [first, second] = essCertId;
  const named = children(first)[0];
  const oid = named instanceof asn1js.ObjectIdentifier ? named.getValue() : OID.sha256;
  const hash = first instanceof asn1js.OctetString ? first : second;
  const algorithm = HASHES[oid];
  if (!(hash instanceof asn1js.OctetString) || algorithm === undefined) return false;
  return sameBytes(octets(hash), createHash(algorithm).update(signer.der).digest());
};

const isType = (attribute: asn1js.BaseBlock | undefined, oid: string): boolean =>
  attribute instanceof asn1js.ObjectIdentifier && attribute.getValue() === oid;

/**
 * `covered`: what is signed, piece by piece; null: the content inside the CMS, of this type.
 * Throws `CmsError` when it is damaged or lacks what has to be in it.
 */
export const checkCms = (
  bytes: Uint8Array,
  contentType: string,
  covered: readonly Uint8Array[] | null,
): CheckedCms => {
  const parts = readCms(bytes);
  if (bytes.subarray(parts.length).some((byte) => byte !== 0)) cmsFail("something hides behind the CMS");
  if (parts.contentType !== contentType) cmsFail("it holds another kind of content");
  if ((covered === null) !== (parts.content !== null)) cmsFail("its content is not where it belongs");
  if (!isType(parts.attributes.get(OID.contentType), contentType))
    cmsFail("its content-type attribute is wrong");
  const certificates = parseAll(parts.certificates);
  const signer = findSigner(parts.signer.sid, certificates);
  const digestOid = parts.signer.digestAlgorithm.algorithmId;
  const algorithm = HASHES[digestOid] ?? cmsFail(`its digest ${digestOid} is too weak or unknown`);
  const hash = createHash(algorithm);
  for (const piece of covered ?? [parts.content ?? new Uint8Array(0)]) hash.update(piece);
  const isDigest = sameBytes(octets(parts.attributes.get(OID.messageDigest)), hash.digest());
  const named = parts.attributes.get(OID.signingCertificateV2);
  const isNamed = namesSigner(named, signer);
  const isSigned = holdsFor(signer.node.publicKey, {
    data: parts.signedBytes,
    signature: octets(parts.signer.signature),
    algorithm: parts.signer.signatureAlgorithm,
    digestAlgorithm: digestOid,
  });
  return {
    parts,
    signer,
    others: certificates.filter((certificate) => certificate !== signer),
    // An attribute that names another certificate than the one that came along is a substitution.
    holds: isDigest && isSigned && (named === undefined || isNamed),
    isBaseline: isNamed && !parts.attributes.has(OID.signingTime),
  };
};
