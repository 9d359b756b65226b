// Has the country taken back the certificate that signed this card? (Doc 9303-12 clause 7.1.2, RFC 5280 clause 5)
//
// Lists lie beside the certificates in the operator's folder. A kiosk that was away from its operator for months
// has an old list: that is said, and is no failure of the citizen's card.
import { type AlgorithmIdentifier, CertificateRevocationList } from "pkijs";
import { allowsUsage, type Certificate, dayOf, KEY_USAGE } from "./certificate.js";
import { type Asn1, guarded, magnitudeOf, parseDer } from "./lds/der.js";
import { schemeOf, signatureHolds } from "./signature.js";
import { equalBytes, malformed } from "./tlv.js";
import { failed, notDone, notTrusted, passed, type Verdict } from "./verdict.js";

export interface RevocationList {
  /** DER of the issuer's name. */
  readonly issuer: Uint8Array;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  /** Serial numbers, lower-case hex without leading zeros. */
  readonly revoked: ReadonlySet<string>;
  /** A critical extension that is not understood: the list must not be used (RFC 5280 clause 5.2). */
  readonly unusable: string | null;
  readonly signed: {
    readonly bytes: Uint8Array;
    readonly algorithm: AlgorithmIdentifier;
    readonly signature: Uint8Array;
  };
}

/** Critical only in lists of other kinds than a country's whole one: deltas and partitions. */
const listObstacle = (list: CertificateRevocationList): string | null => {
  const critical = list.crlExtensions?.extensions.find((extension) => extension.critical);
  return critical === undefined ? null : `critical extension ${critical.extnID}`;
};

/** Throws "card.unreadable" for bytes that are no revocation list. */
export const parseRevocationList = (der: Uint8Array): RevocationList =>
  guarded("revocation list", () => {
    const list = new CertificateRevocationList({ schema: parseDer(der, "revocation list") });
    if (!equalAlgorithms(list.signature, list.signatureAlgorithm))
      throw malformed("revocation list: two signature algorithms");
    const serials = (list.revokedCertificates ?? []).map(({ userCertificate }) => {
      const serial = magnitudeOf(userCertificate as Asn1);
      if (serial === null) throw malformed("revocation list: a serial number that is none");
      return Buffer.from(serial).toString("hex");
    });
    return {
      issuer: new Uint8Array(list.issuer.valueBeforeDecode),
      thisUpdate: list.thisUpdate.value,
      nextUpdate: list.nextUpdate?.value ?? null,
      revoked: new Set(serials),
      unusable: listObstacle(list),
      signed: {
        bytes: Uint8Array.from(list.tbsView),
        algorithm: list.signatureAlgorithm,
        signature: new Uint8Array(list.signatureValue.valueBlock.valueHexView),
      },
    };
  });

const equalAlgorithms = (inside: AlgorithmIdentifier, outside: AlgorithmIdentifier): boolean =>
  inside.algorithmId === outside.algorithmId;

const madeBy = (list: RevocationList, issuer: Certificate): boolean => {
  const { algorithm, bytes, signature } = list.signed;
  return (
    equalBytes(list.issuer, issuer.subject) &&
    allowsUsage(issuer, KEY_USAGE.crlSign) &&
    signatureHolds(schemeOf(algorithm, null), issuer.key, bytes, signature)
  );
};

const parseLists = (lists: readonly Uint8Array[]): readonly RevocationList[] =>
  lists.flatMap((der) => {
    try {
      return [parseRevocationList(der)];
    } catch {
      return [];
    }
  });

const describeAge = (list: RevocationList): string => `list of ${dayOf(list.thisUpdate)}`;

/**
 * @param path the signer's certificate and the authorities above it
 * @param trusted authorities whose key may have signed a list: after a rollover the new one signs for the old
 */
export const checkRevocation = (
  path: { readonly signer: Certificate | null; readonly issuers: readonly Certificate[] },
  trusted: readonly Certificate[],
  given: readonly Uint8Array[],
  today: string | null,
): Verdict => {
  const { signer, issuers } = path;
  if (signer === null || issuers.length === 0) return notDone("no trusted issuer whose list would count");
  const named = parseLists(given).filter(({ issuer }) =>
    issuers.some(({ subject }) => equalBytes(subject, issuer)),
  );
  if (named.length === 0) return notDone("this kiosk has no revocation list of the issuer");
  const verified = named.filter((list) => trusted.some((issuer) => madeBy(list, issuer)));
  if (verified.length === 0) return notTrusted("no revocation list carries a trusted issuer's signature");
  const usable = verified.filter(({ unusable }) => unusable === null);
  // A list that is not understood or out of date can still only add to what is taken back.
  const serials = [signer, ...issuers].map(({ serial }) => serial);
  const against = verified.find(({ revoked }) => serials.some((serial) => revoked.has(serial)));
  if (against !== undefined) {
    const which = against.revoked.has(signer.serial) ? "signer's" : "country-signing";
    return failed(`the ${which} certificate is revoked (${describeAge(against)})`);
  }
  const newest = usable.reduce<RevocationList | null>(
    (best, list) => (best === null || list.thisUpdate > best.thisUpdate ? list : best),
    null,
  );
  if (newest === null) return notTrusted(`not understood: ${verified[0]?.unusable ?? "unknown"}`);
  return judgeAge(newest, today);
};

const judgeAge = (list: RevocationList, today: string | null): Verdict => {
  const said = `not revoked (${describeAge(list)})`;
  if (today === null) return passed(`${said}; its age not checked, the clock is not trusted`);
  if (dayOf(list.thisUpdate) > today) return notTrusted(`${said}, which is from the future`);
  if (list.nextUpdate !== null && dayOf(list.nextUpdate) < today)
    return notTrusted(`${said}, which is stale since ${dayOf(list.nextUpdate)}`);
  return passed(said);
};
