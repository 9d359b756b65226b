// How do one table's rows come from SQLite to PostgreSQL, and are they the same there?
import { createHash, type Hash } from "node:crypto";
import { FaultError } from "../../core/faults.js";
import type { Db } from "../../store/database.js";
import { PostgresRefused } from "../db/postgres-channel.js";
import type { PostgresDb } from "../db/postgres-db.js";
import { quoted, SEEDED, type Table } from "./tables.js";

/** What a table holds; two with the same have the same rows, in whatever order. */
export interface Content {
  readonly rows: number;
  /** 64 digits: the sum of the rows' SHA-256, since the two databases need not sort alike. */
  readonly digest: string;
}

type Row = Readonly<Record<string, unknown>>;

const BATCH_ROWS = 500;
/** So that one statement with many long manifests stays small. */
const BATCH_BYTES = 1_000_000;
const ALL_BITS = (1n << 256n) - 1n;

const feed = (hash: Hash, kind: string, bytes: Buffer): void => {
  const head = Buffer.alloc(5);
  head.write(kind, "latin1");
  head.writeUInt32LE(bytes.length, 1);
  hash.update(head).update(bytes);
};

const rowHash = (row: Row, table: Table): bigint => {
  const hash = createHash("sha256");
  for (const { name } of table.columns) {
    const value = row[name];
    if (value === null) feed(hash, "n", Buffer.alloc(0));
    else if (value instanceof Uint8Array) feed(hash, "b", Buffer.from(value));
    else if (typeof value === "number") feed(hash, "i", Buffer.from(String(value)));
    else feed(hash, "t", Buffer.from(String(value)));
  }
  return BigInt(`0x${hash.digest("hex")}`);
};

class Sum {
  #rows = 0;
  #sum = 0n;

  add(row: Row, table: Table): void {
    this.#rows += 1;
    this.#sum = (this.#sum + rowHash(row, table)) & ALL_BITS;
  }

  get content(): Content {
    return { rows: this.#rows, digest: this.#sum.toString(16).padStart(64, "0") };
  }
}

const selectOf = ({ name, columns, key }: Table): string => {
  const order = key.map(quoted).join(", ");
  return `SELECT ${columns.map((column) => quoted(column.name)).join(", ")} FROM ${quoted(name)} ORDER BY ${order}`;
};

const sizeOf = (row: Row): number =>
  Object.values(row).reduce<number>(
    (sum, value) => sum + (typeof value === "string" || value instanceof Uint8Array ? value.length : 8),
    0,
  );

/** Rows of a table in portions that one statement takes. */
function* batchesOf(rows: Iterable<Row>): Generator<readonly Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    batch.push(row);
    bytes += sizeOf(row);
    if (batch.length < BATCH_ROWS && bytes < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

const putInto = (to: PostgresDb, { name, columns }: Table): ((rows: readonly Row[]) => void) => {
  const names = columns.map((column) => quoted(column.name)).join(", ");
  // One text whatever the number of rows: the server plans it once.
  const arrays = columns.map(({ type }) => `CAST(? AS ${type}[])`).join(", ");
  const insert = to.prepare(`INSERT INTO ${quoted(name)} (${names}) SELECT * FROM unnest(${arrays})`);
  return (rows) => void insert.run(...columns.map((column) => rows.map((row) => row[column.name])));
};

/** What SQLite has. */
export const contentOf = (from: Db, table: Table): Content => {
  const sum = new Sum();
  for (const row of from.prepare(selectOf(table)).iterate()) sum.add(row as Row, table);
  return sum.content;
};

/** In a transaction of both. Throws when PostgreSQL does not give back what it was given. */
export const copyTable = (
  from: Db,
  to: PostgresDb,
  table: Table,
  onRows: (done: number) => void,
): Content => {
  if (table.name === SEEDED) to.prepare(`DELETE FROM ${quoted(SEEDED)}`).run();
  const put = putInto(to, table);
  const given = new Sum();
  for (const batch of batchesOf(from.prepare(selectOf(table)).iterate() as Iterable<Row>)) {
    try {
      put(batch);
    } catch (thrown) {
      if (!(thrown instanceof PostgresRefused)) throw thrown;
      // The rows' values are personal, and stand nowhere in it.
      const place = `table ${table.name}, rows ${given.content.rows + 1} to ${given.content.rows + batch.length}`;
      throw new FaultError("store.unwritable", `${place}: ${thrown.message}; nothing was moved`);
    }
    for (const row of batch) given.add(row, table);
    onRows(given.content.rows);
  }
  const found = new Sum();
  for (const row of to.prepare(selectOf(table)).iterate()) found.add(row as Row, table);
  const [wanted, got] = [given.content, found.content];
  if (wanted.rows !== got.rows || wanted.digest !== got.digest)
    throw new FaultError(
      "store.corrupt",
      `table ${table.name}: of ${wanted.rows} rows PostgreSQL gives back ${got.rows}, or others; nothing was moved`,
    );
  return wanted;
};

/** The next row without a number of its own gets the one after the highest. */
export const setCounters = (to: PostgresDb, table: Table): void => {
  for (const { name, isCounted } of table.columns)
    if (isCounted)
      to.prepare(
        `SELECT setval(pg_get_serial_sequence(?, ?), (SELECT max(${quoted(name)}) FROM ${quoted(table.name)}))
          WHERE EXISTS (SELECT 1 FROM ${quoted(table.name)})`,
      ).all(quoted(table.name), name);
};
