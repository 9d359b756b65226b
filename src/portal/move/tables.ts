// Which tables move to another database, in which order, and with which columns?
//
// Asked of both databases and not written down here, so that a table of tomorrow moves along.
import { FaultError } from "../../core/faults.js";
import type { Db } from "../../store/database.js";
import type { PostgresDb } from "../db/postgres-db.js";

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Names of columns. */
  readonly key: readonly string[];
}

export interface Column {
  readonly name: string;
  /** As PostgreSQL calls it. */
  readonly type: string;
  /** Numbered by the database where no value is given. */
  readonly isCounted: boolean;
}

/** Each database has its own steps. */
const SCHEMA_NOTES = "schema_notes";
/** Has its one row from the schema itself, in both databases. */
export const SEEDED = "audit_head";

export const quoted = (name: string): string => `"${name}"`;

interface Found {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  readonly refersTo: readonly string[];
}

const namesIn = (from: Db): readonly string[] =>
  from
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'
        AND name <> '${SCHEMA_NOTES}' ORDER BY name`,
    )
    .pluck()
    .all() as string[];

const foundIn = (from: Db, name: string): Found => {
  const columns = from
    .prepare("SELECT name, pk AS place FROM pragma_table_info(?) ORDER BY cid")
    .all(name) as { name: string; place: number }[];
  const key = columns.filter(({ place }) => place > 0).sort((a, b) => a.place - b.place);
  return {
    name,
    columns: columns.map((column) => column.name),
    key: key.map((column) => column.name),
    refersTo: from
      .prepare(`SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)`)
      .pluck()
      .all(name) as string[],
  };
};

/** Who is referred to comes first; to itself a table refers in the order of its key. */
const inOrder = (tables: readonly Found[]): readonly Found[] => {
  const ordered: Found[] = [];
  while (ordered.length < tables.length) {
    const isThere = (name: string) => ordered.some((table) => table.name === name);
    const ready = tables.filter(
      ({ name, refersTo }) => !isThere(name) && refersTo.every((other) => other === name || isThere(other)),
    );
    if (ready.length === 0) throw new FaultError("runtime.internal", "tables that refer to each other");
    ordered.push(...ready);
  }
  return ordered;
};

const columnsIn = (to: PostgresDb, table: string): readonly Column[] =>
  (
    to
      .prepare(
        `SELECT column_name AS name, data_type AS type, is_identity AS identity
          FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ?`,
      )
      .all(table) as { name: string; type: string; identity: string }[]
  ).map(({ name, type, identity }) => ({ name, type, isCounted: identity === "YES" }));

/** Throws when the two schemas are not the same one. */
export const tablesOf = (from: Db, to: PostgresDb): readonly Table[] =>
  inOrder(namesIn(from).map((name) => foundIn(from, name))).map(({ name, key, columns }) => {
    const there = columnsIn(to, name);
    const missing =
      columns.find((column) => !there.some((each) => each.name === column)) ??
      there.find((each) => !columns.includes(each.name))?.name;
    if (missing !== undefined)
      throw new FaultError(
        "runtime.internal",
        `table ${name}: column ${missing} is in one of the databases alone`,
      );
    return { name, key, columns: there };
  });
