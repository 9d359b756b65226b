// Where do the kiosk's key and certificate for the broker lie, and which pair is the one to use?
//
// INVARIANTS. The key is made here and never leaves the folder (0700; each file 0600, checked at every start). A
// pair is one file, key and chain together, so that no cut can part them. Files change only by a whole write and a
// rename (store/durable-file.ts): whatever the moment of a cut, "current" is a pair that worked.
//
//   next.key.pem   the key of a request that is not answered yet
//   next.pem       the answered pair; nothing is known about it until a connection with it was up
//   current.pem    the pair to connect with
//   previous.pem   the one before, until the current one has proven itself
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../../core/faults.js";
import { placeFile, syncFolder, writeFileDurably } from "../../store/durable-file.js";

export type PairName = "current" | "next" | "previous";

export interface Pair {
  readonly name: PairName;
  /** PKCS#8. */
  readonly keyPem: string;
  /** The kiosk's own certificate first. */
  readonly chainPem: string;
  /** Upper-case hex, as `openssl x509 -serial` prints it. */
  readonly serial: string;
  readonly commonName: string;
  /** Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

const OTHERS = 0o077;
const NEXT_KEY = "next.key.pem";
const MAX_CHAIN = 6;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/;

const fail: (path: string, what: string, cause?: unknown) => never = (path, what, cause) => {
  throw new FaultError("keys.unusable", `${path}: ${what}`, { cause });
};

const fileOf = (name: PairName): string => `${name}.pem`;

const spki = (keyPem: string): string =>
  createPublicKey(createPrivateKey(keyPem)).export({ type: "spki", format: "pem" }).toString();

const readPrivate = (path: string): string => {
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS) !== 0)
    fail(path, `mode ${mode.toString(8)} lets others read a private key; run chmod 600 on it`);
  return readFileSync(path, "utf8");
};

/** Throws "keys.unusable" when the text holds no key with a chain of its own. */
const pairOf = (name: PairName, path: string, text: string): Pair => {
  const keyPem = KEY.exec(text)?.[0];
  const pems = text.match(CERTIFICATE) ?? [];
  const [leafPem] = pems;
  if (keyPem === undefined || leafPem === undefined || pems.length > MAX_CHAIN)
    return fail(path, "is not a private key with its certificates");
  try {
    const leaf = new X509Certificate(leafPem);
    if (leaf.publicKey.export({ type: "spki", format: "pem" }).toString() !== spki(keyPem))
      return fail(path, "its first certificate belongs to another key");
    return {
      ...{ name, keyPem, chainPem: `${pems.join("\n")}\n`, serial: leaf.serialNumber },
      commonName: /^CN=(.*)$/m.exec(leaf.subject)?.[1] ?? "",
      fromMs: Date.parse(leaf.validFrom),
      toMs: Date.parse(leaf.validTo),
    };
  } catch (error) {
    if (error instanceof FaultError) throw error;
    return fail(path, "is damaged", error);
  }
};

export class Pairs {
  readonly folder: string;

  /** Makes the folder where there is none. Throws "keys.unusable" when others can read what is in it. */
  constructor(folder: string) {
    this.folder = folder;
    if (!existsSync(folder)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // A umask may have taken more away, never less; an inherited ACL may have given.
      chmodSync(folder, 0o700);
    }
    const mode = statSync(folder).mode & 0o777;
    if ((mode & OTHERS) !== 0)
      fail(folder, `mode ${mode.toString(8)} lets others look in; run chmod 700 on it`);
    for (const name of ["current.pem", "previous.pem", "next.pem", NEXT_KEY])
      if (existsSync(join(folder, name))) readPrivate(join(folder, name));
  }

  /** Null: there is none, or it is damaged (`damage` says how). */
  get(name: PairName): Pair | null {
    try {
      return this.#read(name);
    } catch (thrown) {
      if (thrown instanceof FaultError) return null;
      throw thrown;
    }
  }

  /** What is wrong with a pair that is there; null: nothing, or it is not there. */
  damage(name: PairName): string | null {
    try {
      this.#read(name);
      return null;
    } catch (thrown) {
      return thrown instanceof FaultError ? thrown.detail : String(thrown);
    }
  }

  /** The key (PEM) of the request under way; made when there is none. A key that has a certificate is never asked for again. */
  requestKey(): string {
    const path = join(this.folder, NEXT_KEY);
    if (existsSync(path)) {
      const pem = readPrivate(path);
      if (!this.#isUsed(pem) && KEY.test(pem)) return pem;
    }
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    writeFileDurably(this.folder, NEXT_KEY, Buffer.from(pem));
    return pem;
  }

  /**
   * Keeps an answer to the request under way as "next". Throws "keys.unusable" when it is for another key or
   * another kiosk.
   */
  keepNext(chainPem: string, kiosk: string): Pair {
    const keyPath = join(this.folder, NEXT_KEY);
    if (!existsSync(keyPath)) fail(keyPath, "no request is under way that this certificate could answer");
    const text = `${readPrivate(keyPath).trim()}\n${chainPem}`;
    const pair = pairOf("next", "the new certificate", text);
    if (pair.commonName !== kiosk)
      fail("the new certificate", `is for "${pair.commonName}", not for "${kiosk}"`);
    writeFileDurably(this.folder, fileOf("next"), Buffer.from(text));
    rmSync(keyPath, { force: true });
    syncFolder(this.folder);
    return pair;
  }

  /** A connection with "next" was up: it is the current one, and the one before stays at hand. */
  promote(): void {
    const path = (name: PairName) => join(this.folder, fileOf(name));
    if (!existsSync(path("next"))) return;
    if (this.get("current") !== null)
      placeFile(this.folder, fileOf("previous"), readFileSync(path("current")));
    syncFolder(this.folder);
    renameSync(path("next"), path("current"));
    syncFolder(this.folder);
  }

  /** The current pair has proven itself: the one before is let go. */
  prove(): void {
    this.#drop("previous");
  }

  /** The current pair does not work and the one before does. */
  fallBack(): void {
    const previous = join(this.folder, fileOf("previous"));
    if (!existsSync(previous)) return;
    renameSync(previous, join(this.folder, fileOf("current")));
    syncFolder(this.folder);
  }

  /** "next" was refused: its key is used for nothing more. */
  dropNext(): void {
    this.#drop("next");
  }

  #drop(name: PairName): void {
    rmSync(join(this.folder, fileOf(name)), { force: true });
    syncFolder(this.folder);
  }

  #read(name: PairName): Pair | null {
    const path = join(this.folder, fileOf(name));
    return existsSync(path) ? pairOf(name, path, readPrivate(path)) : null;
  }

  #isUsed(keyPem: string): boolean {
    const names: readonly PairName[] = ["current", "next", "previous"];
    return names.some((name) => this.get(name)?.keyPem.trim() === keyPem.trim());
  }
}
