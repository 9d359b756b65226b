// Which submissions are announced and not yet whole?
//
// The table outlives a kill; a cache of checked manifests spares a signature check for each chunk.
import type { Clock } from "../core/clock.js";
import type { Db } from "../store/database.js";
import { verifyManifest } from "../sync/protocol/manifest.js";
import type { Manifest } from "../sync/protocol/messages.js";
import type { Enrolment } from "./enrolment.js";

export interface Announced {
  readonly manifest: Manifest;
  readonly signed: Uint8Array;
  badHashes: number;
}

const MAX_CACHED = 512;

export class Incoming {
  readonly #db: Db;
  readonly #enrolment: Enrolment;
  readonly #clock: Clock;
  readonly #cache = new Map<string, Announced>();

  constructor(db: Db, enrolment: Enrolment, clock: Clock) {
    this.#db = db;
    this.#enrolment = enrolment;
    this.#clock = clock;
  }

  /** `manifest` is what `signed` holds, checked. */
  announce(manifest: Manifest, signed: Uint8Array): void {
    const { kiosk, submission } = manifest;
    this.#db
      .prepare(`INSERT INTO incoming (kiosk, submission, manifest, started_at_ms) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET manifest = excluded.manifest`)
      .run(kiosk, submission, signed, Math.round(this.#clock.wall().epochMs));
    const badHashes = this.#cache.get(name(kiosk, submission))?.badHashes ?? 0;
    this.#remember({ manifest, signed, badHashes });
  }

  find(kiosk: string, submission: string): Announced | undefined {
    const cached = this.#cache.get(name(kiosk, submission));
    if (cached !== undefined) return cached;
    const signed = this.#db
      .prepare("SELECT manifest FROM incoming WHERE kiosk = ? AND submission = ?")
      .pluck()
      .get(kiosk, submission) as Buffer | undefined;
    const publicKey = signed && this.#enrolment.publicKeyOf(kiosk);
    const manifest = signed && publicKey !== undefined ? verifyManifest(signed, publicKey) : undefined;
    if (signed === undefined || manifest === undefined) return undefined;
    return this.#remember({ manifest, signed, badHashes: 0 });
  }

  forget(kiosk: string, submission: string): void {
    this.#cache.delete(name(kiosk, submission));
    this.#db.prepare("DELETE FROM incoming WHERE kiosk = ? AND submission = ?").run(kiosk, submission);
  }

  #remember(announced: Announced): Announced {
    const { kiosk, submission } = announced.manifest;
    this.#cache.delete(name(kiosk, submission));
    this.#cache.set(name(kiosk, submission), announced);
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > MAX_CACHED && oldest.done !== true) this.#cache.delete(oldest.value);
    return announced;
  }
}

const name = (kiosk: string, submission: string): string => `${kiosk}/${submission}`;
