// Which submissions are announced and not yet whole?
//
// The table outlives a kill; a cache of checked manifests spares a signature check for each chunk.
import type { Clock } from "../core/clock.js";
import { verifyManifest } from "../sync/protocol/manifest.js";
import type { Manifest } from "../sync/protocol/messages.js";
import type { PortalDb } from "./db/portal-db.js";
import type { Enrolment } from "./enrolment.js";

export interface Announced {
  readonly manifest: Manifest;
  readonly signed: Uint8Array;
  badHashes: number;
}

const MAX_CACHED = 512;

export class Incoming {
  readonly #db: PortalDb;
  readonly #enrolment: Enrolment;
  readonly #clock: Clock;
  readonly #cachedMs: number;
  readonly #cache = new Map<string, Announced & { readonly untilMs: number }>();

  /** `cachedMs`: for so long nobody else ends what was announced here. */
  constructor(db: PortalDb, enrolment: Enrolment, clock: Clock, cachedMs = Infinity) {
    this.#db = db;
    this.#enrolment = enrolment;
    this.#clock = clock;
    this.#cachedMs = cachedMs;
  }

  /** `manifest` is what `signed` holds, checked. */
  announce(manifest: Manifest, signed: Uint8Array): void {
    const { kiosk, submission } = manifest;
    this.#db
      .prepare(`INSERT INTO incoming (kiosk, submission, manifest, started_at_ms) VALUES (?, ?, ?, ?)
        ON CONFLICT (kiosk, submission) DO UPDATE SET manifest = excluded.manifest`)
      .run(kiosk, submission, signed, Math.round(this.#clock.wall().epochMs));
    const badHashes = this.#cache.get(name(kiosk, submission))?.badHashes ?? 0;
    this.#remember({ manifest, signed, badHashes });
  }

  find(kiosk: string, submission: string): Announced | undefined {
    const cached = this.#cache.get(name(kiosk, submission));
    if (cached !== undefined && cached.untilMs >= this.#clock.monotonicMs()) return cached;
    const signed = this.#db
      .prepare("SELECT manifest FROM incoming WHERE kiosk = ? AND submission = ?")
      .pluck()
      .get(kiosk, submission) as Buffer | undefined;
    const publicKey = signed && this.#enrolment.publicKeyOf(kiosk);
    const manifest = signed && publicKey !== undefined ? verifyManifest(signed, publicKey) : undefined;
    if (signed === undefined || manifest === undefined) {
      this.#cache.delete(name(kiosk, submission));
      return undefined;
    }
    return this.#remember({ manifest, signed, badHashes: cached?.badHashes ?? 0 });
  }

  forget(kiosk: string, submission: string): void {
    this.#cache.delete(name(kiosk, submission));
    this.#db.prepare("DELETE FROM incoming WHERE kiosk = ? AND submission = ?").run(kiosk, submission);
  }

  /** Taken in: the row went in the same transaction. */
  settled(kiosk: string, submission: string): void {
    this.#cache.delete(name(kiosk, submission));
  }

  /** What one replica announced in the very moment in which another took it in. */
  sweep(): void {
    this.#db
      .prepare(`DELETE FROM incoming WHERE EXISTS (SELECT 1 FROM applications
        WHERE applications.kiosk = incoming.kiosk AND applications.submission = incoming.submission)`)
      .run();
  }

  #remember(announced: Announced): Announced {
    const { kiosk, submission } = announced.manifest;
    const kept = { ...announced, untilMs: this.#clock.monotonicMs() + this.#cachedMs };
    this.#cache.delete(name(kiosk, submission));
    this.#cache.set(name(kiosk, submission), kept);
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > MAX_CACHED && oldest.done !== true) this.#cache.delete(oldest.value);
    return kept;
  }
}

const name = (kiosk: string, submission: string): string => `${kiosk}/${submission}`;
