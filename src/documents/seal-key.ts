// Where does the key of the kiosk's seal lie, and who has certified it?
//
// A key apart from the device key: PDF readers know no Ed25519, and a seal's certificate comes and goes without
// the submissions' signatures being touched.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signWith,
  X509Certificate,
} from "node:crypto";
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { FaultError } from "../core/faults.js";
import { requestSealCertificate } from "./certificates.js";
import type { SealingKey } from "./scan.js";

const KEY_FILE = "seal.key.pem";
const CHAIN_FILE = "seal.crt.pem";
const OTHERS = 0o077;
const MAX_CHAIN = 6;

export interface SealKeyStore {
  /** SPKI PEM. */
  readonly publicKeyPem: string;
  /** Null until a certificate is installed. */
  key(): SealingKey | null;
  /** DER of a PKCS#10 request. */
  request(kiosk: string): Promise<Uint8Array>;
  /** DER, the kiosk's own first. Throws "keys.unusable" when it does not belong to the key. */
  install(chain: readonly Uint8Array[]): void;
}

const fail: (path: string, what: string, cause?: unknown) => never = (path, what, cause) => {
  throw new FaultError("keys.unusable", `${path}: ${what}`, { cause });
};

/** A power cut leaves the old file or the whole new one. */
const writeWhole = (folder: string, file: string, text: string, mode: number): void => {
  const temporary = join(folder, `${file}.tmp`);
  rmSync(temporary, { force: true });
  const handle = openSync(temporary, "wx", mode);
  try {
    writeSync(handle, text);
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, join(folder, file));
  const directory = openSync(folder, "r");
  fsyncSync(directory);
  closeSync(directory);
};

const readKey = (path: string): KeyObject => {
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS) !== 0)
    fail(path, `mode ${mode.toString(8)} lets others read a private key; run chmod 600 on it`);
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(path, "utf8"));
  } catch (error) {
    return fail(path, "is not a PEM private key", error);
  }
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") fail(path, "is not a P-256 key");
  return key;
};

/** The certificates of a PEM file, in its order. */
export const certificatesInPem = (text: string): readonly Uint8Array[] =>
  [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
    ([pem]) => new Uint8Array(new X509Certificate(pem).raw),
  );

export const pemOf = (chain: readonly Uint8Array[]): string =>
  chain.map((der) => new X509Certificate(der).toString()).join("");

/** A key of a file as a `SealingKey`; PEM of PKCS#8, P-256 or RSA. The leaf's certificate comes first. */
export const fileSealingKey = (privateKeyPem: string, certificates: readonly Uint8Array[]): SealingKey => {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType === "rsa")
    return {
      certificates,
      algorithm: "rsa-pkcs1-sha256",
      sign: async (data) => new Uint8Array(signWith("sha256", data, key)),
    };
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1")
    throw new FaultError("keys.unusable", "a seal's key is RSA or P-256");
  return {
    certificates,
    algorithm: "ecdsa-p256-sha256",
    sign: async (data) => new Uint8Array(signWith("sha256", data, { key, dsaEncoding: "ieee-p1363" })),
  };
};

const spki = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();

const checkChain = (path: string, publicKeyPem: string, chain: readonly Uint8Array[]): void => {
  const [leaf] = chain;
  if (leaf === undefined || chain.length > MAX_CHAIN) fail(path, "holds no chain of certificates");
  if (spki(new X509Certificate(leaf).publicKey) !== publicKeyPem)
    fail(path, "the first certificate belongs to another key");
};

const readChain = (path: string, publicKeyPem: string): readonly Uint8Array[] => {
  let chain: readonly Uint8Array[];
  try {
    chain = certificatesInPem(readFileSync(path, "utf8"));
  } catch (error) {
    return fail(path, "is not a file of PEM certificates", error);
  }
  checkChain(path, publicKeyPem, chain);
  return chain;
};

/** Reads the key, or makes it (mode 0600) when the folder has none. Throws "keys.unusable". */
export const openSealKey = (folder: string): SealKeyStore => {
  const [keyPath, chainPath] = [join(folder, KEY_FILE), join(folder, CHAIN_FILE)];
  if (!existsSync(keyPath)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeWhole(folder, KEY_FILE, privateKey.export({ type: "pkcs8", format: "pem" }).toString(), 0o600);
  }
  const key = readKey(keyPath);
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  const publicKeyPem = spki(createPublicKey(key));
  let chain = existsSync(chainPath) ? readChain(chainPath, publicKeyPem) : null;
  return {
    publicKeyPem,
    key: () => (chain === null ? null : fileSealingKey(pem, chain)),
    request: (kiosk) => requestSealCertificate(pem, kiosk),
    install(given) {
      checkChain("the new chain", publicKeyPem, given);
      writeWhole(folder, CHAIN_FILE, pemOf(given), 0o644);
      chain = [...given];
    },
  };
};
