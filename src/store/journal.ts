// What was meant to be done, what came of it, and was the record changed since?
//
// The rows are chained (chain.ts), so a changed, cut or reordered journal is found.
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import { type ChainHead, chainHash, walkChain } from "./chain.js";
import type { Connection } from "./connection.js";
import type { Db } from "./database.js";
import type { IntentKind, Journal, OpenIntent } from "./store.js";
import type { Witness } from "./witness.js";

export interface JournalRow {
  readonly id: number;
  readonly atMs: number;
  readonly entry: "intent" | "outcome" | "note";
  readonly intent: number | null;
  readonly kind: string;
  readonly subject: string;
  /** JSON. */
  readonly data: string;
}
type Outcome = Parameters<Journal["outcome"]>[1];

export const columnsOf = (row: JournalRow) => [
  row.id,
  row.atMs,
  row.entry,
  row.intent,
  row.kind,
  row.subject,
  row.data,
];

const COLUMNS = "id, at_ms AS atMs, entry, intent, kind, subject, data";

/** Walks the whole chain. The database may be open read-only. */
export const verifyChain = (db: Db): ReturnType<Journal["verify"]> =>
  db.transaction((): ReturnType<Journal["verify"]> => {
    const head = db.prepare("SELECT rows, hash FROM journal_head").get() as ChainHead | undefined;
    const rows = db.prepare(`SELECT ${COLUMNS}, hash FROM journal ORDER BY id`).iterate();
    return walkChain(head, rows as IterableIterator<JournalRow & { hash: Buffer }>, columnsOf);
  })();

type Entry = Omit<JournalRow, "id" | "atMs">;

/** Appends one row to the chain; the caller has a transaction open around it. Returns the new head. */
export const chainWriter = (db: Db, clock: Clock): ((entry: Entry) => ChainHead) => {
  const head = db.prepare("SELECT rows, hash FROM journal_head");
  const setHead = db.prepare("UPDATE journal_head SET rows = ?, hash = ?");
  const insert = db.prepare(`INSERT INTO journal (id, at_ms, entry, intent, kind, subject, data, hash)
    VALUES (@id, @atMs, @entry, @intent, @kind, @subject, @data, @hash)`);
  const insertIntent = db.prepare("INSERT INTO intents (id, result) VALUES (?, NULL)");
  const settleIntent = db.prepare("UPDATE intents SET result = ? WHERE id = ?");
  return (entry) => {
    const before = head.get() as ChainHead;
    const row = { ...entry, id: before.rows + 1, atMs: clock.wall().epochMs };
    const hash = chainHash(before.hash, columnsOf(row));
    insert.run({ ...row, hash });
    setHead.run(row.id, hash);
    if (row.entry === "intent") insertIntent.run(row.id);
    if (row.entry === "outcome") settleIntent.run(row.kind, row.intent);
    return { rows: row.id, hash };
  };
};

export const noteEntry = (kind: string, subject: string, data: unknown): Entry => ({
  entry: "note",
  intent: null,
  kind,
  subject,
  data: toJson(data),
});

const prepareReads = (db: Db) => ({
  db,
  resultOf: db.prepare("SELECT result, subject FROM intents JOIN journal USING (id) WHERE intents.id = ?"),
  open: db.prepare(`SELECT ${COLUMNS} FROM journal WHERE id IN
    (SELECT id FROM intents WHERE result IS NULL OR result = 'inDoubt') ORDER BY id`),
  intent: db.prepare(`SELECT ${COLUMNS} FROM journal WHERE id = ? AND entry = 'intent'`),
});

export class SqliteJournal implements Journal {
  readonly #connection: Connection;
  readonly #reads: () => ReturnType<typeof prepareReads>;
  readonly #append: (entry: Entry) => ChainHead;
  readonly #witness: Pick<Witness, "see">;

  constructor(connection: Connection, clock: Clock, witness: Pick<Witness, "see">) {
    this.#connection = connection;
    this.#witness = witness;
    this.#reads = connection.bind(prepareReads);
    this.#append = connection.bindWrite((db) => chainWriter(db, clock));
  }

  intent(kind: IntentKind, subject: string, data: unknown): number {
    return this.#write({ entry: "intent", intent: null, kind, subject, data: toJson(data) });
  }

  outcome(intentId: number, result: Outcome, detail?: string): void {
    const found = this.#connection.use(() => this.#reads().resultOf.get(intentId)) as
      | { result: Outcome | null; subject: string }
      | undefined;
    if (found === undefined) throw new FaultError("runtime.internal", `there is no intent ${intentId}`);
    if (found.result === result) return;
    if (found.result !== null && found.result !== "inDoubt")
      throw new FaultError(
        "runtime.internal",
        `intent ${intentId} is settled as ${found.result}, not ${result}`,
      );
    const data = toJson(detail === undefined ? {} : { detail });
    this.#write({ entry: "outcome", intent: intentId, kind: result, subject: found.subject, data });
  }

  open(kind?: IntentKind): readonly OpenIntent[] {
    const rows = this.#connection.use(() => this.#reads().open.all()) as JournalRow[];
    return rows.filter((row) => kind === undefined || row.kind === kind).map(toIntent);
  }

  find(intentId: number): OpenIntent | undefined {
    const row = this.#connection.use(() => this.#reads().intent.get(intentId)) as JournalRow | undefined;
    return row && toIntent(row);
  }

  note(kind: string, subject: string, data: unknown): void {
    this.#write(noteEntry(kind, subject, data));
  }

  verify(): ReturnType<Journal["verify"]> {
    return this.#connection.use(() => verifyChain(this.#reads().db));
  }

  #write(entry: Entry): number {
    const { rows, hash } = this.#append(entry);
    this.#witness.see({ rows, hash: hash.toString("hex") });
    return rows;
  }
}

const toJson = (data: unknown): string => JSON.stringify(data ?? null);

const toIntent = (row: JournalRow): OpenIntent => ({
  id: row.id,
  kind: row.kind as IntentKind,
  subject: row.subject,
  data: fromJson(row.data),
  atMs: row.atMs,
});

/** A row that the disk changed says nothing; that it was changed, `verify` says. */
const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};
