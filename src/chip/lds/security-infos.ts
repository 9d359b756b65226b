// Which protocols and keys does the chip announce? (SecurityInfos of DG14, Doc 9303-11 clause 9.2)

import type { CipherSuite } from "../access/kdf.js";
import type { KeyAgreementKind } from "../key-agreement.js";
import { expectTlv, malformed } from "../tlv.js";
import { type Asn1, guarded, magnitudeOf, membersOf, oidOf, parseDer, rawOf, smallInteger } from "./der.js";

export interface ChipAuthenticationInfo {
  readonly kind: KeyAgreementKind;
  readonly suite: CipherSuite;
  readonly version: number;
  /** Magnitude of the key's reference; `null` when the chip has one key of this kind. */
  readonly keyId: Uint8Array | null;
  /** Value of the object identifier, as MSE:Set AT wants it. */
  readonly protocol: Uint8Array;
}

export interface ChipPublicKeyInfo {
  readonly kind: KeyAgreementKind;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly keyId: Uint8Array | null;
}

export interface SecurityInfos {
  readonly chipAuthentication: readonly ChipAuthenticationInfo[];
  readonly chipKeys: readonly ChipPublicKeyInfo[];
  /** Object identifier of the signature algorithm of active authentication, when it is told. */
  readonly activeAuthentication: string | null;
  /** DER of every info, for comparison with the unsigned EF.CardAccess. */
  readonly all: readonly Uint8Array[];
  /** Object identifiers without a meaning here; kept, never an error. */
  readonly unknown: readonly string[];
}

/** bsi-de protocols(2) smartcard(2): id-PK is 1, id-CA is 3. */
const PUBLIC_KEYS: ReadonlyMap<string, KeyAgreementKind> = new Map([
  ["0.4.0.127.0.7.2.2.1.1", "DH"],
  ["0.4.0.127.0.7.2.2.1.2", "ECDH"],
]);
const KINDS: ReadonlyMap<string, KeyAgreementKind> = new Map([
  ["1", "DH"],
  ["2", "ECDH"],
]);
const SUITES: ReadonlyMap<string, CipherSuite> = new Map([
  ["1", "3DES"],
  ["2", "AES-128"],
  ["3", "AES-192"],
  ["4", "AES-256"],
]);
const CHIP_AUTHENTICATION = /^0\.4\.0\.127\.0\.7\.2\.2\.3\.(\d+)\.(\d+)$/;
const ACTIVE_AUTHENTICATION = "2.23.136.1.1.5";
/** Protocols of others: terminal authentication, PACE and its parameters, EF.CardSecurity's place. */
const KNOWN_ELSEWHERE = /^0\.4\.0\.127\.0\.7\.2\.2\.(2|4|6)(\.|$)/;

const keyIdOf = (node: Asn1 | undefined): Uint8Array | null => {
  if (node === undefined) return null;
  const magnitude = magnitudeOf(node);
  if (magnitude === null) throw malformed("SecurityInfos: a key reference that is none");
  return magnitude;
};

const chipAuthenticationIn = (oid: string, members: readonly Asn1[]): ChipAuthenticationInfo | null => {
  const [, kindArc = "", suiteArc = ""] = CHIP_AUTHENTICATION.exec(oid) ?? [];
  const [kind, suite] = [KINDS.get(kindArc), SUITES.get(suiteArc)];
  const [identifier, version, keyId] = members;
  const number = smallInteger(version);
  if (kind === undefined || suite === undefined || identifier === undefined) return null;
  if (number === null) throw malformed("SecurityInfos: chip authentication without its version");
  const protocol = expectTlv(rawOf(identifier), 0x06, "SecurityInfos").value;
  return { kind, suite, version: number, keyId: keyIdOf(keyId), protocol: Uint8Array.from(protocol) };
};

const publicKeyIn = (kind: KeyAgreementKind, members: readonly Asn1[]): ChipPublicKeyInfo => {
  const [, key, keyId] = members;
  if (key === undefined) throw malformed("SecurityInfos: a chip key without its key");
  return { kind, publicKey: rawOf(key), keyId: keyIdOf(keyId) };
};

/** Reads a SecurityInfos SET. Throws "card.unreadable" when it is none. */
export const parseSecurityInfos = (der: Uint8Array, what: string): SecurityInfos =>
  guarded(what, () => {
    const set = expectTlv(der, 0x31, what).raw;
    const chipAuthentication: ChipAuthenticationInfo[] = [];
    const chipKeys: ChipPublicKeyInfo[] = [];
    const unknown: string[] = [];
    let activeAuthentication: string | null = null;
    const infos = membersOf(parseDer(set, what));
    for (const info of infos) {
      const members = membersOf(info);
      const oid = oidOf(members[0]);
      if (oid === null) throw malformed(`${what}: an info without its protocol`);
      const keyKind = PUBLIC_KEYS.get(oid);
      const protocol = chipAuthenticationIn(oid, members);
      if (keyKind !== undefined) chipKeys.push(publicKeyIn(keyKind, members));
      else if (protocol !== null) chipAuthentication.push(protocol);
      else if (oid === ACTIVE_AUTHENTICATION) activeAuthentication = oidOf(members[2]);
      else if (!KNOWN_ELSEWHERE.test(oid)) unknown.push(oid);
    }
    return { chipAuthentication, chipKeys, activeAuthentication, all: infos.map(rawOf), unknown };
  });

/** DG14 (9303-10 clause 4.7.14): the infos in tag 6E. */
export const parseDg14 = (file: Uint8Array): SecurityInfos =>
  parseSecurityInfos(expectTlv(file, 0x6e, "DG14").value, "DG14");

/** DG15 (9303-10 clause 4.7.15): the public key of active authentication, DER SubjectPublicKeyInfo. */
export const parseDg15 = (file: Uint8Array): Uint8Array => {
  const value = expectTlv(file, 0x6f, "DG15").value;
  parseDer(value, "DG15");
  return Uint8Array.from(value);
};
