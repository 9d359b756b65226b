// Which release does a kiosk hear of, and how do its slices go out without anybody's application waiting for them?
//
// Told at each birth, and to all when the list of offers changed. The portal believes nothing here: the manifest is
// signed with a key that it does not have, and a kiosk judges for itself. Few slices are under way at a time; one that
// comes on top is not answered, and the kiosk asks again.
import { existsSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import type { Clock } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import type { OfferMessage, Part } from "../../sync/protocol/update.js";
import { decode } from "../../sync/protocol/validate.js";
import {
  bundleFile,
  manifestFile,
  type Offers,
  offerFor,
  offersChangedMs,
  readOffers,
  releasesFolder,
} from "./offers.js";

export interface ReleasesParts {
  readonly dir: string;
  readonly kiosks: () => readonly string[];
  readonly isEnrolled: (kiosk: string) => boolean;
  readonly send: (kiosk: string, message: OfferMessage) => void;
  readonly sendPart: (kiosk: string, part: Part) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 5_000;
/** All kiosks together: 512 KB that acknowledgements wait behind at most. */
const MOST_UNDER_WAY = 8;
/** A fleet is told little by little. */
const TOLD_AT_ONCE = 50;
const TELL_PAUSE_MS = 50;

export class Releases {
  readonly #parts: ReleasesParts;
  readonly #folder: string;
  #offers: Offers = { v: 1, offers: [] };
  #readAtMs = 0;
  #underWay = 0;
  #timer: unknown;
  #closed = false;

  constructor(parts: ReleasesParts) {
    this.#parts = parts;
    this.#folder = releasesFolder(parts.dir);
    this.#read();
    this.#look();
  }

  /** A kiosk is there. One that no line names hears nothing: it goes on with what it has. */
  greet(kiosk: string): void {
    const offered = offerFor(this.#offers, kiosk);
    if (offered === undefined) return;
    const manifest = offered.sha256 === null ? null : manifestFile(this.#folder, offered.sha256);
    if (manifest !== null && !existsSync(manifest)) return;
    const release = manifest === null ? null : readFileSync(manifest).toString("base64");
    this.#parts.send(kiosk, { v: 1, release });
  }

  /** Never rejects. */
  async answer(kiosk: string, payload: Uint8Array): Promise<void> {
    const { isEnrolled, sendPart, log } = this.#parts;
    const message = decode("want", payload);
    if (!message.ok || this.#underWay >= MOST_UNDER_WAY || !isEnrolled(kiosk)) return;
    const { bundle, from, length } = message.value;
    if (offerFor(this.#offers, kiosk)?.sha256 !== bundle) return;
    this.#underWay += 1;
    try {
      const bytes = await this.#slice(bundle, from, length);
      if (bytes.length > 0) await sendPart(kiosk, { bundle, offset: from, bytes });
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      log("kiosk.error", { where: `release for ${kiosk}`, message });
    } finally {
      this.#underWay -= 1;
    }
  }

  close(): void {
    this.#closed = true;
    this.#parts.clock.clearTimeout(this.#timer);
  }

  async #slice(bundle: string, from: number, length: number): Promise<Uint8Array> {
    const file = await open(bundleFile(this.#folder, bundle), "r");
    try {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, from);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  #look(): void {
    const { clock } = this.#parts;
    this.#timer = clock.setTimeout(() => {
      const changed = this.#read();
      const told = changed ? this.#tellAll() : Promise.resolve();
      void told.finally(() => {
        if (!this.#closed) this.#look();
      });
    }, LOOK_MS);
  }

  /** True when there is something new to tell. */
  #read(): boolean {
    const changedMs = offersChangedMs(this.#folder);
    if (changedMs === this.#readAtMs) return false;
    this.#readAtMs = changedMs;
    try {
      this.#offers = readOffers(this.#folder);
      return true;
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      this.#parts.log("kiosk.error", { where: "releases", message });
      return false;
    }
  }

  async #tellAll(): Promise<void> {
    const { kiosks, clock } = this.#parts;
    for (const [place, kiosk] of kiosks().entries()) {
      if (this.#closed) return;
      if (place > 0 && place % TOLD_AT_ONCE === 0) await clock.sleep(TELL_PAUSE_MS);
      this.greet(kiosk);
    }
  }
}
