// Which applications has the portal taken in, and in which state is each?
//
// UNIQUE (kiosk, submission) is what makes taking in happen once, whatever the wire repeats.
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Manifest, ManifestDocument, StatusBody } from "../sync/protocol/messages.js";
import { dueDay, findSlot, localDay, type OfficeHours } from "./appointments.js";
import type { PortalDb } from "./db/portal-db.js";

export type ApplicationState = StatusBody["state"];

export interface Application {
  readonly id: number;
  readonly kiosk: string;
  readonly submission: string;
  readonly sequence: number;
  readonly procedureCode: string;
  readonly procedureTitle: string;
  readonly slipNumber: string;
  readonly portalKeyId: string;
  readonly documents: readonly ManifestDocument[];
  readonly receiptNumber: string;
  readonly appointment: string | null;
  readonly state: ApplicationState;
  readonly revision: number;
  readonly seenRevision: number;
  readonly takenAtMs: number;
}

export interface Taking {
  readonly manifest: Manifest;
  readonly signedManifest: Uint8Array;
  readonly procedureTitle: string;
  readonly workingDays: number;
}

export interface Decision {
  readonly atMs: number;
  readonly action: string;
  readonly note: string;
  /** Name of an account; null before there were any. */
  readonly by: string | null;
}

export interface DecisionWords {
  readonly note: string;
  /** Null: as it is. */
  readonly appointment: string | null;
  readonly by: string;
}

export interface RegisterOptions {
  readonly clock: Clock;
  readonly hours: OfficeHours;
  /** The authority's code in front of each receipt number. */
  readonly agencyCode: string;
}

/** A slot that an officer frees at another replica is given away after this at the latest. */
const BOOKED_OUT_MS = 60_000;

export const ACTIONS = ["review", "approve", "refuse", "ready", "answer"] as const;
export type Action = (typeof ACTIONS)[number];

/** Which action leads from which state to which; "answer" changes the appointment alone. */
const NEXT: Readonly<Record<ApplicationState, Partial<Record<Action, ApplicationState>>>> = {
  received: { review: "inReview", approve: "approved", refuse: "refused", answer: "received" },
  inReview: { approve: "approved", refuse: "refused", answer: "inReview" },
  approved: { ready: "ready", review: "inReview", answer: "approved" },
  ready: { answer: "ready" },
  refused: { review: "inReview" },
};

export const actionsOf = (state: ApplicationState): readonly Action[] =>
  ACTIONS.filter((action) => NEXT[state][action] !== undefined);

export const statusOf = (application: Application): StatusBody => ({
  revision: application.revision,
  state: application.state,
  receiptNumber: application.receiptNumber,
  appointment: application.appointment,
});

const COLUMNS = `id, kiosk, submission, sequence, procedure_code AS procedureCode,
  procedure_title AS procedureTitle, slip_number AS slipNumber, portal_key_id AS portalKeyId, documents,
  receipt_number AS receiptNumber, appointment, state, revision, seen_revision AS seenRevision,
  taken_at_ms AS takenAtMs`;
const SELECT = `SELECT ${COLUMNS} FROM applications`;

type Row = Omit<Application, "documents"> & { readonly documents: string };

const toApplication = (row: unknown): Application | undefined => {
  if (row === undefined) return undefined;
  const found = row as Row;
  return { ...found, documents: JSON.parse(found.documents) as readonly ManifestDocument[] };
};

const prepareAll = (db: PortalDb) => ({
  byId: db.prepare(`${SELECT} WHERE id = ?`),
  byKey: db.prepare(`${SELECT} WHERE kiosk = ? AND submission = ?`),
  byLookup: db.prepare(`${SELECT} WHERE lookup_hash = ? ORDER BY id DESC LIMIT 1`),
  unseen: db.prepare(`${SELECT} WHERE kiosk = ? AND revision > seen_revision ORDER BY id`),
  latest: db.prepare(`${SELECT} ORDER BY id DESC LIMIT ? OFFSET ?`),
  all: db.prepare(`${SELECT} ORDER BY id`),
  counts: db.prepare("SELECT state, count(*) AS count FROM applications GROUP BY state"),
  takenOn: db.prepare(
    "SELECT appointment, count(*) AS count FROM applications WHERE appointment BETWEEN ? AND ? GROUP BY 1",
  ),
  receipt: db
    .prepare(`INSERT INTO receipts (day, last) VALUES (?, 1)
      ON CONFLICT (day) DO UPDATE SET last = receipts.last + 1 RETURNING last`)
    .pluck(),
  insert: db.prepare(`INSERT INTO applications (kiosk, submission, sequence, procedure_code, procedure_title,
    slip_number, lookup_hash, portal_key_id, manifest, documents, receipt_number, appointment, state, revision,
    taken_at_ms) VALUES (@kiosk, @submission, @sequence, @procedure, @procedureTitle, @slipNumber, @lookupHash,
    @portalKeyId, @signed, @listed, @receiptNumber, @appointment, 'received', 1, @takenAtMs) RETURNING ${COLUMNS}`),
  manifest: db.prepare("SELECT manifest FROM applications WHERE id = ?").pluck(),
  lookupHash: db.prepare("SELECT lookup_hash FROM applications WHERE id = ?").pluck(),
  forgetIncoming: db.prepare("DELETE FROM incoming WHERE kiosk = ? AND submission = ?"),
  decide: db.prepare(
    "UPDATE applications SET state = ?, appointment = ?, revision = revision + 1 WHERE id = ? AND revision = ?",
  ),
  decision: db.prepare(
    "INSERT INTO decisions (application, at_ms, action, note, decided_by) VALUES (?, ?, ?, ?, ?)",
  ),
  decisions: db.prepare(
    "SELECT at_ms AS atMs, action, note, decided_by AS by FROM decisions WHERE application = ? ORDER BY id",
  ),
  seen: db.prepare(`UPDATE applications SET seen_revision = CASE WHEN @seen < revision THEN @seen ELSE revision END
    WHERE kiosk = @kiosk AND submission = @submission AND seen_revision < @seen`),
});

export class Register {
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #options: RegisterOptions;
  readonly #take: (taking: Taking) => Application;
  /** Days without a free slot. */
  readonly #bookedOut = new Map<
    string,
    { readonly taken: ReadonlyMap<string, number>; readonly untilMs: number }
  >();
  readonly #decide: (id: number, action: Action, words: DecisionWords) => Application;

  constructor(db: PortalDb, options: RegisterOptions) {
    this.#sql = prepareAll(db);
    this.#options = options;
    this.#take = db.transaction((taking: Taking) => this.#takeNow(taking)).immediate;
    this.#decide = db.transaction((id: number, action: Action, words: DecisionWords) =>
      this.#decideNow(id, action, words),
    ).immediate;
  }

  /** Commits once; the second time it gives what was given the first time. */
  take(taking: Taking): Application {
    return this.#take(taking);
  }

  find(kiosk: string, submission: string): Application | undefined {
    return toApplication(this.#sql.byKey.get(kiosk, submission));
  }

  byId(id: number): Application | undefined {
    return toApplication(this.#sql.byId.get(id));
  }

  /** As the kiosk signed it. */
  signedManifest(id: number): Uint8Array | undefined {
    return this.#sql.manifest.get(id) as Buffer | undefined;
  }

  /** Lower-case hex. */
  lookupHash(id: number): string | undefined {
    return (this.#sql.lookupHash.get(id) as Buffer | undefined)?.toString("hex");
  }

  byLookup(lookupHash: string): Application | undefined {
    return toApplication(this.#sql.byLookup.get(Buffer.from(lookupHash, "hex")));
  }

  latest(limit: number, offset: number): readonly Application[] {
    return this.#sql.latest.all(limit, offset).flatMap((row) => toApplication(row) ?? []);
  }

  all(): readonly Application[] {
    return this.#sql.all.all().flatMap((row) => toApplication(row) ?? []);
  }

  counts(): ReadonlyMap<string, number> {
    const rows = this.#sql.counts.all() as { state: string; count: number }[];
    return new Map(rows.map((row) => [row.state, row.count]));
  }

  /** Those whose newest status the kiosk has not confirmed. */
  unseen(kiosk: string): readonly Application[] {
    return this.#sql.unseen.all(kiosk).flatMap((row) => toApplication(row) ?? []);
  }

  seen(kiosk: string, submission: string, revision: number): void {
    this.#sql.seen.run({ seen: revision, kiosk, submission });
  }

  /** Throws a `FaultError` when the action is not possible in this state. */
  decide(id: number, action: Action, words: DecisionWords): Application {
    return this.#decide(id, action, words);
  }

  /** Oldest first. */
  decisions(id: number): readonly Decision[] {
    return this.#sql.decisions.all(id) as Decision[];
  }

  #decideNow(id: number, action: Action, words: DecisionWords): Application {
    const before = this.byId(id);
    const state = before && NEXT[before.state][action];
    if (before === undefined || state === undefined)
      throw new FaultError("runtime.internal", `application ${id} can not be given "${action}" now`);
    if (words.appointment !== null) this.#bookedOut.clear();
    this.#sql.decide.run(state, words.appointment ?? before.appointment, id, before.revision);
    this.#sql.decision.run(id, this.#now(), action, words.note, words.by);
    const after = this.byId(id);
    if (after === undefined) throw new FaultError("runtime.internal", `application ${id} is gone`);
    return after;
  }

  #takeNow(taking: Taking): Application {
    const { manifest } = taking;
    const known = this.find(manifest.kiosk, manifest.submission);
    if (known !== undefined) return known;
    const takenAtMs = this.#now();
    const day = localDay(takenAtMs);
    const number = String(this.#sql.receipt.get(day)).padStart(4, "0");
    const due = dueDay(day, taking.workingDays, this.#options.hours);
    const row = this.#sql.insert.get({
      ...manifest,
      lookupHash: Buffer.from(manifest.lookupHash, "hex"),
      procedureTitle: taking.procedureTitle,
      signed: taking.signedManifest,
      listed: JSON.stringify(manifest.documents),
      receiptNumber: `${this.#options.agencyCode}-${day.slice(2).replaceAll("-", "")}-${number}`,
      appointment: findSlot(due, this.#options.hours, (on) => this.#takenOn(on)),
      takenAtMs,
    });
    this.#sql.forgetIncoming.run(manifest.kiosk, manifest.submission);
    const taken = toApplication(row);
    if (taken === undefined) throw new FaultError("runtime.internal", "the application just taken is gone");
    return taken;
  }

  /** Of a day that is booked out the last answer is good for a while: looked at anew, hundreds cost each receipt. */
  #takenOn(day: string): ReadonlyMap<string, number> {
    const { clock, hours } = this.#options;
    const known = this.#bookedOut.get(day);
    if (known !== undefined && known.untilMs > clock.monotonicMs()) return known.taken;
    const taken = this.#askTakenOn(day);
    if (hours.slots.every((time) => (taken.get(`${day}T${time}`) ?? 0) >= hours.capacity))
      this.#bookedOut.set(day, { taken, untilMs: clock.monotonicMs() + BOOKED_OUT_MS });
    else this.#bookedOut.delete(day);
    return taken;
  }

  #askTakenOn(day: string): ReadonlyMap<string, number> {
    const rows = this.#sql.takenOn.all(`${day}T00:00`, `${day}T23:59`) as {
      appointment: string;
      count: number;
    }[];
    return new Map(rows.map((row) => [row.appointment, row.count]));
  }

  #now(): number {
    return Math.round(this.#options.clock.wall().epochMs);
  }
}
