// Does a certificate of the operator's folder stand behind the signer of this card? (Doc 9303-12 clause 7)
//
// Trust starts at self-signed country-signing certificates. When a country changes its key, a link certificate
// signed by the old key carries the new one; such a certificate counts only where its own issuer is trusted.
import {
  allowsUsage,
  type Certificate,
  coversDay,
  dayOf,
  fingerprint,
  isSelfSigned,
  issuedBy,
  KEY_USAGE,
  parseCertificates,
  verifiedBy,
} from "./certificate.js";
import { equalBytes } from "./tlv.js";
import { failed, notDone, notTrusted, passed, type Verdict } from "./verdict.js";

/** What the operator trusts, DER. */
export interface TrustStore {
  readonly certificates: readonly Uint8Array[];
  /** Revocation lists of those authorities. */
  readonly revocationLists?: readonly Uint8Array[];
}

/** More links than a country makes in a lifetime. */
const MAX_LINKS = 8;

export interface Anchors {
  readonly trusted: readonly Certificate[];
  /** Country-signing certificates in the folder that nothing trusted stands behind. */
  readonly hanging: number;
}

/** A link keeps the country's name or changes it: what counts is a trusted key's signature. */
const linkedBy = (link: Certificate, issuer: Certificate): boolean =>
  equalBytes(link.issuer, issuer.subject) &&
  allowsUsage(issuer, KEY_USAGE.keyCertSign) &&
  verifiedBy(link, issuer);

export const anchorsOf = (trust: TrustStore): Anchors => {
  const authorities = parseCertificates(trust.certificates).filter(({ isCa }) => isCa);
  const trusted = authorities.filter(isSelfSigned);
  let hanging = authorities.filter((one) => !trusted.includes(one));
  for (let link = 0; link < MAX_LINKS; link += 1) {
    const joined = hanging.filter((one) => trusted.some((issuer) => linkedBy(one, issuer)));
    if (joined.length === 0) break;
    trusted.push(...joined);
    hanging = hanging.filter((one) => !joined.includes(one));
  }
  return { trusted, hanging: hanging.length };
};

export interface PathInput {
  readonly signer: Certificate | null;
  readonly anchors: Anchors;
  readonly signingTime: Date | null;
  /** yyyy-MM-dd, or `null` when the clock cannot be believed. */
  readonly today: string | null;
}

export interface Path {
  readonly verdict: Verdict;
  /** The signer's issuers that hold, of which a rollover may make several. */
  readonly issuers: readonly Certificate[];
}

/**
 * The signer's key may sign only in its usage period, which ends years before the certificate: documents that it
 * signed live on (9303-12 clause 3.2). A signature from outside is the work of a key that should have been gone.
 */
const signedOutOfPeriod = ({ validity, keyPeriod }: Certificate, signingTime: Date): boolean => {
  const from = keyPeriod?.from ?? validity.from;
  const to = keyPeriod?.to ?? validity.to;
  const day = dayOf(signingTime);
  return day < dayOf(from) || day > dayOf(to);
};

const judge = (signer: Certificate, issuers: readonly Certificate[], input: PathInput): Verdict => {
  const [issuer] = issuers;
  if (issuer === undefined) {
    const { trusted, hanging } = input.anchors;
    if (trusted.length === 0 && hanging === 0)
      return notTrusted("this kiosk has no country-signing certificate");
    const more = hanging === 0 ? "" : `; ${hanging} link certificate(s) hang on nothing trusted`;
    return notTrusted(`the signer's issuer is not among this kiosk's certificates${more}`);
  }
  if (signer.isCa || !allowsUsage(signer, KEY_USAGE.digitalSignature))
    return failed("the signer's certificate is not one for signing documents");
  const { signingTime, today } = input;
  if (signingTime !== null && signedOutOfPeriod(signer, signingTime))
    return failed("signed outside the period in which the signer's key may sign");
  const by = `issuer ${fingerprint(issuer)}`;
  if (today === null)
    return passed(`signed by a trusted issuer (${by}); validity not checked, the clock is not trusted`);
  if (!coversDay(signer.validity, today))
    return notTrusted(`the signer's certificate is not valid today (${by})`);
  if (!issuers.some(({ validity }) => coversDay(validity, today)))
    return notTrusted(`the country-signing certificate is not valid today (${by})`);
  const when = signingTime === null ? "no signing time to check" : "signed in the key's period";
  return passed(`signed by a trusted issuer (${by}) and valid today; ${when}`);
};

export const followPath = (input: PathInput): Path => {
  const { signer, anchors } = input;
  if (signer === null) return { verdict: notDone("no signer to follow"), issuers: [] };
  const issuers = anchors.trusted.filter((candidate) => issuedBy(signer, candidate));
  return { verdict: judge(signer, issuers, input), issuers };
};
