// Which certifications are under way, how far is each, and what was begun and ended when?
//
// Every act on a key is an intent before and an outcome after. A cut in between leaves the intent without an
// outcome: nothing was given out, since only the step that commits the outcome moves the state; the officer sees
// that it was interrupted and signs again.
import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/clock.js";
import type { CopyStatement } from "../../documents/scan.js";
import type { SignaturePlace } from "../../documents/signing.js";
import type { SealedFile } from "../copies/copy-vault.js";
import type { PortalDb } from "../db/portal-db.js";
import { DeskError } from "../desk-error.js";

export type Signer = "officer" | "agency";
export type CertificationState = "open" | "officerSigned" | "done" | "abandoned";

/** A digest that went out to be signed elsewhere. */
export interface PendingSignature extends SealedFile, SignaturePlace {
  readonly signer: Signer;
  readonly signedAtMs: number;
  /** Lower-case hex SHA-256 that the CMS has to sign. */
  readonly digest: string;
  readonly untilMs: number;
}

export interface Certification {
  readonly id: string;
  readonly application: number;
  /** Place among the papers of the application. */
  readonly paper: number;
  readonly state: CertificationState;
  readonly statement: CopyStatement;
  /** What the officer signed; null before. */
  readonly draft: SealedFile | null;
  readonly pending: PendingSignature | null;
  readonly startedAtMs: number;
}

export interface JournalEntry {
  readonly id: number;
  readonly atMs: number;
  readonly entry: "intent" | "outcome" | "note";
  readonly what: string;
  readonly detail: string;
  /** Name of the account; "" where the portal itself acted, or before there were accounts. */
  readonly by: string;
}

export type PaperPlace = Pick<Certification, "application" | "paper">;

/** Name of the account. */
export interface ActedBy {
  readonly by: string;
}

interface Row {
  readonly id: string;
  readonly application: number;
  readonly paper: number;
  readonly state: CertificationState;
  readonly statement: string;
  readonly draft: string | null;
  readonly portalKeyId: string | null;
  readonly pending: string | null;
  readonly startedAtMs: number;
}

const SELECT = `SELECT id, application, paper, state, statement, draft, portal_key_id AS portalKeyId, pending,
  started_at_ms AS startedAtMs FROM certifications`;

const toCertification = (row: unknown): Certification => {
  const { portalKeyId, ...found } = row as Row;
  return {
    ...found,
    statement: JSON.parse(found.statement) as CopyStatement,
    draft: found.draft === null || portalKeyId === null ? null : { file: found.draft, portalKeyId },
    pending: found.pending === null ? null : (JSON.parse(found.pending) as PendingSignature),
  };
};

const prepareAll = (db: PortalDb) => ({
  insert:
    db.prepare(`INSERT INTO certifications (id, application, paper, state, book, register_number, statement,
    started_at_ms) VALUES (@id, @application, @paper, 'open', @book, @registerNumber, @statement, @now)`),
  byId: db.prepare(`${SELECT} WHERE id = ?`),
  ofApplication: db.prepare(`${SELECT} WHERE application = ? ORDER BY started_at_ms`),
  advance: db.prepare(`UPDATE certifications SET state = @state, draft = @draft, portal_key_id = @portalKeyId,
    pending = NULL, pending_until_ms = NULL WHERE id = @id AND state = @from`),
  pend: db.prepare(`UPDATE certifications SET pending = @pending, pending_until_ms = @untilMs
    WHERE id = @id AND state = @from`),
  unpend: db.prepare(
    "UPDATE certifications SET pending = NULL, pending_until_ms = NULL WHERE id = ? AND pending IS NOT NULL",
  ),
  overdue: db.prepare(`${SELECT} WHERE pending_until_ms <= ?`),
  note: db
    .prepare(`INSERT INTO certification_journal (certification, at_ms, entry, intent, what, detail,
    done_by) VALUES (@id, @now, @entry, @intent, @what, @detail, @by) RETURNING id`)
    .pluck(),
  journal: db.prepare(`SELECT id, at_ms AS atMs, entry, what, detail,
    coalesce(done_by, '') AS by FROM certification_journal WHERE certification = ? ORDER BY id`),
  startedBy: db
    .prepare(`SELECT coalesce(done_by, '') FROM certification_journal
      WHERE certification = ? AND what = 'started' ORDER BY id LIMIT 1`)
    .pluck(),
  openIntents: db.prepare(`SELECT id, certification, what FROM certification_journal AS begun
    WHERE entry = 'intent' AND NOT EXISTS
      (SELECT 1 FROM certification_journal AS ended WHERE ended.intent = begun.id)`),
  underWay: db.prepare(`${SELECT} WHERE state IN ('open', 'officerSigned')`),
});

const gone = (): DeskError =>
  new DeskError(409, {
    vi: "Bước này đã được thực hiện hoặc đã hủy; hãy tải lại trang",
    en: "This step was taken or cancelled already; please reload the page",
  });

export class CertificationRows {
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #clock: Clock;
  readonly #db: PortalDb;

  constructor(db: PortalDb, clock: Clock) {
    this.#sql = prepareAll(db);
    this.#clock = clock;
    this.#db = db;
  }

  now(): number {
    return Math.round(this.#clock.wall().epochMs);
  }

  /** Takes the register number. Throws `DeskError` when it is taken, or the paper is being certified already. */
  start({ application, paper, by }: PaperPlace & ActedBy, statement: CopyStatement): Certification {
    const id = randomUUID();
    const { book, registerNumber } = statement;
    const row = { id, application, paper, book, registerNumber, now: this.now() };
    try {
      this.together(() => {
        this.#sql.insert.run({ ...row, statement: JSON.stringify(statement) });
        this.note(id, "started", { detail: `${registerNumber} ${book}`, by });
      });
    } catch (thrown) {
      throw this.#explained(thrown, statement);
    }
    return this.get(id);
  }

  /** Throws `DeskError` when there is none. */
  get(id: string): Certification {
    const row = this.#sql.byId.get(id);
    if (row === undefined)
      throw new DeskError(404, { vi: "Không có lần chứng thực này", en: "There is no such certification" });
    return toCertification(row);
  }

  ofApplication(application: number): readonly Certification[] {
    return this.#sql.ofApplication.all(application).map(toCertification);
  }

  journal(id: string): readonly JournalEntry[] {
    return this.#sql.journal.all(id) as JournalEntry[];
  }

  /** Whose name stands in the statement: the account; "" for one from before there were accounts. */
  startedBy(id: string): string {
    return (this.#sql.startedBy.get(id) as string | undefined) ?? "";
  }

  /** Committed before the key is touched; the answer names it. */
  intend(id: string, what: string, by: string): number {
    return this.#write(id, "intent", { what, detail: "", intent: null, by });
  }

  /** For an act that failed; one that succeeded is settled together with what it changed. */
  settle(id: string, intent: number, detail: string): void {
    this.#write(id, "outcome", { what: "", detail, intent, by: "" });
  }

  note(
    id: string,
    what: string,
    { detail = "", by = "" }: { detail?: string } & Partial<ActedBy> = {},
  ): void {
    this.#write(id, "note", { what, detail, intent: null, by });
  }

  /** Throws `DeskError`, changing nothing, when somebody else moved it meanwhile. */
  advance(from: Certification, state: CertificationState, draft: SealedFile | null): void {
    const changed = this.#sql.advance.run({
      ...{ id: from.id, from: from.state, state },
      ...{ draft: draft?.file ?? null, portalKeyId: draft?.portalKeyId ?? null },
    });
    if (changed.changes !== 1) throw gone();
  }

  pend(from: Certification, pending: PendingSignature): void {
    const { untilMs } = pending;
    const row = { id: from.id, from: from.state, pending: JSON.stringify(pending), untilMs };
    if (this.#sql.pend.run(row).changes !== 1) throw gone();
  }

  /** False: nothing was out, or another replica ended it. */
  unpend(id: string): boolean {
    return this.#sql.unpend.run(id).changes === 1;
  }

  /** Sessions whose time is over. */
  overdue(): readonly Certification[] {
    return this.#sql.overdue.all(this.now()).map(toCertification);
  }

  openIntents(): readonly { readonly id: number; readonly certification: string; readonly what: string }[] {
    return this.#sql.openIntents.all() as { id: number; certification: string; what: string }[];
  }

  /** Files that are still needed. */
  files(): readonly string[] {
    return this.#sql.underWay
      .all()
      .map(toCertification)
      .flatMap(({ draft, pending }) => [draft?.file ?? [], pending?.file ?? []].flat());
  }

  /** One transaction, taken at once. */
  together<T>(act: () => T): T {
    return this.#db.transaction(act).immediate();
  }

  #write(
    id: string,
    entry: JournalEntry["entry"],
    words: Pick<JournalEntry, "what" | "detail" | "by"> & { readonly intent: number | null },
  ): number {
    return this.#sql.note.get({ id, entry, now: this.now(), ...words }) as number;
  }

  #explained(thrown: unknown, { book, registerNumber }: CopyStatement): unknown {
    const message = thrown instanceof Error ? thrown.message : "";
    if (!message.includes("UNIQUE constraint failed")) return thrown;
    if (message.includes("register_number"))
      return new DeskError(409, {
        vi: `Số ${registerNumber} quyển ${book} đã được dùng`,
        en: `Number ${registerNumber} of book ${book} is taken`,
      });
    return new DeskError(409, {
      vi: "Giấy tờ này đang được chứng thực",
      en: "This paper is being certified already",
    });
  }
}
