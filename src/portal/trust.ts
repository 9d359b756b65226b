// Whom does this portal believe when it judges a signature?
//
// Folders of PEM files under `trust/` in the portal's folder, one for each kind; a person puts roots there (or
// leaves, where one authority issues to officers and agencies alike) or takes them away, and the next look counts.
// Of its own authorities the portal always believes the one above its kiosks' seals.
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import type { TrustPolicy } from "../documents/verdict.js";
import { writeFileDurably } from "../store/durable-file.js";
import { authorityFile, referenceAuthority, SEAL_AUTHORITY } from "./authority.js";
import type { Signer } from "./certify/certification-rows.js";
import { loadPortalSettings } from "./settings.js";

export const TRUST_KINDS = ["officers", "agencies", "devices", "timestamps", "revocationLists"] as const;
export type TrustKind = (typeof TRUST_KINDS)[number];

const FOLDER = "trust";
const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

/** Each block of a PEM text, as DER, in order. */
export const pemBlocks = (text: string): readonly { readonly label: string; readonly der: Uint8Array }[] =>
  [...text.matchAll(PEM)].map(([, label = "", body = ""]) => ({
    label,
    der: new Uint8Array(Buffer.from(body, "base64")),
  }));

/** DER, in the order of the file. Throws "keys.unusable" when there is none, or one is no certificate. */
export const readCertificates = (path: string): readonly Uint8Array[] => {
  try {
    const found = pemBlocks(readFileSync(path, "utf8")).filter(({ label }) => label === "CERTIFICATE");
    if (found.length === 0) throw new Error("no certificate in it");
    return found.map(({ der }) => new Uint8Array(new X509Certificate(der).raw));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new FaultError("keys.unusable", `${path}: ${why}`);
  }
};

const readLists = (path: string): readonly Uint8Array[] =>
  pemBlocks(readFileSync(path, "utf8")).flatMap(({ label, der }) => (label === "X509 CRL" ? [der] : []));

const read = (portalDir: string, kind: TrustKind): readonly Uint8Array[] => {
  const folder = join(portalDir, FOLDER, kind);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".pem"));
  return files
    .sort()
    .flatMap((name) => (kind === "revocationLists" ? readLists : readCertificates)(join(folder, name)));
};

/** The reference signers are believed only while nobody set up real ones. */
const own = (portalDir: string, name: string): readonly Uint8Array[] => {
  const path = authorityFile(portalDir, name);
  return existsSync(path) ? readCertificates(path) : [];
};

/** Read anew each time: what a person changed counts from the next look. */
export const trustOf = (portalDir: string): TrustPolicy => {
  const tryingOut = loadPortalSettings(portalDir).signing === undefined;
  const reference = (signer: Signer) => (tryingOut ? own(portalDir, referenceAuthority(signer)) : []);
  return {
    officers: [...read(portalDir, "officers"), ...reference("officer")],
    agencies: [...read(portalDir, "agencies"), ...reference("agency")],
    devices: [...read(portalDir, "devices"), ...own(portalDir, SEAL_AUTHORITY)],
    timestamps: read(portalDir, "timestamps"),
    revocationLists: read(portalDir, "revocationLists"),
  };
};

/** `pem` holds one certificate or more; a file of the same name is replaced. */
export const trust = (portalDir: string, kind: TrustKind, name: string, pem: string): void => {
  const folder = join(portalDir, FOLDER, kind);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileDurably(folder, `${name}.pem`, Buffer.from(pem));
};
