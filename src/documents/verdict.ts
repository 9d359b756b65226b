// What can be said of a PDF that claims to be a scan or a certified copy?
import type { Bilingual } from "../core/faults.js";
import type { CopyStatement } from "./scan.js";

/** Whom we believe, and for what. DER; roots, or leaves themselves. */
export interface TrustPolicy {
  /** Certificates of (or above) officers who are competent to certify copies. */
  readonly officers: readonly Uint8Array[];
  /** Certificates of (or above) agencies. One root may stand in both lists: either signature is competent then. */
  readonly agencies: readonly Uint8Array[];
  /** Null: kiosks' certificates are not judged; whether the file was changed is. */
  readonly devices: readonly Uint8Array[] | null;
  readonly timestamps: readonly Uint8Array[];
  /** CRLs, DER. */
  readonly revocationLists: readonly Uint8Array[];
}

export interface VerifyOptions {
  readonly trust: TrustPolicy;
  /** When nothing proves an earlier time, certificates are judged at this one; now when absent. Epoch ms. */
  readonly atMs?: number;
}

/** Whose signature it is: by the trust list that its certificate leads to, never by what it says of itself. */
export type SignatureRole = "device" | "officer" | "agency" | "timestamp" | "unknown";

/** Are the signed bytes what was signed, and is the CMS one that PAdES allows? */
export type Integrity =
  | "intact"
  /** The digest or the signature does not hold. */
  | "broken"
  /** The byte range leaves out more than the signature itself. */
  | "uncovered"
  /** The CMS is damaged, or lacks what PAdES B-B asks for. */
  | "malformed";

export type CertificateStanding =
  | "trusted"
  /** Leads to nobody in the lists. */
  | "foreign"
  | "expired"
  | "notYetValid"
  | "revoked"
  /** Key usage, basic constraints or an algorithm forbids it. */
  | "unsuitable"
  /** Nobody was named whose certificates of this kind are believed. */
  | "notJudged";

/** How well the time is known at which the certificate is judged. */
export type TimeProof =
  /** By a timestamp of an authority that is trusted, over this signature or one around it. */
  | "timestamp"
  /** Judged at the time of verifying. */
  | "none";

export interface SignatureReport {
  readonly field: string;
  readonly role: SignatureRole;
  /** From 1, in the order of the file's revisions. */
  readonly revision: number;
  readonly signer: { readonly commonName: string; readonly subject: string; readonly issuer: string };
  readonly claimedAtMs: number | null;
  readonly provenAtMs: number | null;
  readonly timeProof: TimeProof;
  readonly integrity: Integrity;
  readonly certificate: CertificateStanding;
  readonly revocation: "good" | "revoked" | "notChecked";
  /** "B-B", "B-T", or "other" for a CMS that is no PAdES baseline. */
  readonly level: "B-B" | "B-T" | "other";
  /** What its revision changed that it must not; empty: nothing. English, technical. */
  readonly forbiddenChanges: readonly string[];
  /** All of the above in plain words. */
  readonly sentence: Bilingual;
}

export type Verdict =
  /** Scanned, unchanged, with a copy statement on every page and a competent signature that holds. */
  | "certified"
  /** Sealed by a kiosk, unchanged, and certified by nobody. */
  | "sealedScan"
  /** The pages claim a certification that nobody competent has signed. */
  | "falseStatement"
  /** Signed by somebody competent, unchanged, but without a copy statement on every page. */
  | "noStatement"
  /** A competent signature is there, but its certificate does not hold (expired, revoked, not yet valid, …). */
  | "certificateFails"
  /** Signed and unchanged, by nobody whom the lists name. */
  | "signedByUnknown"
  | "unsigned"
  /** Something was altered after it was signed, or a signature is broken. */
  | "changed"
  /** No PDF, a damaged one, or one of a kind that can not be judged safely. */
  | "unreadable";

export interface VerifyReport {
  readonly verdict: Verdict;
  /** True only when it is certified and each signature in it holds. */
  readonly holds: boolean;
  readonly sentence: Bilingual;
  readonly signatures: readonly SignatureReport[];
  /** What the kiosk wrote into the file; null: no scan of a kiosk. Claims, unless the verdict carries them. */
  readonly scan: {
    readonly kiosk: string;
    readonly submission: string;
    readonly scannedAt: string;
    readonly clockTrust: string;
    readonly pages: number;
  } | null;
  readonly statement: CopyStatement | null;
  /** What was altered, or why it can not be read. English, technical. */
  readonly problems: readonly string[];
}
