// Whose signature is one, does it hold, and when was it made at the latest?
import { nameText, OID } from "../asn1.js";
import { CmsError } from "../cms-parts.js";
import type { CertificateStanding, Integrity, SignatureRole, VerifyOptions } from "../verdict.js";
import { type CheckedCms, checkCms } from "./cms-check.js";
import type { FoundSignature } from "./find-signatures.js";
import {
  findPath,
  judgePath,
  type Parsed,
  type PathJudgement,
  parseAll,
  parseLists,
  type RevocationList,
} from "./path.js";
import { checkToken } from "./token-check.js";

export interface Believed {
  readonly officers: readonly Parsed[];
  readonly agencies: readonly Parsed[];
  readonly devices: readonly Parsed[] | null;
  readonly timestamps: readonly Parsed[];
  readonly lists: readonly RevocationList[];
}

export const believe = ({ trust }: VerifyOptions): Believed => ({
  officers: parseAll(trust.officers),
  agencies: parseAll(trust.agencies),
  devices: trust.devices === null ? null : parseAll(trust.devices),
  timestamps: parseAll(trust.timestamps),
  lists: parseLists(trust.revocationLists),
});

/** What is known of one signature before its time is. */
export interface Opened {
  readonly found: FoundSignature;
  readonly integrity: Integrity;
  /** Why it is not intact, or what its timestamp lacks. English, technical. */
  readonly problems: readonly string[];
  readonly cms: CheckedCms | null;
  /** Epoch ms, by its own token; null: none that is believed. */
  readonly stampedAtMs: number | null;
  readonly level: "B-B" | "B-T" | "other";
}

const SUB_FILTERS = new Set(["ETSI.CAdES.detached", "adbe.pkcs7.detached"]);
const TIMESTAMP_FILTER = "ETSI.RFC3161";

const closed = (found: FoundSignature, integrity: Integrity, problem: string): Opened => ({
  found,
  integrity,
  problems: [problem],
  cms: null,
  stampedAtMs: null,
  level: "other",
});

const openCms = (found: FoundSignature): CheckedCms | string => {
  if (!SUB_FILTERS.has(found.subFilter)) return `its kind "${found.subFilter.slice(0, 40)}" is not supported`;
  try {
    return checkCms(found.cms, OID.data, found.covered);
  } catch (error) {
    if (error instanceof CmsError) return error.message;
    // The libraries under it throw what they like on crafted input.
    return `it can not be read (${error instanceof Error ? error.message.slice(0, 120) : "unreadable"})`;
  }
};

/** Digest, signature and timestamp, without anybody being believed yet but timestamp authorities. */
export const openSignature = (found: FoundSignature, believed: Believed): Opened => {
  if (found.gap !== null) return closed(found, "uncovered", found.gap);
  const cms = openCms(found);
  if (typeof cms === "string") return closed(found, "malformed", cms);
  if (!cms.holds) return { ...closed(found, "broken", "the digest or the signature does not hold"), cms };
  const isPades = cms.isBaseline && found.subFilter === "ETSI.CAdES.detached";
  const attribute = cms.parts.unsignedAttributes.get(OID.timestampToken);
  const signature = new Uint8Array(cms.parts.signer.signature.getValue());
  const token =
    attribute === undefined
      ? null
      : checkToken(new Uint8Array(attribute.toBER()), signature, {
          roots: believed.timestamps,
          lists: believed.lists,
        });
  return {
    found,
    integrity: "intact",
    problems: token === null || token.atMs !== null ? [] : [token.reason],
    cms,
    stampedAtMs: token?.atMs ?? null,
    level: !isPades ? "other" : token?.atMs == null ? "B-B" : "B-T",
  };
};

/** A document timestamp is a token itself, over the bytes of its revision. */
export const openTimestamp = (found: FoundSignature, believed: Believed): Opened | null => {
  if (found.subFilter !== TIMESTAMP_FILTER || found.gap !== null) return null;
  const trust = { roots: believed.timestamps, lists: believed.lists };
  const { atMs, reason } = checkToken(found.cms, Buffer.concat(found.covered), trust);
  const integrity = atMs === null ? "broken" : "intact";
  const problems = atMs === null ? [reason] : [];
  return { found, integrity, problems, cms: null, stampedAtMs: atMs, level: "other" };
};

export interface Judged {
  readonly role: SignatureRole;
  readonly certificate: CertificateStanding;
  readonly revocation: PathJudgement["revocation"];
}

const KIOSK_FIELD = "KioskSeal";

/** `addsStatement`: its revision put the copy statement in, which is the officer's to do. */
export const judgeSigner = (
  { found, cms }: Opened,
  believed: Believed,
  atMs: number,
  addsStatement: boolean,
): Judged => {
  if (cms === null) return { role: "unknown", certificate: "foreign", revocation: "notChecked" };
  const lists: readonly (readonly [SignatureRole, readonly Parsed[]])[] = [
    [addsStatement ? "officer" : "agency", addsStatement ? believed.officers : believed.agencies],
    [addsStatement ? "agency" : "officer", addsStatement ? believed.agencies : believed.officers],
    ["device", believed.devices ?? []],
  ];
  for (const [role, roots] of lists) {
    const path = findPath(cms.signer, cms.others, roots);
    if (path === null) continue;
    const { standing, revocation } = judgePath(path, "documents", believed.lists, atMs);
    return { role, certificate: standing, revocation };
  }
  const isSeal = believed.devices === null && found.field === KIOSK_FIELD;
  return { role: "unknown", certificate: isSeal ? "notJudged" : "foreign", revocation: "notChecked" };
};

export const signerOf = ({ cms }: Opened): { commonName: string; subject: string; issuer: string } => {
  if (cms === null) return { commonName: "", subject: "", issuer: "" };
  const subject = nameText(cms.signer.pki.subject);
  return {
    commonName: subject.commonName,
    subject: subject.whole,
    issuer: nameText(cms.signer.pki.issuer).whole,
  };
};
