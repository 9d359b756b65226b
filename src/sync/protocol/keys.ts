// Where do the keys of the kiosk and the portal lie, and how are they made?
//
// The device key (Ed25519) signs manifests. The portal's keys (X25519) open what kiosks seal; the newest is the
// one to seal to, the one before it is still accepted while kiosks learn the new one, older ones only read.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { FaultError } from "../../core/faults.js";
import { isExposed } from "../../store/credentials.js";
import { writeFileDurably } from "../../store/durable-file.js";

const PRIVATE_MODE = 0o600;
const PUBLIC_MODE = 0o644;

export interface DeviceKey {
  /** SPKI PEM; what the portal enrols. */
  readonly publicKeyPem: string;
  sign(bytes: Uint8Array): Uint8Array;
}

export interface PortalPublicKey {
  readonly id: string;
  /** Raw X25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface PortalKeyPair extends PortalPublicKey {
  /** Raw X25519, 32 bytes. */
  readonly privateKey: Uint8Array;
}

const fail = (path: string, what: string): never => {
  throw new FaultError("keys.unusable", `${path}: ${what}`);
};

const readPrivate = (path: string): string => {
  const mode = statSync(path).mode & 0o777;
  if (isExposed(path))
    fail(path, `mode ${mode.toString(8)} lets others read a private key; run chmod 600 on it`);
  return readFileSync(path, "utf8");
};

const readJson = <T>(path: string, text: string, schema: z.ZodType<T>): T => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return fail(path, "is not a key file of this program");
  }
};

const write = (path: string, text: string, mode: number): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileDurably(dirname(path), basename(path), Buffer.from(text), mode);
};

const toDeviceKey = (path: string, pem: string): DeviceKey => {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return fail(path, "is not a PEM private key");
  }
  if (key.asymmetricKeyType !== "ed25519") return fail(path, "is not an Ed25519 key");
  const publicKeyPem = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
  return { publicKeyPem, sign: (bytes) => new Uint8Array(sign(null, bytes, key)) };
};

/** Reads the device key, or makes it (mode 0600) when the file is not there. Throws "keys.unusable". */
export const loadDeviceKey = (path: string): DeviceKey => {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    write(path, privateKey.export({ type: "pkcs8", format: "pem" }).toString(), PRIVATE_MODE);
  }
  return toDeviceKey(path, readPrivate(path));
};

const OPS_KEY_FILE = "ops-key.pem";
/** In the portal's folder: what a kiosk is given so that this portal may command it. */
export const OPS_PUBLIC_KEY_FILE = "ops-key.pub.pem";

/** The portal's key for commands, made when there is none. It never seals, signs papers or opens a connection. */
export const loadOpsKey = (dir: string): DeviceKey => {
  const key = loadDeviceKey(join(dir, OPS_KEY_FILE));
  const open = join(dir, OPS_PUBLIC_KEY_FILE);
  if (!existsSync(open) || readFileSync(open, "utf8") !== key.publicKeyPem)
    write(open, key.publicKeyPem, PUBLIC_MODE);
  return key;
};

/** In the portal's folder: the certificates of kiosks' seals, PEM, the kiosk's own first. */
export const SEALS_FOLDER = "seals";

export const sealChainFile = (portalDir: string, kiosk: string): string =>
  join(portalDir, SEALS_FOLDER, `${kiosk}.crt.pem`);

export const PORTAL_PUBLIC_KEYS_FILE = "portal-keys.pub.json";
const PORTAL_KEYS_FILE = "portal-keys.json";
/** The newest and the one before it may be sealed to. */
export const ACCEPTED_PORTAL_KEYS = 2;

const rawKey = z
  .base64()
  .transform((text) => new Uint8Array(Buffer.from(text, "base64")))
  .refine((bytes) => bytes.length === 32);
const publicFile = z.object({
  v: z.literal(1),
  keys: z.array(z.object({ id: z.string().min(1), publicKey: rawKey })).min(1),
});
const privateFile = z.object({
  v: z.literal(1),
  keys: z.array(z.object({ id: z.string().min(1), publicKey: rawKey, privateKey: rawKey })).min(1),
});

const idOf = (publicKey: Uint8Array): string =>
  createHash("sha256").update(publicKey).digest("hex").slice(0, 16);

const newPortalKey = (): PortalKeyPair => {
  const jwk = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  const publicKey = new Uint8Array(Buffer.from(jwk.x ?? "", "base64url"));
  const privateKey = new Uint8Array(Buffer.from(jwk.d ?? "", "base64url"));
  return { id: idOf(publicKey), publicKey, privateKey };
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const savePortalKeys = (dir: string, keys: readonly PortalKeyPair[]): void => {
  const full = keys.map(({ id, publicKey, privateKey }) => ({
    id,
    publicKey: base64(publicKey),
    privateKey: base64(privateKey),
  }));
  write(join(dir, PORTAL_KEYS_FILE), JSON.stringify({ v: 1, keys: full }, null, 2), PRIVATE_MODE);
  const open = full.slice(0, ACCEPTED_PORTAL_KEYS).map(({ id, publicKey }) => ({ id, publicKey }));
  write(join(dir, PORTAL_PUBLIC_KEYS_FILE), JSON.stringify({ v: 1, keys: open }, null, 2), PUBLIC_MODE);
};

/** The portal's keys, newest first; the first is made when there is none. */
export const loadPortalKeys = (dir: string): readonly PortalKeyPair[] => {
  const path = join(dir, PORTAL_KEYS_FILE);
  if (!existsSync(path)) savePortalKeys(dir, [newPortalKey()]);
  return readJson(path, readPrivate(path), privateFile).keys;
};

/** Puts a new key first. Kiosks that still seal to the one before it are served as well. */
export const rotatePortalKeys = (dir: string): readonly PortalKeyPair[] => {
  const keys = [newPortalKey(), ...loadPortalKeys(dir)];
  savePortalKeys(dir, keys);
  return keys;
};

/** The portal's public keys as the kiosk has them; the first is the one to seal to. */
export const loadPortalPublicKeys = (path: string): readonly [PortalPublicKey, ...PortalPublicKey[]] => {
  if (!existsSync(path)) fail(path, "is not there; copy the portal's public key file to it");
  const { keys } = readJson(path, readFileSync(path, "utf8"), publicFile);
  const [first, ...rest] = keys;
  return first === undefined ? fail(path, "holds no key") : [first, ...rest];
};
