// Did the state sign what the chip said? (Doc 9303-11 clause 5.1: hashes, signature, certificate path)
//
// Answers apart, since they mean different things to a person at the counter: a wrong hash, a wrong signature or a
// revoked signer is a forgery or a defect; an unknown issuer only means that the operator has not put its
// certificate in the folder.
import { createHash } from "node:crypto";
import { type Certificate, parseCertificates } from "./certificate.js";
import { anchorsOf, followPath, type TrustStore } from "./certificate-path.js";
import type { SignedObject } from "./lds/signed-data.js";
import { parseSod, type SecurityObject } from "./lds/sod.js";
import { checkRevocation } from "./revocation.js";
import { describeScheme, signatureHolds } from "./signature.js";
import { equalBytes } from "./tlv.js";
import { failed, notDone, notSupported, passed, type Verdict } from "./verdict.js";

export type { TrustStore } from "./certificate-path.js";
export type { Verdict } from "./verdict.js";

/** Who signed, and who stands behind the signer. */
export interface SignerVerdicts {
  readonly signature: Verdict;
  readonly certificatePath: Verdict;
  readonly revocation: Verdict;
}

export interface PassiveAuthentication extends SignerVerdicts {
  readonly hashes: Verdict;
  /** Groups whose bytes are those of the signed list, whoever signed it. */
  readonly covered: ReadonlySet<number>;
}

export interface PassiveInput {
  /** `null` when the card did not give it. */
  readonly sod: Uint8Array | null;
  /** Data groups as read, by number. */
  readonly groups: ReadonlyMap<number, Uint8Array>;
  /** Groups that EF.COM lists, which is unsigned: one that the SOD does not know was slipped in. */
  readonly listed: readonly number[];
  /** Groups that this reading wanted: one that was signed has to be there. */
  readonly wanted: readonly number[];
  readonly trust: TrustStore;
  /** yyyy-MM-dd, or `null` when the clock cannot be believed. */
  readonly today: string | null;
}

const hashesAsSigned = (object: SecurityObject, groups: PassiveInput["groups"]): ReadonlySet<number> => {
  const { hash, groupHashes } = object;
  const same = [...groups].filter(([number, bytes]) => {
    const expected = groupHashes.get(number);
    return (
      hash !== null && expected !== undefined && equalBytes(createHash(hash).update(bytes).digest(), expected)
    );
  });
  return new Set(same.map(([number]) => number));
};

const compareHashes = (
  object: SecurityObject,
  input: PassiveInput,
  covered: ReadonlySet<number>,
): Verdict => {
  if (object.hash === null) return notSupported(`hash algorithm ${object.hashOid} is not known here`);
  const { groups, listed, wanted } = input;
  const signed = object.groupHashes;
  const slippedIn = listed.filter((number) => !signed.has(number) && !groups.has(number));
  const withheld = wanted.filter((number) => signed.has(number) && !groups.has(number));
  const wrong = [
    ...slippedIn.map((number) => `DG${number} is listed but not signed`),
    ...withheld.map((number) => `DG${number} is signed but the card did not give it`),
    ...[...groups.keys()].flatMap((number) => {
      if (covered.has(number)) return [];
      return [
        signed.has(number)
          ? `DG${number} differs from its signed hash`
          : `DG${number} is not in the signed list`,
      ];
    }),
  ];
  if (wrong.length > 0) return failed(wrong.join("; "));
  const names = [...groups.keys()].map((number) => `DG${number}`).join(", ");
  return groups.size === 0
    ? failed("no data group was read")
    : passed(`${object.hash} of ${names} as signed`);
};

const isNamed = (certificate: Certificate, { name }: SignedObject["signer"]): boolean => {
  if (name.kind === "keyIdentifier")
    return certificate.keyIdentifier !== null && equalBytes(certificate.keyIdentifier, name.keyIdentifier);
  // Issuers write the same name in other string types in the two places: the serial number alone decides then,
  // and the signature has to hold with the certificate that it finds.
  return certificate.serial === name.serial;
};

/** The certificate that the signer names: from EF.SOD, or from the folder for old cards that carry none. */
const findSigner = (object: SignedObject, trust: TrustStore): Certificate | null => {
  const candidates = parseCertificates([...object.certificates, ...trust.certificates]);
  return candidates.find((one) => isNamed(one, object.signer) && holdsWith(object, one)) ?? null;
};

const holdsWith = ({ signer }: SignedObject, { key }: Certificate): boolean =>
  signatureHolds(signer.scheme, key, signer.signedBytes, signer.signature);

const checkSignature = (object: SignedObject, signer: Certificate | null): Verdict => {
  const { digest, messageDigest, scheme } = object.signer;
  if (digest === null) return notSupported("the signer's digest algorithm is not known here");
  if (!equalBytes(createHash(digest).update(object.content).digest(), messageDigest))
    return failed("the signed digest is not of this content");
  if (scheme.kind === "unknown") return notSupported(`signature algorithm ${scheme.name} is not known here`);
  if (signer !== null) return passed(describeScheme(scheme));
  return object.certificates.length === 0
    ? notSupported("no signer certificate in EF.SOD")
    : failed("the certificate that the signer names did not make this signature");
};

const without = (reason: string, signature: Verdict): PassiveAuthentication => ({
  hashes: signature,
  signature,
  certificatePath: notDone(reason),
  revocation: notDone(reason),
  covered: new Set(),
});

/** Signature, path and revocation of any object that a document signer signed. */
export const authenticateSigner = (
  object: SignedObject,
  trust: TrustStore,
  today: string | null,
): SignerVerdicts => {
  const signer = findSigner(object, trust);
  const anchors = anchorsOf(trust);
  const path = followPath({ signer, anchors, signingTime: object.signer.signingTime, today });
  return {
    signature: checkSignature(object, signer),
    certificatePath: path.verdict,
    revocation: checkRevocation(
      { signer, issuers: path.issuers },
      anchors.trusted,
      trust.revocationLists ?? [],
      today,
    ),
  };
};

const authenticate = (object: SecurityObject, input: PassiveInput): PassiveAuthentication => {
  const covered = hashesAsSigned(object, input.groups);
  return {
    hashes: compareHashes(object, input, covered),
    ...authenticateSigner(object, input.trust, input.today),
    covered,
  };
};

/** Never throws: a malformed security object is a failed check, and the caller decides what that means. */
export const authenticatePassively = (input: PassiveInput): PassiveAuthentication => {
  if (input.sod === null) return without("no EF.SOD", failed("the card has no readable EF.SOD"));
  try {
    return authenticate(parseSod(input.sod), input);
  } catch (error) {
    return without("no signer", failed(error instanceof Error ? error.message : "EF.SOD is malformed"));
  }
};

/**
 * One verdict out of four: the weakest decides. Revocation counts only where it fails: most kiosks have no list
 * or an old one, which is said and makes no card less genuine.
 */
export const summarise = (result: PassiveAuthentication): Verdict => {
  const { hashes, signature, certificatePath, revocation } = result;
  const parts = [hashes, signature, certificatePath];
  const worst =
    [...parts, revocation].find(({ verdict }) => verdict === "failed") ??
    parts.find(({ verdict }) => verdict === "notTrusted") ??
    parts.find(({ verdict }) => verdict !== "passed");
  if (worst !== undefined) return worst;
  const known = revocation.verdict === "passed" ? "" : `; revocation: ${revocation.evidence}`;
  return passed(`hashes, signature and certificate path hold${known}`);
};

/** What is weakest about who signed it: "passed" only for a trusted issuer. */
export const backingOf = ({ signature, certificatePath, revocation }: SignerVerdicts): Verdict =>
  [signature, certificatePath, revocation].find(({ verdict }) => verdict === "failed") ??
  [signature, certificatePath].find(({ verdict }) => verdict !== "passed") ??
  passed("signed by a trusted issuer");

/** Is this group's content vouched for by a trusted issuer? */
export const vouchesFor = (result: PassiveAuthentication, group: number): Verdict =>
  result.covered.has(group) ? backingOf(result) : failed(`DG${group} is not as signed`);
