// How is a list of rows kept so that a changed, cut or reordered one is found?
//
// Each row's hash covers the hash before it and every column of the row; the head (count and last hash) is kept
// apart. Who can write to the file and knows this can make a new chain: the head's hash, noted elsewhere, finds that.
import { createHash } from "node:crypto";

export interface ChainHead {
  readonly rows: number;
  readonly hash: Buffer;
}

export type ChainVerdict =
  | { readonly ok: true; readonly rows: number }
  | { readonly ok: false; readonly brokenAt: number; readonly reason: string };

/** The first row follows this: 32 zero bytes. */
export const CHAIN_START: Buffer = Buffer.alloc(32);

/** SHA-256 over the hash before and the columns as a JSON array. */
export const chainHash = (before: Buffer, columns: readonly (string | number | null)[]): Buffer =>
  createHash("sha256").update(before).update(JSON.stringify(columns)).digest();

/** `rows` in the order of their ids, which count from 1 without gaps. */
export const walkChain = <Row extends { readonly id: number; readonly hash: Buffer }>(
  head: ChainHead | undefined,
  rows: Iterable<Row>,
  columnsOf: (row: Row) => readonly (string | number | null)[],
): ChainVerdict => {
  let expected = 1;
  let last = CHAIN_START;
  for (const row of rows) {
    if (row.id !== expected) return { ok: false, brokenAt: expected, reason: "a row is missing" };
    last = chainHash(last, columnsOf(row));
    if (!last.equals(row.hash)) return { ok: false, brokenAt: row.id, reason: "the row was changed" };
    expected += 1;
  }
  const count = expected - 1;
  if (head?.rows !== count) return { ok: false, brokenAt: count + 1, reason: "the end was cut off" };
  if (!head.hash.equals(last)) return { ok: false, brokenAt: count, reason: "the head does not match" };
  return { ok: true, rows: count };
};
