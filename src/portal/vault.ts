// Where does the portal keep what it took in, and how is it read?
//
// Documents stay sealed on its disk, too: a file by the hash of its ciphertext, opened for the eye that looks.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { open as openFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { sweepFolder, syncFolder } from "../store/durable-file.js";
import type { PortalKeyPair } from "../sync/protocol/keys.js";
import type { ManifestDocument } from "../sync/protocol/messages.js";
import { open } from "../sync/protocol/seal.js";
import type { Application } from "./register.js";

/** By the disk's own clock. */
export const isYoung = (path: string, ageMs: number): boolean =>
  ageMs > 0 && Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < ageMs;

export class Vault {
  readonly #folder: string;
  readonly #keys: () => readonly PortalKeyPair[];

  constructor(portalDir: string, keys: () => readonly PortalKeyPair[]) {
    this.#folder = join(portalDir, "documents");
    this.#keys = keys;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    syncFolder(portalDir);
  }

  keyOf(id: string): PortalKeyPair | undefined {
    return this.#keys().find((key) => key.id === id);
  }

  /** Removes files that a cut left without a row, and that are older than that. */
  sweep(applications: readonly Application[], olderThanMs = 0): number {
    const wanted = new Set(applications.flatMap(({ documents }) => documents.map(({ sha256 }) => sha256)));
    return sweepFolder(
      this.#folder,
      (name) => wanted.has(name) || isYoung(join(this.#folder, name), olderThanMs),
    );
  }

  /**
   * Takes whole parts over: durable when it resolves, and only then may the row be written. Side by side and not in
   * the event loop's way: a disk takes several milliseconds for each.
   */
  async adopt(parts: readonly { readonly path: string; readonly sha256: string }[]): Promise<void> {
    await Promise.all(
      parts.map(async (part) => {
        const file = await openFile(part.path, "r+");
        try {
          await file.datasync();
        } finally {
          await file.close();
        }
        await rename(part.path, join(this.#folder, part.sha256));
      }),
    );
    syncFolder(this.#folder);
  }

  /** Is every document on the disk still the one that the manifest names? */
  matches(documents: readonly ManifestDocument[]): boolean {
    return documents.every(({ sha256 }) => {
      const path = join(this.#folder, sha256);
      return existsSync(path) && createHash("sha256").update(readFileSync(path)).digest("hex") === sha256;
    });
  }

  async read(application: Application, index: number): Promise<Uint8Array | undefined> {
    const document = application.documents.find((entry) => entry.index === index);
    const key = this.keyOf(application.portalKeyId);
    if (document === undefined || key === undefined) return undefined;
    const sealed = readFileSync(join(this.#folder, document.sha256));
    const { kiosk, submission } = application;
    return open(sealed, key, { kiosk, submission, index });
  }
}
