// Which of the PACE variants that a chip offers is the strongest that this kiosk can do? (Doc 9303-11 clause 9.2.1)
import { type SecurityInfo, smallInteger } from "../lds/security-infos.js";
import type { AgreementGroup } from "./agreement-group.js";
import { standardizedGroup } from "./domain-parameters.js";
import type { CipherSuite } from "./kdf.js";

export type Mapping = "GM" | "IM" | "CAM";

export interface PaceVariant {
  /** "PACE-ECDH-GM-AES-128 on brainpoolP256r1" */
  readonly name: string;
  /** Value octets of the object identifier. */
  readonly oidBytes: Uint8Array;
  readonly mapping: Mapping;
  readonly suite: CipherSuite;
  readonly group: AgreementGroup;
  /** Also the identifier of the chip's static key under chip-authentication mapping. */
  readonly parameterId: number;
  /** The chip offers several groups: MSE:Set AT has to name the one meant (clause 4.4.4.1). */
  readonly ambiguous: boolean;
}

export type PaceChoice =
  | { readonly variant: PaceVariant }
  /** Why none can be used, for the record of the downgrade. */
  | { readonly obstacle: string };

/** id-PACE of bsi-de: the arcs behind it are key agreement with mapping, then the cipher. */
const PACE = "0.4.0.127.0.7.2.2.4.";
const VERSION = 2;
/** Identifiers from here on are the chip's own, explicit parameters. */
const FIRST_EXPLICIT = 32;

const AGREEMENTS: ReadonlyMap<string, readonly [kind: AgreementGroup["kind"], mapping: Mapping]> = new Map([
  ["1", ["DH", "GM"]],
  ["2", ["ECDH", "GM"]],
  ["3", ["DH", "IM"]],
  ["4", ["ECDH", "IM"]],
  ["6", ["ECDH", "CAM"]],
]);

const SUITES: ReadonlyMap<string, readonly [suite: CipherSuite, strengthBits: number]> = new Map([
  // Two-key triple DES withstands 80 bits (NIST SP 800-57 table 2).
  ["1", ["3DES", 80]],
  ["2", ["AES-128", 128]],
  ["3", ["AES-192", 192]],
  ["4", ["AES-256", 256]],
]);

const isPaceInfo = (info: SecurityInfo): boolean =>
  info.oid.startsWith(PACE) && info.oid.split(".").length === 11;

type Judged = (Omit<PaceVariant, "ambiguous"> & { readonly strengthBits: number }) | string;

/** The variant, or why it is none for this kiosk. */
const judge = (info: SecurityInfo, extendedLength: boolean): Judged => {
  const [agreementArc = "", cipherArc = ""] = info.oid.slice(PACE.length).split(".");
  const [kind, mapping] = AGREEMENTS.get(agreementArc) ?? [];
  const [suite, cipherBits] = SUITES.get(cipherArc) ?? [];
  if (kind === undefined || mapping === undefined || suite === undefined || cipherBits === undefined) {
    return `${info.oid} is unknown`;
  }
  const what = `PACE-${kind}-${mapping}-${suite}`;
  if (mapping === "CAM" && suite === "3DES") return `${what} does not exist`;
  const [version, parameter] = info.members;
  if (smallInteger(version) !== VERSION) return `${what} is not of version ${VERSION}`;
  const parameterId = smallInteger(parameter);
  // Explicit parameters are not authenticated and may leak the secret: clause 9.2.2 forbids them to terminals.
  if (parameterId === null || parameterId >= FIRST_EXPLICIT) return `${what} wants the chip's own parameters`;
  const group = standardizedGroup(parameterId);
  if (group === null) return `${what} on unknown parameters ${parameterId}`;
  const name = `${what} on ${group.name}`;
  if (group.kind !== kind) return `${name} contradicts itself`;
  if (mapping === "IM" && !group.mapsIntegrated) return `${name} has no integrated mapping`;
  if (group.needsExtendedLength && !extendedLength) {
    return `${name} needs extended length, which this reader does not pass`;
  }
  const strengthBits = Math.min(cipherBits, group.strengthBits);
  return { name, oidBytes: info.oidBytes, mapping, suite, group, parameterId, strengthBits };
};

/** Strength first; then CAM, which proves the chip in passing; then curves, which are faster on the chip. */
const rank = (one: Exclude<Judged, string>): readonly number[] => [
  one.strengthBits,
  one.mapping === "CAM" ? 1 : 0,
  one.group.kind === "ECDH" ? 1 : 0,
  // Among equals the smaller group: more bits than the cipher has only cost the chip time.
  -one.group.fieldBits,
];

const compare = (one: readonly number[], other: readonly number[]): number => {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at < 0 ? 0 : (other[at] ?? 0) - (one[at] ?? 0);
};

/** @param extendedLength whether the reader passes APDUs of more than 261 bytes. */
export const choosePace = (infos: readonly SecurityInfo[], extendedLength: boolean): PaceChoice => {
  const offered = infos.filter(isPaceInfo);
  if (offered.length === 0) return { obstacle: "EF.CardAccess offers no PACE" };
  const judged = offered.map((info) => judge(info, extendedLength));
  const usable = judged.filter((one) => typeof one !== "string");
  const [best] = usable.toSorted((one, other) => compare(rank(one), rank(other)));
  if (best === undefined) {
    const complaints = judged.filter((one) => typeof one === "string");
    return { obstacle: `no PACE that can be used: ${complaints.join("; ")}` };
  }
  const identifiers = new Set(offered.map((info) => smallInteger(info.members[1])));
  const { strengthBits: _strengthBits, ...variant } = best;
  return { variant: { ...variant, ambiguous: identifiers.size > 1 } };
};
