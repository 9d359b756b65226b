// Where does the key lie that this kiosk signs with, a file or a token, and can it sign now?
//
// INVARIANTS. A token that is out, or refuses its PIN, keeps the kiosk from taking anything new, and from nothing else:
// what was sealed before still goes out. A token with another key than before never signs: the portal would not know
// it. Its public half is kept beside the other keys, so that a kiosk can start, and read its own queue, without it.
import { createHash, createPublicKey } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KioskConfig } from "../config.js";
import type { Clock } from "../core/clock.js";
import { type Fault, FaultError, toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { openTokenDeviceKey, type TokenDeviceKey } from "../documents/token-device-key.js";
import type { DeviceKeyReport } from "../ops/status.js";
import { CREDENTIALS, credentialFile } from "../store/credentials.js";
import { writeFileDurably } from "../store/durable-file.js";
import type { ReadManifest } from "../store/record.js";
import { type DeviceKey, loadDeviceKey } from "../sync/protocol/keys.js";
import { verifyManifest } from "../sync/protocol/manifest.js";
import { TokenPinFile } from "./token-pin.js";

export interface HeldDeviceKey extends DeviceKey {
  /** For a technician: "key file …" or "token …". */
  readonly where: string;
  /** What keeps it from signing, as last seen; null: nothing. */
  readonly trouble: Fault | null;
  /** Kiosk's monotonic time since when it stands like this, milliseconds. */
  readonly sinceMs: number;
  /** This key, then those before it: what they signed is the kiosk's own too. */
  readonly knownPems: readonly string[];
  /** Looks, and takes a token back that is there again. */
  look(): Fault | null;
  /** Calls back when `trouble` has changed; returns the unsubscribe. */
  watch(changed: () => void): () => void;
  close(): void;
}

export interface DeviceKeyParts {
  readonly stateDir: string;
  readonly config: KioskConfig["deviceKey"];
  readonly clock: Clock;
  readonly log: Log;
  /** Somebody tells the portal of this key now: another one than before is taken as the kiosk's. */
  readonly adopt?: boolean;
}

type TokenConfig = KioskConfig["deviceKey"];

const PUBLIC_MODE = 0o644;
const PUBLIC_FILE = "device-token.pub.pem";
const PIN_NOTE_FILE = "device-token.pin.json";
const PEM = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\n/g;

const folderOf = (stateDir: string): string => join(stateDir, "keys");

/** What systemd unsealed for this start, else the file of the state folder. */
export const deviceKeyFile = (stateDir: string): string =>
  credentialFile(CREDENTIALS.deviceKey) ?? join(folderOf(stateDir), "device.pem");

/** Newest first. */
const keptPems = (stateDir: string): readonly string[] => {
  const path = join(folderOf(stateDir), PUBLIC_FILE);
  return existsSync(path) ? (readFileSync(path, "utf8").match(PEM) ?? []) : [];
};

const heldFile = ({ stateDir, clock }: DeviceKeyParts): HeldDeviceKey => {
  const path = deviceKeyFile(stateDir);
  const key = loadDeviceKey(path);
  return {
    ...key,
    where: `key file ${path}`,
    trouble: null,
    sinceMs: clock.monotonicMs(),
    // Of a time with a token.
    knownPems: [key.publicKeyPem, ...keptPems(stateDir)],
    look: () => null,
    watch: () => () => {},
    close: () => {},
  };
};

const keepPem = (stateDir: string, pem: string): readonly string[] => {
  const pems = [pem, ...keptPems(stateDir).filter((each) => each !== pem)];
  writeFileDurably(folderOf(stateDir), PUBLIC_FILE, Buffer.from(pems.join("")), PUBLIC_MODE);
  return pems;
};

class HeldToken implements HeldDeviceKey {
  readonly where: string;
  readonly #parts: DeviceKeyParts;
  readonly #config: TokenConfig;
  readonly #pin: TokenPinFile;
  readonly #listeners = new Set<() => void>();
  #pems: readonly string[];
  #open: TokenDeviceKey | null = null;
  #trouble: Fault | null = null;
  #sinceMs: number;

  /** Throws what keeps the token from signing while nothing is known of its key. */
  constructor(parts: DeviceKeyParts) {
    const { stateDir, config, clock } = parts;
    mkdirSync(folderOf(stateDir), { recursive: true, mode: 0o700 });
    this.where = `token "${config.token}", key "${config.label}", through ${config.module}`;
    this.#parts = parts;
    this.#config = config;
    this.#pin = new TokenPinFile(config.pinFile, join(folderOf(stateDir), PIN_NOTE_FILE));
    this.#pems = keptPems(stateDir);
    this.#sinceMs = clock.monotonicMs();
    const trouble = this.look();
    if (trouble !== null && (this.#pems.length === 0 || parts.adopt === true))
      throw new FaultError(trouble.code, `${this.where}: ${trouble.detail}`);
  }

  get publicKeyPem(): string {
    return this.#pems[0] ?? "";
  }

  get knownPems(): readonly string[] {
    const file = deviceKeyFile(this.#parts.stateDir);
    // Of the time before the token.
    return existsSync(file) ? [...this.#pems, loadDeviceKey(file).publicKeyPem] : this.#pems;
  }

  get trouble(): Fault | null {
    return this.#trouble;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  sign(bytes: Uint8Array): Uint8Array {
    try {
      const signature = this.#signedBy(this.#taken(), bytes);
      this.#become(null);
      return signature;
    } catch (thrown) {
      this.#become(toFault(thrown, "store.unwritable"));
      throw thrown;
    }
  }

  look(): Fault | null {
    // A session that was lost stays lost, also when the token is back.
    if (this.#open !== null && !this.#open.isThere()) this.#drop();
    try {
      this.#taken();
      this.#become(null);
    } catch (thrown) {
      this.#become(toFault(thrown, "store.unwritable"));
    }
    return this.#trouble;
  }

  watch(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  close(): void {
    this.#listeners.clear();
    this.#drop();
  }

  /** Pulled out and put back since the last time: once more, with the PIN that was right. */
  #signedBy(key: TokenDeviceKey, bytes: Uint8Array): Uint8Array {
    try {
      return key.sign(bytes);
    } catch {
      this.#drop();
      return this.#taken().sign(bytes);
    }
  }

  #taken(): TokenDeviceKey {
    if (this.#open !== null) return this.#open;
    if (this.#trouble?.code === "keys.tokenPin" && this.#pin.isRefused)
      throw new FaultError(this.#trouble.code, this.#trouble.detail);
    const open = openTokenDeviceKey(this.#config, this.#pin);
    try {
      this.#recognise(open.publicKeyPem);
    } catch (thrown) {
      open.close();
      throw thrown;
    }
    this.#open = open;
    return open;
  }

  #recognise(pem: string): void {
    const { stateDir, adopt } = this.#parts;
    const [known] = this.#pems;
    if (known === pem) return;
    if (known !== undefined && adopt !== true)
      throw new FaultError(
        "keys.otherKey",
        "the token holds another key than the one this kiosk signed with",
      );
    this.#pems = keepPem(stateDir, pem);
  }

  #drop(): void {
    this.#open?.close();
    this.#open = null;
  }

  #become(trouble: Fault | null): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    if (before?.code === trouble?.code) return;
    const { clock, log } = this.#parts;
    this.#sinceMs = clock.monotonicMs();
    if (trouble === null) log("key.state", { state: "ready" });
    else log("key.state", { state: "unusable", fault: trouble.code, detail: trouble.detail });
    for (const listener of this.#listeners) listener();
  }
}

/**
 * A key file, made where there is none, unless settings name a token. Throws "keys.unusable" for a file, and what is
 * wrong with a token of which nothing is known yet.
 */
export const openDeviceKey = (parts: DeviceKeyParts): HeldDeviceKey =>
  parts.config.module === "" ? heldFile(parts) : new HeldToken(parts);

/** What the kiosk's own signed manifests say, for a queue that is rebuilt from what lies beside it. */
export const manifestReader = ({ knownPems }: Pick<HeldDeviceKey, "knownPems">): ReadManifest => {
  return (signed) => {
    for (const pem of knownPems) {
      const manifest = verifyManifest(signed, pem);
      if (manifest !== undefined) return { ...manifest, submissionId: manifest.submission };
    }
    return undefined;
  };
};

/** As ops hears of it, beside the devices. */
export const deviceKeyCondition = (key: HeldDeviceKey) => ({
  now: () => ({ device: "deviceKey", fault: key.trouble?.code ?? null, sinceMs: key.sinceMs }) as const,
  watch: (changed: () => void) => key.watch(changed),
});

/** SHA-256 of the public key's DER, for a person who compares it with what the portal knows. */
const fingerprintOfKey = (publicKeyPem: string): string =>
  createHash("sha256")
    .update(createPublicKey(publicKeyPem).export({ type: "spki", format: "der" }))
    .digest("hex");

/** For the status of the kiosk and for `motcua doctor`. */
export const deviceKeyReport = ({ where, publicKeyPem, trouble }: HeldDeviceKey): DeviceKeyReport => ({
  ...{ where, fingerprint: fingerprintOfKey(publicKeyPem) },
  fault: trouble?.code ?? null,
});
