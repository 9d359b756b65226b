// Which kiosks may hand in, and with which key do they sign?
//
// A kiosk is enrolled by a person (or, on a laptop, by the launcher) who puts a file into the portal's `enrol`
// folder. A key is never trusted because it came first, and never replaced by a message from the wire.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import { writeFileDurably } from "../store/durable-file.js";
import type { PortalDb } from "./db/portal-db.js";

const FOLDER = "enrol";
const KIOSK_ID = /^(?!portal$)[A-Za-z0-9-]{1,32}$/;
const enrolmentFile = z.object({
  kiosk: z.string().regex(KIOSK_ID),
  publicKeyPem: z.string().includes("PUBLIC KEY"),
});

/** Leaves the file that enrols a kiosk; the portal reads it at its start and when that kiosk first speaks. */
export const enrolByFile = (portalDir: string, kiosk: string, publicKeyPem: string): void => {
  if (!KIOSK_ID.test(kiosk))
    throw new FaultError("keys.unusable", `"${kiosk}" is no kiosk id: up to 32 letters, digits and dashes`);
  const folder = join(portalDir, FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileDurably(folder, `${kiosk}.json`, Buffer.from(JSON.stringify({ kiosk, publicKeyPem })));
};

export class Enrolment {
  readonly #dir: string;
  readonly #db: PortalDb;
  readonly #clock: Clock;

  constructor(dir: string, db: PortalDb, clock: Clock) {
    this.#dir = dir;
    this.#db = db;
    this.#clock = clock;
    this.#readFiles();
  }

  enroll(kiosk: string, publicKeyPem: string): void {
    this.#db
      .prepare(`INSERT INTO kiosks (id, public_key_pem, enrolled_at_ms) VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET public_key_pem = excluded.public_key_pem`)
      .run(kiosk, publicKeyPem, Math.round(this.#clock.wall().epochMs));
  }

  publicKeyOf(kiosk: string): string | undefined {
    const known = this.#lookUp(kiosk);
    if (known !== undefined) return known;
    this.#readFiles();
    return this.#lookUp(kiosk);
  }

  /** The key that a person has put in the place of the known one since the start; undefined: none. */
  newKeyOf(kiosk: string): string | undefined {
    if (!KIOSK_ID.test(kiosk)) return undefined;
    const found = this.#read(join(this.#dir, FOLDER, `${kiosk}.json`));
    if (found?.kiosk !== kiosk || found.publicKeyPem === this.#lookUp(kiosk)) return undefined;
    this.enroll(kiosk, found.publicKeyPem);
    return found.publicKeyPem;
  }

  kiosks(): readonly string[] {
    return this.#db.prepare("SELECT id FROM kiosks ORDER BY id").pluck().all() as string[];
  }

  #lookUp(kiosk: string): string | undefined {
    return this.#db.prepare("SELECT public_key_pem FROM kiosks WHERE id = ?").pluck().get(kiosk) as
      | string
      | undefined;
  }

  #readFiles(): void {
    const folder = join(this.#dir, FOLDER);
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder).filter((entry) => entry.endsWith(".json"))) {
      const found = this.#read(join(folder, name));
      if (found !== undefined && this.#lookUp(found.kiosk) !== found.publicKeyPem)
        this.enroll(found.kiosk, found.publicKeyPem);
    }
  }

  #read(path: string): z.infer<typeof enrolmentFile> | undefined {
    try {
      return enrolmentFile.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
    } catch {
      return undefined;
    }
  }
}
