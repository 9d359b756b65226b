// Which certified copies does the authority hold, and does each still count?
import type { Clock } from "../../core/clock.js";
import type { Bilingual } from "../../core/faults.js";
import type { CopyStatement } from "../../documents/scan.js";
import type { StoredCopy } from "../../sync/protocol/messages.js";
import type { PortalDb } from "../db/portal-db.js";
import { DeskError } from "../desk-error.js";

export interface CopySignature {
  readonly role: "officer" | "agency";
  /** Common name of the signer's certificate. */
  readonly signer: string;
  readonly atMs: number;
}

/** Inserted when it is whole and verified; nothing of it changes afterwards but `state`. */
export interface Copy {
  /** UUID; the certification's. */
  readonly id: string;
  readonly application: number;
  /** Place among the papers of the application. */
  readonly paper: number;
  readonly lookupHash: string;
  readonly holderHash: string | null;
  readonly title: Bilingual;
  readonly paperClass: string;
  readonly pages: number;
  readonly bytes: number;
  /** Lower-case hex, of the PDF as it is given out. */
  readonly sha256: string;
  readonly statement: CopyStatement;
  readonly signatures: readonly CopySignature[];
  readonly file: string;
  readonly portalKeyId: string;
  readonly state: StoredCopy["state"];
  readonly certifiedAtMs: number;
  readonly revokedAtMs: number | null;
  readonly revocationReason: string | null;
}

export type NewCopy = Omit<Copy, "state" | "certifiedAtMs" | "revokedAtMs" | "revocationReason">;

const SELECT = `SELECT id, application, paper, lookup_hash AS lookupHash, holder_hash AS holderHash, title, paper_class AS paperClass, pages, bytes,
  sha256, statement, signatures, file, portal_key_id AS portalKeyId, state,
  certified_at_ms AS certifiedAtMs, revoked_at_ms AS revokedAtMs, revocation_reason AS revocationReason
  FROM copies`;

type Row = Omit<Copy, "title" | "statement" | "signatures" | "lookupHash" | "holderHash" | "sha256"> & {
  readonly title: string;
  readonly statement: string;
  readonly signatures: string;
  readonly lookupHash: Buffer;
  readonly holderHash: Buffer | null;
  readonly sha256: Buffer;
};

const toCopy = (row: unknown): Copy => {
  const found = row as Row;
  return {
    ...found,
    lookupHash: found.lookupHash.toString("hex"),
    holderHash: found.holderHash?.toString("hex") ?? null,
    sha256: found.sha256.toString("hex"),
    title: JSON.parse(found.title) as Bilingual,
    statement: JSON.parse(found.statement) as CopyStatement,
    signatures: JSON.parse(found.signatures) as readonly CopySignature[],
  };
};

const bytesOf = (hex: string): Buffer => Buffer.from(hex, "hex");

const prepareAll = (db: PortalDb) => ({
  insert:
    db.prepare(`INSERT INTO copies (id, application, paper, lookup_hash, holder_hash, title, paper_class,
    pages, bytes, sha256, statement, signatures, file, portal_key_id, state, certified_at_ms) VALUES (@id,
    @application, @paper, @lookupHash, @holderHash, @title, @paperClass, @pages, @bytes, @sha256, @statement,
    @signatures, @file, @portalKeyId, 'current', @certifiedAtMs)`),
  byId: db.prepare(`${SELECT} WHERE id = ?`),
  ofApplication: db.prepare(`${SELECT} WHERE application = ? ORDER BY paper, certified_at_ms`),
  byLookup: db.prepare(`${SELECT} WHERE lookup_hash = ? ORDER BY certified_at_ms DESC`),
  bySha256: db.prepare(`${SELECT} WHERE sha256 = ?`),
  files: db.prepare("SELECT file FROM copies").pluck(),
  revoke: db.prepare(`UPDATE copies SET state = 'revoked', revoked_at_ms = ?, revocation_reason = ?
    WHERE id = ? AND state = 'current'`),
});

/** What a wish for a stored copy says; hashes are lower-case hex. */
export interface Wish {
  readonly lookupHash: string;
  readonly paperClass?: string | undefined;
  readonly copy?: string | undefined;
}

export class Copies {
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #clock: Clock;

  constructor(db: PortalDb, clock: Clock) {
    this.#sql = prepareAll(db);
    this.#clock = clock;
  }

  /** Inside the transaction that ends the certification. */
  add(copy: NewCopy): void {
    this.#sql.insert.run({
      ...copy,
      lookupHash: bytesOf(copy.lookupHash),
      holderHash: copy.holderHash === null ? null : bytesOf(copy.holderHash),
      sha256: bytesOf(copy.sha256),
      title: JSON.stringify(copy.title),
      statement: JSON.stringify(copy.statement),
      signatures: JSON.stringify(copy.signatures),
      certifiedAtMs: this.#now(),
    });
  }

  byId(id: string): Copy | undefined {
    const row = this.#sql.byId.get(id);
    return row === undefined ? undefined : toCopy(row);
  }

  ofApplication(application: number): readonly Copy[] {
    return this.#sql.ofApplication.all(application).map(toCopy);
  }

  /** Newest first. */
  byLookup(lookupHash: string): readonly Copy[] {
    return this.#sql.byLookup.all(bytesOf(lookupHash)).map(toCopy);
  }

  /** The copy that is this very file. */
  bySha256(sha256: string): Copy | undefined {
    return this.#sql.bySha256.all(bytesOf(sha256)).map(toCopy)[0];
  }

  /**
   * Of all under one code: the one that is named, else one of the wished class, else any; a copy that counts
   * before one that was revoked, a new one before an old one.
   */
  wished(wish: Wish, mayUse: (copy: Copy) => boolean): Copy | undefined {
    const theirs = this.byLookup(wish.lookupHash).filter(mayUse);
    if (wish.copy !== undefined) return theirs.find(({ id }) => id === wish.copy);
    const ofClass = theirs.filter(({ paperClass }) => paperClass === wish.paperClass);
    const candidates = ofClass.length > 0 ? ofClass : theirs;
    return candidates.find(({ state }) => state === "current") ?? candidates[0];
  }

  /** Throws `DeskError` when it was revoked before. */
  revoke(id: string, reason: string): void {
    if (this.#sql.revoke.run(this.#now(), reason, id).changes !== 1)
      throw new DeskError(409, {
        vi: "Bản sao này không còn hiệu lực để thu hồi",
        en: "This copy is not one that can be revoked",
      });
  }

  files(): readonly string[] {
    return this.#sql.files.all() as string[];
  }

  #now(): number {
    return Math.round(this.#clock.wall().epochMs);
  }
}
