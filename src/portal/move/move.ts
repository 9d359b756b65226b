// How does a portal's database move from SQLite to PostgreSQL, whole or not at all?
//
// INVARIANT. One transaction of PostgreSQL holds every row, the comparison of what it gives back, and the audit's
// note of the move: a cut before its commit leaves the target empty. After it, the same command finds that note with
// the source's digest and does what is left. Meanwhile SQLite's writer is ours, and what is left ends with a file that
// refuses every write: no row can be added where nobody would look for it any more.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../../core/faults.js";
import type { ChainVerdict } from "../../store/chain.js";
import type { Db } from "../../store/database.js";
import { Audit } from "../access/audit.js";
import { LOCK, LOCKS, type PostgresDb } from "../db/postgres-db.js";
import { type Content, contentOf, copyTable, setCounters } from "./copy.js";
import { quoted, SEEDED, type Table, tablesOf } from "./tables.js";

export interface MovedTable extends Content {
  readonly table: string;
}

export interface Moved {
  readonly tables: readonly MovedTable[];
  readonly rows: number;
  /** SHA-256 over all tables' names, counts and digests. */
  readonly digest: string;
  /** Of the audit's chain, before anything moved. */
  readonly audit: ChainVerdict;
  /** True: an earlier run had brought the rows over, and was cut before it was done. */
  readonly wasThere: boolean;
}

export interface MoveParts {
  readonly from: Db;
  readonly to: PostgresDb;
  readonly nowMs: () => number;
  readonly onProgress: (table: string, done: number, of: number) => void;
}

const ACT = "portal.moved";

const digestOf = (tables: readonly MovedTable[]): string =>
  createHash("sha256")
    .update(tables.map(({ table, rows, digest }) => `${table} ${rows} ${digest}\n`).join(""))
    .digest("hex");

const countIn = (db: Pick<PostgresDb, "prepare">, table: string): number =>
  Number(
    db
      .prepare(`SELECT count(*) FROM ${quoted(table)}`)
      .pluck()
      .get(),
  );

/** A server takes its moment to see that the run before was killed. */
const FREE_WITHIN_MS = 10_000;
const FREE_POLL_MS = 200;

/** For as long as the connection is open no replica starts. Throws when one is there. */
export const keepReplicasOut = async (to: PostgresDb): Promise<void> => {
  const deadline = performance.now() + FREE_WITHIN_MS;
  const take = to.prepare("SELECT pg_try_advisory_lock(?, ?)").pluck();
  while (take.get(LOCKS, LOCK.present) !== true) {
    if (performance.now() > deadline)
      throw new FaultError(
        "store.unwritable",
        "a portal, or another move, uses that PostgreSQL database now: stop it, or name another database",
      );
    await new Promise((resolve) => setTimeout(resolve, FREE_POLL_MS));
  }
};

/** The digest that an earlier move noted; throws when there is anything else. */
const noteOn = (to: PostgresDb, tables: readonly Table[]): string | undefined => {
  const full = tables.find(({ name }) => name !== SEEDED && countIn(to, name) > 0);
  if (full === undefined) return undefined;
  const note = to
    .prepare("SELECT detail FROM audit WHERE act = ? ORDER BY id DESC LIMIT 1")
    .pluck()
    .get(ACT) as string | undefined;
  if (note !== undefined) return note;
  throw new FaultError(
    "store.unwritable",
    `the PostgreSQL database is not empty: its table ${full.name} has ${countIn(to, full.name)} rows; name an empty one`,
  );
};

const sum = (tables: readonly MovedTable[]) => ({
  tables,
  rows: tables.reduce((all, { rows }) => all + rows, 0),
  digest: digestOf(tables),
});

const verdictOf = (from: Db): ChainVerdict => new Audit(from, () => 0).verify();

const copyAll = ({ from, to, onProgress }: MoveParts, tables: readonly Table[]) =>
  sum(
    tables.map((table) => {
      const of = Number(
        from
          .prepare(`SELECT count(*) FROM ${quoted(table.name)}`)
          .pluck()
          .get(),
      );
      const content = copyTable(from, to, table, (done) => onProgress(table.name, done, of));
      return { table: table.name, ...content };
    }),
  );

/** In a transaction of `from`. Throws, and then nothing of it is in PostgreSQL. */
const bringOver = (parts: MoveParts): Moved => {
  const { from, to, nowMs } = parts;
  const tables = tablesOf(from, to);
  const audit = verdictOf(from);
  const act = (): Moved => {
    const note = noteOn(to, tables);
    if (note !== undefined) {
      const here = sum(tables.map((table) => ({ table: table.name, ...contentOf(from, table) })));
      if (here.digest === note) return { ...here, audit, wasThere: true };
      throw new FaultError(
        "store.unwritable",
        "another portal was moved to that PostgreSQL database, or this one took more in since: name an empty one",
      );
    }
    const copied = copyAll(parts, tables);
    for (const table of tables) setCounters(to, table);
    new Audit(to, nowMs).write({
      ...{ who: "command line", role: "", address: "", act: ACT, application: null },
      ...{ subject: "sqlite", detail: copied.digest },
    });
    return { ...copied, audit, wasThere: false };
  };
  return to.transaction(act).immediate();
};

class TakenBack extends Error {
  constructor(readonly moved: Moved) {
    super("taken back");
  }
}

/** All of it, compared, and taken back again. */
export const rehearseMove = (parts: MoveParts): Moved => {
  const { from, to } = parts;
  const read = from.transaction(() => {
    try {
      return to
        .transaction((): Moved => {
          throw new TakenBack(bringOver(parts));
        })
        .immediate();
    } catch (thrown) {
      if (thrown instanceof TakenBack) return thrown.moved;
      throw thrown;
    }
  });
  return read();
};

/** Whoever opened the file before the move, and waits for its turn to write, hears it. */
const sealOff = (from: Db): void => {
  const tables = from
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
    .pluck()
    .all() as string[];
  for (const table of tables.filter((name) => !name.startsWith("sqlite_")))
    for (const verb of ["INSERT", "UPDATE", "DELETE"])
      from.exec(
        `CREATE TRIGGER IF NOT EXISTS ${quoted(`moved_${verb}_${table}`)} BEFORE ${verb} ON ${quoted(table)}
          BEGIN SELECT RAISE(ABORT, 'this portal was moved to PostgreSQL'); END`,
      );
};

/** `settle`: makes PostgreSQL the portal's database, after the commit there and before SQLite is closed off. */
export const moveRows = (parts: MoveParts, settle: () => void): Moved => {
  const { from } = parts;
  const moved = from
    .transaction(() => {
      const done = bringOver(parts);
      settle();
      sealOff(from);
      return done;
    })
    .immediate();
  const [checkpoint] = from.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
  if (checkpoint?.busy !== 0)
    throw new FaultError(
      "store.unwritable",
      "every row is in PostgreSQL, but another command still has the old file open; run this again when it is done",
    );
  return moved;
};

export interface FilesBeside {
  /** That applications and copies name. */
  readonly named: number;
  /** Of these, not in the folder. */
  readonly missing: number;
}

/** Files stay where they are, for all replicas. */
export const filesBeside = (from: Db, dir: string): FilesBeside => {
  const listed = (folder: string): ReadonlySet<string> =>
    new Set(existsSync(join(dir, folder)) ? readdirSync(join(dir, folder)) : []);
  const wanted = { documents: new Set<string>(), copies: new Set<string>() };
  for (const text of from.prepare("SELECT documents FROM applications").pluck().iterate())
    for (const { sha256 } of JSON.parse(String(text)) as { sha256: string }[]) wanted.documents.add(sha256);
  for (const file of from.prepare("SELECT file FROM copies").pluck().iterate())
    wanted.copies.add(String(file));
  let missing = 0;
  for (const [folder, names] of Object.entries(wanted)) {
    const there = listed(folder);
    for (const name of names) if (!there.has(name)) missing += 1;
  }
  return { named: wanted.documents.size + wanted.copies.size, missing };
};

/** Half-sent documents: with PostgreSQL their bytes are rows, and kiosks are asked for them again. */
export const dropStaging = (dir: string): void =>
  rmSync(join(dir, "staging"), { recursive: true, force: true });
