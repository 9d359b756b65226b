// What did the portal answer to this kiosk's request, does it belong to it, and where is it put?
//
// Nothing of it is secret, and nothing of it is believed before a person has compared the fingerprint: whoever could
// slip another authority in could be this kiosk's portal.
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import { writeFileDurably } from "../store/durable-file.js";
import { Pairs } from "../sync/certificates/pairs.js";
import { fingerprintOf, type Parcel, pemOf, thingsOf } from "./parcel.js";

const PUBLIC_MODE = 0o644;
const AUTHORITY_FILE = "authority.crt.pem";
const PORTAL_KEYS_FILE = "portal-keys.pub.json";
const OPERATIONS_FILE = "operations.pub.pem";
const SEAL_FILE = "seal.crt.pem";

export interface Answer {
  /** The kiosk's own first. */
  readonly chain: readonly X509Certificate[];
  /** The self-signed one at the end; null: none is in it. */
  readonly authority: X509Certificate | null;
  /** JSON; null: none. */
  readonly portalKeys: string | null;
  /** PEM; null: none. */
  readonly operations: string | null;
  /** Of the seal on scans, the kiosk's own first; none: scans go unsealed until the portal sends it. */
  readonly seal: readonly X509Certificate[];
  readonly fingerprint: string;
}

const isPortalKeys = (text: string): boolean => {
  try {
    const read = JSON.parse(text) as { readonly v?: unknown; readonly keys?: unknown };
    return read.v === 1 && Array.isArray(read.keys) && read.keys.length > 0;
  } catch {
    return false;
  }
};

/** Throws an `Error` with one sentence when it is no answer. */
export const readAnswer = (parcel: Parcel): Answer => {
  const chain = thingsOf(parcel, "certificate").map((der) => new X509Certificate(der));
  if (chain.length === 0) throw new Error("there is no certificate in it");
  const [keys] = thingsOf(parcel, "portalKeys").map((bytes) => Buffer.from(bytes).toString("utf8"));
  if (keys !== undefined && !isPortalKeys(keys)) throw new Error("the portal's keys in it are damaged");
  const [operations] = thingsOf(parcel, "operations");
  if (operations !== undefined)
    createPublicKey({ key: Buffer.from(operations), format: "der", type: "spki" });
  const last = chain.at(-1);
  return {
    chain,
    authority: last?.ca === true && last.checkIssued(last) ? last : null,
    portalKeys: keys ?? null,
    operations: operations === undefined ? null : pemOf("operations", operations),
    seal: thingsOf(parcel, "sealCertificate").map((der) => new X509Certificate(der)),
    fingerprint: fingerprintOf(parcel),
  };
};

export interface AnswerPlaces {
  readonly stateDir: string;
  readonly certificateFolder: string;
  readonly sealPublicKeyPem: string;
  readonly nowMs: number;
}

/** Settings that the answer brings. */
export type AnswerSettings = Readonly<Record<string, string | readonly string[]>>;

const isAnswered = (pairs: Pairs, [leaf]: readonly X509Certificate[]): boolean =>
  pairs.get("current")?.serial === leaf?.serialNumber;

/** PEM; null: none is in it. Throws "keys.unusable" when it was made for another key. */
const sealPem = ([leaf, ...others]: readonly X509Certificate[], publicKeyPem: string): string | null => {
  if (leaf === undefined) return null;
  if (leaf.publicKey.export({ type: "spki", format: "pem" }).toString() !== publicKeyPem)
    throw new FaultError("keys.unusable", "the certificate of the seal in the answer belongs to another key");
  return [leaf, ...others].map(String).join("");
};

/**
 * Files first, then the pair: a break in between leaves files that nobody uses yet. Throws "keys.unusable" when the
 * certificate is for another key or another kiosk. The same answer twice is fine.
 */
export const install = (answer: Answer, kioskId: string, places: AnswerPlaces): AnswerSettings => {
  const folder = join(places.stateDir, "trust");
  const { authority, portalKeys, operations, chain, seal } = answer;
  const { nowMs, sealPublicKeyPem } = places;
  const files: readonly (readonly [key: string, file: string, text: string | null])[] = [
    ["link.authority", AUTHORITY_FILE, authority?.toString() ?? null],
    ["portal.publicKeys", PORTAL_KEYS_FILE, portalKeys],
    ["commands.keys", OPERATIONS_FILE, operations],
    ["portal.sealChain", SEAL_FILE, sealPem(seal, sealPublicKeyPem)],
  ];
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const settings: Record<string, string | readonly string[]> = {};
  for (const [key, file, text] of files)
    if (text !== null) {
      writeFileDurably(folder, file, Buffer.from(text), PUBLIC_MODE);
      settings[key] = key === "commands.keys" ? [join(folder, file)] : join(folder, file);
    }
  const pairs = new Pairs(places.certificateFolder);
  if (isAnswered(pairs, chain)) return settings;
  pairs.keepNext(chain.map(String).join(""), kioskId);
  // A running kiosk tries a later one by itself before it gives up one that still serves.
  const present = pairs.get("current");
  if (present === null || present.commonName !== kioskId || present.toMs < nowMs) pairs.promote();
  return settings;
};
