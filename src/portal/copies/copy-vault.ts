// Where do drafts and certified copies lie, and who can read them there?
//
// Sealed with the portal's own key, as everything that kiosks sent: a file by the hash of its ciphertext. The
// associated data binds a file to its certification and to whether it is a draft, so that a half-signed draft
// put in the place of a copy does not open.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../../core/faults.js";
import { sweepFolder, writeFileDurably } from "../../store/durable-file.js";
import type { PortalKeyPair } from "../../sync/protocol/keys.js";
import { open, seal } from "../../sync/protocol/seal.js";
import { isYoung } from "../vault.js";

export type Kept = "draft" | "copy";

export interface SealedFile {
  /** Name in the folder: lower-case hex SHA-256 of the ciphertext. */
  readonly file: string;
  readonly portalKeyId: string;
}

const INDEX: Readonly<Record<Kept, number>> = { draft: 0, copy: 1 };
/** No kiosk's id. */
const SEALER = "portal";

export class CopyVault {
  readonly #folder: string;
  readonly #keys: () => readonly PortalKeyPair[];

  constructor(portalDir: string, keys: () => readonly PortalKeyPair[]) {
    this.#folder = join(portalDir, "copies");
    this.#keys = keys;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Durable when it resolves; only then may a row name the file. */
  async put(id: string, kept: Kept, bytes: Uint8Array): Promise<SealedFile> {
    const [key] = this.#keys();
    if (key === undefined) throw new FaultError("keys.unusable", "the portal has no key to seal copies with");
    const sealed = await seal(bytes, key, { kiosk: SEALER, submission: id, index: INDEX[kept] });
    const file = createHash("sha256").update(sealed).digest("hex");
    writeFileDurably(this.#folder, file, sealed);
    return { file, portalKeyId: key.id };
  }

  /** Throws `FaultError` "store.corrupt" when it is not there, not whole or not what it is asked as. */
  async read(id: string, kept: Kept, { file, portalKeyId }: SealedFile): Promise<Uint8Array> {
    const key = this.#keys().find((entry) => entry.id === portalKeyId);
    if (key === undefined) throw new FaultError("keys.unusable", `the portal's key ${portalKeyId} is gone`);
    try {
      const sealed = readFileSync(join(this.#folder, file));
      return await open(sealed, key, { kiosk: SEALER, submission: id, index: INDEX[kept] });
    } catch (thrown) {
      throw new FaultError("store.corrupt", `${kept} ${id} can not be opened`, { cause: thrown });
    }
  }

  /** Removes what a cut left without a row, and drafts that are done with; what is older than that. */
  sweep(wanted: ReadonlySet<string>, olderThanMs = 0): number {
    return sweepFolder(
      this.#folder,
      (name) => wanted.has(name) || isYoung(join(this.#folder, name), olderThanMs),
    );
  }
}
