// Which keys and protocols does the chip announce to prove itself? (DG14 and DG15, Doc 9303-10 clauses 4.7.14, 4.7.15)
import type { CipherSuite } from "../access/kdf.js";
import type { KeyAgreementKind } from "../key-agreement.js";
import { expectTlv, malformed, type Tlv } from "../tlv.js";
import { parseDer } from "./der.js";
import { dottedOid, parseSecurityInfos, type SecurityInfo, smallInteger } from "./security-infos.js";

export interface ChipAuthenticationInfo {
  readonly kind: KeyAgreementKind;
  readonly suite: CipherSuite;
  readonly version: number;
  /** Value of the key's reference; `null` when the chip has one key of this kind. */
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

export interface Dg14 {
  readonly chipAuthentication: readonly ChipAuthenticationInfo[];
  readonly chipKeys: readonly ChipPublicKeyInfo[];
  /** Object identifier of the signature algorithm of active authentication, when it is told. */
  readonly activeAuthentication: string | null;
  /** Every info, for comparison with the unsigned EF.CardAccess; unknown ones are kept, never an error. */
  readonly infos: readonly SecurityInfo[];
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

const keyIdOf = (member: Tlv | undefined): Uint8Array | null => {
  if (member === undefined) return null;
  if (smallInteger(member) === null) throw malformed("DG14: a key reference that is none");
  return Uint8Array.from(member.value);
};

const chipAuthenticationIn = (info: SecurityInfo): readonly ChipAuthenticationInfo[] => {
  const [, kindArc = "", suiteArc = ""] = CHIP_AUTHENTICATION.exec(info.oid) ?? [];
  const [kind, suite] = [KINDS.get(kindArc), SUITES.get(suiteArc)];
  if (kind === undefined || suite === undefined) return [];
  const version = smallInteger(info.members[0]);
  if (version === null) throw malformed("DG14: chip authentication without its version");
  return [{ kind, suite, version, keyId: keyIdOf(info.members[1]), protocol: info.oidBytes }];
};

const publicKeyIn = ({ oid, members }: SecurityInfo): readonly ChipPublicKeyInfo[] => {
  const kind = PUBLIC_KEYS.get(oid);
  if (kind === undefined) return [];
  const [key, keyId] = members;
  if (key === undefined) throw malformed("DG14: a chip key without its key");
  return [{ kind, publicKey: Uint8Array.from(key.raw), keyId: keyIdOf(keyId) }];
};

const algorithmIn = ({ oid, members }: SecurityInfo): readonly string[] =>
  oid === ACTIVE_AUTHENTICATION && members[1]?.tag === 0x06 ? [dottedOid(members[1].value)] : [];

/** Chip keys among infos, of DG14 or of EF.CardSecurity. */
export const chipKeysIn = (infos: readonly SecurityInfo[]): readonly ChipPublicKeyInfo[] =>
  infos.flatMap(publicKeyIn);

/** Throws "card.unreadable" when the structure breaks. */
export const parseDg14 = (file: Uint8Array): Dg14 => {
  const infos = parseSecurityInfos(expectTlv(file, 0x6e, "DG14").value);
  return {
    chipAuthentication: infos.flatMap(chipAuthenticationIn),
    chipKeys: chipKeysIn(infos),
    activeAuthentication: infos.flatMap(algorithmIn)[0] ?? null,
    infos,
  };
};

/** The public key of active authentication, DER SubjectPublicKeyInfo. */
export const parseDg15 = (file: Uint8Array): Uint8Array => {
  const { value } = expectTlv(file, 0x6f, "DG15");
  parseDer(value, "DG15");
  return Uint8Array.from(value);
};
