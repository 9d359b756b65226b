// How does PostgreSQL serve the portal's rooms as the embedded database does?
//
// INVARIANT. `transaction(…).immediate` takes one lock for the whole database first: of all replicas one writes in such
// a transaction at a time, as SQLite has one writer. So receipt numbers, appointment slots, places in a kiosk's
// sequence of commands and the audit's chain are right for the very reason for which they are right there. At
// READ COMMITTED each statement then sees all that the writers before it committed. Single statements outside need
// no lock: each is whole in itself.
import { createHash } from "node:crypto";
import type { PortalDb, PortalStatement, PortalTransaction } from "./portal-db.js";
import { type Answer, type PostgresChannel, PostgresRefused } from "./postgres-channel.js";
import { type PostgresText, postgresText } from "./sql-text.js";

/** First half of the portal's advisory locks: "motc". */
export const LOCKS = 0x6d6f7463;
export const LOCK = { present: 1, writer: 2 } as const;

const BEGIN_WRITING = `BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(${LOCKS}, ${LOCK.writer})`;
const BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/** serialization_failure, deadlock_detected: the other one went on, and now it is our turn. */
const COMES_AGAIN: ReadonlySet<string> = new Set(["40001", "40P01"]);
const MOST_ATTEMPTS = 4;
const FETCHED_ROWS = 500;

const asBuffers = (row: readonly unknown[]): readonly unknown[] =>
  row.map((value) =>
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
  );

export class PostgresDb implements PortalDb {
  readonly #channel: PostgresChannel;
  #depth = 0;
  #cursors = 0;
  #open = true;

  constructor(channel: PostgresChannel) {
    this.#channel = channel;
  }

  get open(): boolean {
    return this.#open;
  }

  prepare(sql: string): PortalStatement {
    const text = postgresText(sql);
    const name = createHash("sha256").update(text.text).digest("hex").slice(0, 32);
    return this.#statement(text, name, false);
  }

  transaction<Args extends unknown[], Result>(
    act: (...args: Args) => Result,
  ): PortalTransaction<Args, Result> {
    const run =
      (begin: string) =>
      (...args: Args): Result =>
        this.#depth > 0 ? this.#nested(() => act(...args)) : this.#outermost(begin, () => act(...args));
    return Object.assign(run(BEGIN_READING), { immediate: run(BEGIN_WRITING) });
  }

  /** Several statements in one text, without values. */
  script(text: string): Answer {
    return this.#channel.ask({ text, values: null, name: null, inside: this.#depth > 0 });
  }

  close(): void {
    this.#open = false;
    this.#channel.close();
  }

  #statement(text: PostgresText, name: string, plucked: boolean): PortalStatement {
    const ask = (values: readonly unknown[]): Answer =>
      this.#channel.ask({ text: text.text, values: text.order(values), name, inside: this.#depth > 0 });
    const rowsOf = ({ rows, columns }: Answer): unknown[] =>
      rows
        .map(asBuffers)
        .map((row) =>
          plucked ? row[0] : Object.fromEntries(columns.map((column, place) => [column, row[place]])),
        );
    return {
      run: (...values) => ({ changes: ask(values).changes }),
      get: (...values) => rowsOf(ask(values))[0],
      all: (...values) => rowsOf(ask(values)),
      iterate: (...values) =>
        this.#depth === 0
          ? rowsOf(ask(values))[Symbol.iterator]()
          : this.#fetched(text.text, text.order(values), rowsOf),
      pluck: () => this.#statement(text, name, true),
    };
  }

  /** A long table comes in portions, which the transaction keeps of one state. */
  *#fetched(
    text: string,
    values: readonly unknown[],
    rowsOf: (answer: Answer) => unknown[],
  ): IterableIterator<unknown> {
    this.#cursors += 1;
    const cursor = `rows_${this.#cursors}`;
    const inside = { name: null, inside: true };
    this.#channel.ask({ ...inside, text: `DECLARE ${cursor} NO SCROLL CURSOR FOR ${text}`, values });
    for (;;) {
      const rows = rowsOf(
        this.#channel.ask({ ...inside, text: `FETCH ${FETCHED_ROWS} FROM ${cursor}`, values: [] }),
      );
      yield* rows;
      if (rows.length < FETCHED_ROWS) break;
    }
    this.script(`CLOSE ${cursor}`);
  }

  #outermost<Result>(begin: string, act: () => Result): Result {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return this.#attempt(begin, act);
      } catch (thrown) {
        const again = thrown instanceof PostgresRefused && COMES_AGAIN.has(thrown.state);
        if (!again || attempt === MOST_ATTEMPTS) throw thrown;
      }
    }
  }

  #attempt<Result>(begin: string, act: () => Result): Result {
    this.script(begin);
    this.#depth = 1;
    try {
      const result = act();
      // PostgreSQL answers a COMMIT of what has failed with ROLLBACK, and no error.
      if (this.script("COMMIT").command !== "COMMIT")
        throw new PostgresRefused(
          "25P02",
          "nothing of the transaction was kept: a statement in it had failed",
        );
      return result;
    } catch (thrown) {
      this.#quietly("ROLLBACK");
      throw thrown;
    } finally {
      this.#depth = 0;
    }
  }

  #nested<Result>(act: () => Result): Result {
    const name = `step_${this.#depth}`;
    this.script(`SAVEPOINT ${name}`);
    this.#depth += 1;
    try {
      const result = act();
      this.script(`RELEASE SAVEPOINT ${name}`);
      return result;
    } catch (thrown) {
      this.#quietly(`ROLLBACK TO SAVEPOINT ${name}`);
      throw thrown;
    } finally {
      this.#depth -= 1;
    }
  }

  /** What failed is told already; a connection that is gone takes its transaction along. */
  #quietly(text: string): void {
    try {
      this.script(text);
    } catch {
      // See above.
    }
  }
}
