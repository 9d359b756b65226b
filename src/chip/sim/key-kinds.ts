// With which keys and algorithms are the made-up authorities and cards signed?
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { HashName } from "../signature.js";
import { writeTlv } from "../tlv.js";

export type KeyKind =
  /** `curve` as OpenSSL names it; `explicit` writes its parameters out, as passport issuers do. */
  | { readonly kind: "ec"; readonly curve: string; readonly explicit?: boolean; readonly hash?: HashName }
  | {
      readonly kind: "rsa";
      readonly bits: number;
      /** RSA-PSS instead of PKCS#1 v1.5. */
      readonly pss?: boolean;
      readonly hash?: HashName;
    };

export interface SigningKey {
  readonly kind: KeyKind;
  readonly hash: HashName;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const NULL = hex("0500");
const PSS_SALT_BYTES: Readonly<Record<HashName, number>> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

const HASH_OID: Readonly<Record<HashName, string>> = {
  sha1: "06052b0e03021a",
  sha224: "0609608648016503040204",
  sha256: "0609608648016503040201",
  sha384: "0609608648016503040202",
  sha512: "0609608648016503040203",
};
const ECDSA_OID: Readonly<Record<HashName, string>> = {
  sha1: "06072a8648ce3d0401",
  sha224: "06082a8648ce3d040301",
  sha256: "06082a8648ce3d040302",
  sha384: "06082a8648ce3d040303",
  sha512: "06082a8648ce3d040304",
};
const RSA_OID: Readonly<Record<HashName, string>> = {
  sha1: "06092a864886f70d010105",
  sha224: "06092a864886f70d01010e",
  sha256: "06092a864886f70d01010b",
  sha384: "06092a864886f70d01010c",
  sha512: "06092a864886f70d01010d",
};
const PSS_OID = hex("06092a864886f70d01010a");
const MGF1_OID = hex("06092a864886f70d010108");

/** AlgorithmIdentifier of a hash. */
export const hashAlgorithm = (hash: HashName): Uint8Array => writeTlv(0x30, hex(HASH_OID[hash]), NULL);

const pssAlgorithm = (hash: HashName): Uint8Array =>
  writeTlv(
    0x30,
    PSS_OID,
    writeTlv(
      0x30,
      writeTlv(0xa0, hashAlgorithm(hash)),
      writeTlv(0xa1, writeTlv(0x30, MGF1_OID, hashAlgorithm(hash))),
      writeTlv(0xa2, writeTlv(0x02, Uint8Array.of(PSS_SALT_BYTES[hash]))),
    ),
  );

/** AlgorithmIdentifier of the signatures that `signWith` makes. */
export const signatureAlgorithm = ({ kind, hash }: SigningKey): Uint8Array => {
  if (kind.kind === "ec") return writeTlv(0x30, hex(ECDSA_OID[hash]));
  return kind.pss === true ? pssAlgorithm(hash) : writeTlv(0x30, hex(RSA_OID[hash]), NULL);
};

export const signWith = ({ kind, hash, privateKey }: SigningKey, data: Uint8Array): Uint8Array => {
  if (kind.kind === "rsa" && kind.pss === true) {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return sign(hash, data, { key: privateKey, padding, saltLength: PSS_SALT_BYTES[hash] });
  }
  return sign(hash, data, privateKey);
};

export const makeKey = (kind: KeyKind): SigningKey => {
  const hash = kind.hash ?? "sha256";
  const pair =
    kind.kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: kind.bits })
      : generateKeyPairSync("ec", {
          namedCurve: kind.curve,
          paramEncoding: kind.explicit === true ? "explicit" : "named",
        });
  return { kind, hash, ...pair };
};
