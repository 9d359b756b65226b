// What was meant to be done, what came of it, and was the record changed since?
//
// The rows are chained (chain.ts), so a changed, cut or reordered journal is found.
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import { type ChainHead, chainHash, walkChain } from "./chain.js";
import type { Db } from "./database.js";
import { guarded } from "./faults.js";
import type { IntentKind, Journal, OpenIntent } from "./store.js";

interface JournalRow {
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

const columnsOf = (row: JournalRow) => [
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

export class SqliteJournal implements Journal {
  readonly #db: Db;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #append: (row: Omit<JournalRow, "id" | "atMs">) => number;

  constructor(db: Db, path: string, clock: Clock) {
    this.#db = db;
    this.#path = path;
    this.#clock = clock;
    const head = db.prepare("SELECT rows, hash FROM journal_head");
    const setHead = db.prepare("UPDATE journal_head SET rows = ?, hash = ?");
    const insert = db.prepare(`INSERT INTO journal (id, at_ms, entry, intent, kind, subject, data, hash)
      VALUES (@id, @atMs, @entry, @intent, @kind, @subject, @data, @hash)`);
    const insertIntent = db.prepare("INSERT INTO intents (id, result) VALUES (?, NULL)");
    const settleIntent = db.prepare("UPDATE intents SET result = ? WHERE id = ?");
    this.#append = db.transaction((entry: Omit<JournalRow, "id" | "atMs">) => {
      const before = head.get() as ChainHead;
      const row = { ...entry, id: before.rows + 1, atMs: this.#clock.wall().epochMs };
      const hash = chainHash(before.hash, columnsOf(row));
      insert.run({ ...row, hash });
      setHead.run(row.id, hash);
      if (row.entry === "intent") insertIntent.run(row.id);
      if (row.entry === "outcome") settleIntent.run(row.kind, row.intent);
      return row.id;
    }).immediate;
  }

  intent(kind: IntentKind, subject: string, data: unknown): number {
    return this.#write({ entry: "intent", intent: null, kind, subject, data: toJson(data) });
  }

  outcome(intentId: number, result: Outcome, detail?: string): void {
    const found = guarded(this.#path, () =>
      this.#db
        .prepare("SELECT result, subject FROM intents JOIN journal USING (id) WHERE intents.id = ?")
        .get(intentId),
    ) as { result: Outcome | null; subject: string } | undefined;
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
    const rows = guarded(this.#path, () =>
      this.#db
        .prepare(`SELECT ${COLUMNS} FROM journal WHERE id IN
          (SELECT id FROM intents WHERE result IS NULL OR result = 'inDoubt') ORDER BY id`)
        .all(),
    ) as JournalRow[];
    return rows.filter((row) => kind === undefined || row.kind === kind).map(toIntent);
  }

  find(intentId: number): OpenIntent | undefined {
    const row = guarded(this.#path, () =>
      this.#db.prepare(`SELECT ${COLUMNS} FROM journal WHERE id = ? AND entry = 'intent'`).get(intentId),
    ) as JournalRow | undefined;
    return row && toIntent(row);
  }

  note(kind: string, subject: string, data: unknown): void {
    this.#write({ entry: "note", intent: null, kind, subject, data: toJson(data) });
  }

  verify(): ReturnType<Journal["verify"]> {
    return guarded(this.#path, () => verifyChain(this.#db));
  }

  #write(row: Omit<JournalRow, "id" | "atMs">): number {
    return guarded(this.#path, () => this.#append(row));
  }
}

const toJson = (data: unknown): string => JSON.stringify(data ?? null);

const toIntent = (row: JournalRow): OpenIntent => ({
  id: row.id,
  kind: row.kind as IntentKind,
  subject: row.subject,
  data: JSON.parse(row.data) as unknown,
  atMs: row.atMs,
});
