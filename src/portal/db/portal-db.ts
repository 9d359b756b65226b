// What do the portal's rooms ask of a database?
//
// The part of better-sqlite3's interface that they use: the embedded database is taken as it is, and PostgreSQL is
// made to look like it (postgres-db.ts). One SQL text is read by both: standard SQL, `?` or `@name` for values, names
// of columns as `AS camelCase`, whole numbers below 2^53, columns in ON CONFLICT … DO UPDATE named with their table.

export interface PortalStatement {
  /** Values in their order, or one object by name. */
  run(...values: unknown[]): { readonly changes: number };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  iterate(...values: unknown[]): IterableIterator<unknown>;
  /** The first column alone. */
  pluck(): PortalStatement;
}

export interface PortalTransaction<Args extends unknown[], Result> {
  /** One state of the database for all that is read. */
  (...args: Args): Result;
  /** Nobody else writes in such a transaction meanwhile, at whichever replica: all of it happens, or nothing. */
  immediate(...args: Args): Result;
}

export interface PortalDb {
  readonly open: boolean;
  prepare(sql: string): PortalStatement;
  /** May be nested: an inner one that throws takes back its own part alone. `act` may run again after a conflict. */
  transaction<Args extends unknown[], Result>(
    act: (...args: Args) => Result,
  ): PortalTransaction<Args, Result>;
  close(): unknown;
}
