// Which signature algorithms can the issuer of a card have used, and does this one hold?
//
// Doc 9303-12 clause 4.4: RSA PKCS#1 v1.5, RSA-PSS and ECDSA with SHA-1 (old documents) to SHA-512. pkijs reads
// the identifiers; node:crypto verifies, since it takes every curve and explicit parameters.
import { constants, type KeyObject, verify } from "node:crypto";
import { AlgorithmIdentifier, RSASSAPSSParams } from "pkijs";
import { guarded } from "./lds/der.js";
import { malformed } from "./tlv.js";

export type HashName = "sha1" | "sha224" | "sha256" | "sha384" | "sha512";

export type SignatureScheme =
  | { readonly kind: "rsa" | "ecdsa"; readonly hash: HashName }
  | { readonly kind: "rsaPss"; readonly hash: HashName; readonly saltBytes: number }
  /** What it is called, for the evidence. */
  | { readonly kind: "unknown"; readonly name: string };

const HASHES: ReadonlyMap<string, HashName> = new Map([
  ["1.3.14.3.2.26", "sha1"],
  ["2.16.840.1.101.3.4.2.4", "sha224"],
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);

const SCHEMES: ReadonlyMap<string, SignatureScheme> = new Map<string, SignatureScheme>([
  ["1.2.840.113549.1.1.5", { kind: "rsa", hash: "sha1" }],
  ["1.2.840.113549.1.1.14", { kind: "rsa", hash: "sha224" }],
  ["1.2.840.113549.1.1.11", { kind: "rsa", hash: "sha256" }],
  ["1.2.840.113549.1.1.12", { kind: "rsa", hash: "sha384" }],
  ["1.2.840.113549.1.1.13", { kind: "rsa", hash: "sha512" }],
  ["1.2.840.10045.4.1", { kind: "ecdsa", hash: "sha1" }],
  ["1.2.840.10045.4.3.1", { kind: "ecdsa", hash: "sha224" }],
  ["1.2.840.10045.4.3.2", { kind: "ecdsa", hash: "sha256" }],
  ["1.2.840.10045.4.3.3", { kind: "ecdsa", hash: "sha384" }],
  ["1.2.840.10045.4.3.4", { kind: "ecdsa", hash: "sha512" }],
]);
/** rsaEncryption as signature algorithm: PKCS#1 v1.5 with the signer's digest (RFC 3370 clause 3.2). */
const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
const RSA_PSS = "1.2.840.113549.1.1.10";
const MGF1 = "1.2.840.113549.1.1.8";
/** Longest salt that an RSA-4096 key with SHA-512 leaves room for. */
const MAX_SALT_BYTES = 512;

/** `null` when the hash is not known here. */
export const hashByOid = (oid: string): HashName | null => HASHES.get(oid) ?? null;

const unknown = (name: string): SignatureScheme => ({ kind: "unknown", name });

/** RSASSA-PSS-params (RFC 4055 clause 3.1): every part has a default, and every part is looked at. */
const pssScheme = (algorithm: AlgorithmIdentifier): SignatureScheme => {
  const given = algorithm.algorithmParams as unknown;
  // Without parameters at all the defaults hold: SHA-1, MGF1 with SHA-1, 20 bytes of salt.
  if (given === undefined) return { kind: "rsaPss", hash: "sha1", saltBytes: 20 };
  const params = guarded("RSA-PSS parameters", () => new RSASSAPSSParams({ schema: given }));
  const hash = hashByOid(params.hashAlgorithm.algorithmId);
  if (hash === null) return unknown(`RSA-PSS with hash ${params.hashAlgorithm.algorithmId}`);
  const generator = params.maskGenAlgorithm;
  if (generator.algorithmId !== MGF1) return unknown(`RSA-PSS with mask ${generator.algorithmId}`);
  const inside = generator.algorithmParams as unknown;
  const mask =
    inside === undefined
      ? "1.3.14.3.2.26"
      : guarded("RSA-PSS mask", () => new AlgorithmIdentifier({ schema: inside })).algorithmId;
  // node:crypto takes one hash for both; RFC 4055 recommends the same, and no card was seen with two.
  if (hashByOid(mask) !== hash) return unknown("RSA-PSS with another hash in its mask");
  if (params.trailerField !== 1) throw malformed("RSA-PSS parameters: a trailer field that is not 1");
  const { saltLength } = params;
  if (!Number.isInteger(saltLength) || saltLength < 0 || saltLength > MAX_SALT_BYTES) {
    throw malformed("RSA-PSS parameters: a salt length that no key has room for");
  }
  return { kind: "rsaPss", hash, saltBytes: saltLength };
};

/** @param digest what plain rsaEncryption means in CMS; `null` where that is not allowed. */
export const schemeOf = (algorithm: AlgorithmIdentifier, digest: HashName | null): SignatureScheme => {
  const oid = algorithm.algorithmId;
  if (oid === RSA_ENCRYPTION && digest !== null) return { kind: "rsa", hash: digest };
  if (oid === RSA_PSS) return pssScheme(algorithm);
  return SCHEMES.get(oid) ?? unknown(oid);
};

/** False also for a key of another kind than the scheme; throws nothing. */
export const signatureHolds = (
  scheme: SignatureScheme,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean => {
  if (scheme.kind === "unknown") return false;
  const keyKind = key.asymmetricKeyType;
  const fits =
    scheme.kind === "ecdsa"
      ? keyKind === "ec"
      : keyKind === "rsa" || (keyKind === "rsa-pss" && scheme.kind === "rsaPss");
  if (!fits) return false;
  const how =
    scheme.kind === "rsaPss"
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes }
      : { key };
  try {
    return verify(scheme.hash, data, how, signature);
  } catch {
    // A key whose own PSS parameters forbid this hash or salt.
    return false;
  }
};

/** "RSA-PSS with sha256", for evidence. */
export const describeScheme = (scheme: SignatureScheme): string => {
  switch (scheme.kind) {
    case "unknown":
      return scheme.name;
    case "rsa":
      return `RSA PKCS#1 v1.5 with ${scheme.hash}`;
    case "rsaPss":
      return `RSA-PSS with ${scheme.hash}, ${scheme.saltBytes} bytes of salt`;
    case "ecdsa":
      return `ECDSA with ${scheme.hash}`;
  }
};
