// Did the state sign what the chip said? (Doc 9303-11 clause 5.1: hashes, signature, certificate path)
//
// Three answers apart, since they mean different things to a person at the counter: a wrong hash or signature is
// a forgery or a defect; an unknown issuer only means that the operator has not put its certificate in the folder.
import { constants, createHash, type KeyObject, verify, X509Certificate } from "node:crypto";
import type { CheckVerdict } from "./citizen-card.js";
import { parseSod, type SecurityObject } from "./lds/sod.js";
import { equalBytes } from "./tlv.js";

/** The country-signing certificates that the operator trusts, DER. */
export interface TrustStore {
  readonly certificates: readonly Uint8Array[];
}

export interface Verdict {
  readonly verdict: CheckVerdict;
  readonly evidence: string;
}

export interface PassiveAuthentication {
  readonly hashes: Verdict;
  readonly signature: Verdict;
  readonly certificatePath: Verdict;
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

const passed = (evidence: string): Verdict => ({ verdict: "passed", evidence });
const failed = (evidence: string): Verdict => ({ verdict: "failed", evidence });
const notTrusted = (evidence: string): Verdict => ({ verdict: "notTrusted", evidence });

const compareHashes = (object: SecurityObject, input: PassiveInput): Verdict => {
  const { groups, listed, wanted } = input;
  const signed = object.groupHashes;
  const slippedIn = listed.filter((number) => !signed.has(number) && !groups.has(number));
  const withheld = wanted.filter((number) => signed.has(number) && !groups.has(number));
  const wrong = [
    ...slippedIn.map((number) => `DG${number} is listed but not signed`),
    ...withheld.map((number) => `DG${number} is signed but the card did not give it`),
  ];
  for (const [number, bytes] of groups) {
    const expected = signed.get(number);
    const actual = createHash(object.hash).update(bytes).digest();
    if (expected === undefined) wrong.push(`DG${number} is not in the signed list`);
    else if (!equalBytes(actual, expected)) wrong.push(`DG${number} differs from its signed hash`);
  }
  if (wrong.length > 0) return failed(wrong.join("; "));
  const names = [...groups.keys()].map((number) => `DG${number}`).join(", ");
  return groups.size === 0
    ? failed("no data group was read")
    : passed(`${object.hash} of ${names} as signed`);
};

const withScheme = (key: KeyObject, { scheme }: SecurityObject["signer"]) =>
  scheme.kind === "rsaPss"
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes }
    : { key };

const signatureHolds = (object: SecurityObject, certificate: X509Certificate): boolean => {
  const { signer } = object;
  const isRsa = certificate.publicKey.asymmetricKeyType?.startsWith("rsa") === true;
  if (isRsa !== signer.scheme.kind.startsWith("rsa")) return false;
  return verify(
    signer.scheme.hash,
    signer.signedBytes,
    withScheme(certificate.publicKey, signer),
    signer.signature,
  );
};

const parseCertificate = (der: Uint8Array): X509Certificate | null => {
  try {
    return new X509Certificate(der);
  } catch {
    return null;
  }
};

const parseAll = (list: readonly Uint8Array[]): readonly X509Certificate[] =>
  list.flatMap((der) => parseCertificate(der) ?? []);

/** The certificate whose key made the signature; the signer's identifier only orders the search. */
const findSigner = (object: SecurityObject): X509Certificate | null =>
  parseAll(object.certificates).find((certificate) => {
    try {
      return signatureHolds(object, certificate);
    } catch {
      return false;
    }
  }) ?? null;

const checkSignature = (object: SecurityObject, signer: X509Certificate | null): Verdict => {
  const digest = createHash(object.signer.digest).update(object.content).digest();
  if (!equalBytes(digest, object.signer.messageDigest))
    return failed("the signed digest is not of this content");
  if (object.certificates.length === 0)
    return { verdict: "notSupported", evidence: "no signer certificate in EF.SOD" };
  if (signer === null) return failed("no certificate in EF.SOD made this signature");
  return passed(`${object.signer.scheme.kind} with ${object.signer.scheme.hash}`);
};

const isoDay = (text: string): string => new Date(text).toISOString().slice(0, 10);

const coversToday = (certificate: X509Certificate, today: string): boolean =>
  isoDay(certificate.validFrom) <= today && today <= isoDay(certificate.validTo);

const checkPath = (signer: X509Certificate | null, trust: TrustStore, today: string | null): Verdict => {
  if (signer === null) return { verdict: "notDone", evidence: "no signer to follow" };
  if (trust.certificates.length === 0) return notTrusted("this kiosk has no country-signing certificate");
  const issuer = parseAll(trust.certificates).find(
    (candidate) => candidate.ca && signer.checkIssued(candidate) && signer.verify(candidate.publicKey),
  );
  if (issuer === undefined) return notTrusted("the signer's issuer is not among this kiosk's certificates");
  if (today === null)
    return passed("signed by a trusted issuer; validity not checked, the clock is not trusted");
  if (!coversToday(signer, today)) return notTrusted("the signer's certificate is not valid today");
  return passed("signed by a trusted issuer and valid today");
};

/** Never throws: a malformed security object is a failed check, and the caller decides what that means. */
export const authenticatePassively = (input: PassiveInput): PassiveAuthentication => {
  if (input.sod === null) {
    const missing = failed("the card has no readable EF.SOD");
    return {
      hashes: missing,
      signature: missing,
      certificatePath: { verdict: "notDone", evidence: "no EF.SOD" },
    };
  }
  try {
    const object = parseSod(input.sod);
    const signer = findSigner(object);
    return {
      hashes: compareHashes(object, input),
      signature: checkSignature(object, signer),
      certificatePath: checkPath(signer, input.trust, input.today),
    };
  } catch (error) {
    const broken = failed(error instanceof Error ? error.message : "EF.SOD is malformed");
    return {
      hashes: broken,
      signature: broken,
      certificatePath: { verdict: "notDone", evidence: "no signer" },
    };
  }
};

/** One verdict out of three: the weakest decides. */
export const summarise = ({ hashes, signature, certificatePath }: PassiveAuthentication): Verdict => {
  const parts = [hashes, signature, certificatePath];
  const worst =
    parts.find(({ verdict }) => verdict === "failed") ??
    parts.find(({ verdict }) => verdict === "notTrusted") ??
    parts.find(({ verdict }) => verdict !== "passed");
  return worst ?? passed("hashes, signature and certificate path hold");
};
