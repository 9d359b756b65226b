// Does this public key's owner stand behind these bytes? (RFC 5652, 5.6; RFC 5480; RFC 8017)
//
// SHA-1 and MD5 are nobody's signature any more, and RSA under 2,048 bits neither.
import { constants, type KeyObject, verify } from "node:crypto";
import * as pkijs from "pkijs";
import { OID } from "../asn1.js";

export const HASHES: Readonly<Record<string, "sha256" | "sha384" | "sha512">> = {
  [OID.sha256]: "sha256",
  [OID.sha384]: "sha384",
  [OID.sha512]: "sha512",
};

const RSA: Readonly<Record<string, string>> = {
  [OID.rsaSha256]: "sha256",
  [OID.rsaSha384]: "sha384",
  [OID.rsaSha512]: "sha512",
};
const ECDSA: Readonly<Record<string, string>> = {
  [OID.ecdsaSha256]: "sha256",
  [OID.ecdsaSha384]: "sha384",
  [OID.ecdsaSha512]: "sha512",
};
const LEAST_RSA_BITS = 2_048;

const isStrong = (key: KeyObject): boolean =>
  key.asymmetricKeyType === "ec" || (key.asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_RSA_BITS;

const pssHash = (algorithm: pkijs.AlgorithmIdentifier): string | undefined => {
  const parameters = new pkijs.RSASSAPSSParams({ schema: algorithm.algorithmParams });
  const hash = HASHES[parameters.hashAlgorithm.algorithmId];
  return parameters.maskGenAlgorithm.algorithmId === "1.2.840.113549.1.1.8" ? hash : undefined;
};

export interface SignedPiece {
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  readonly algorithm: pkijs.AlgorithmIdentifier;
  /** Where the algorithm names only "RSA" (CMS may). */
  readonly digestAlgorithm?: string;
}

/** False also for algorithms and keys that are too weak or unknown. */
export const holdsFor = (key: KeyObject, piece: SignedPiece): boolean => {
  const { data, signature, algorithm, digestAlgorithm = "" } = piece;
  if (!isStrong(key)) return false;
  const { algorithmId } = algorithm;
  try {
    const ecdsa = ECDSA[algorithmId];
    if (ecdsa !== undefined && key.asymmetricKeyType === "ec") return verify(ecdsa, data, key, signature);
    if (key.asymmetricKeyType !== "rsa") return false;
    const rsa = algorithmId === OID.rsa ? HASHES[digestAlgorithm] : RSA[algorithmId];
    if (rsa !== undefined) return verify(rsa, data, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    const pss = algorithmId === OID.rsaPss ? pssHash(algorithm) : undefined;
    if (pss === undefined) return false;
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return verify(pss, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature);
  } catch {
    return false;
  }
};
