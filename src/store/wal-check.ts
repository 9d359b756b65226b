// Is a write-ahead log what SQLite left, or was it damaged since?
//
// SQLite takes the frames up to the first whose check sum fails and says nothing about the rest. After a power
// cut that is right: each commit is flushed before the next begins, so the last one alone can be torn. Two
// commits beyond the break mean that something else happened. Format: https://sqlite.org/fileformat2.html, 4.
import { existsSync, readFileSync } from "node:fs";

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC_LITTLE = 0x377f0682;
const MAGIC_BIG = 0x377f0683;

type Sum = readonly [number, number];

const checksum = (bytes: Buffer, from: number, to: number, big: boolean, start: Sum): Sum => {
  let [a, b] = start;
  for (let at = from; at < to; at += 8) {
    const first = big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const second = big ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    a = (a + first + b) >>> 0;
    b = (b + second + a) >>> 0;
  }
  return [a, b];
};

const sumAt = (bytes: Buffer, at: number): Sum => [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
const isSame = (one: Sum, other: Sum): boolean => one[0] === other[0] && one[1] === other[1];

/** Commits of this log's own generation that lie beyond the first broken frame. */
const commitsBeyondBreak = (wal: Buffer, big: boolean, headerSum: Sum): number => {
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  const salts = sumAt(wal, 16);
  let sum = headerSum;
  let broken = false;
  let commits = 0;
  for (let at = HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    const isOurs = isSame(sumAt(wal, at + 8), salts);
    if (!broken) {
      sum = checksum(wal, at, at + 8, big, sum);
      sum = checksum(wal, at + FRAME_HEADER_BYTES, at + frameBytes, big, sum);
      broken = !isOurs || !isSame(sum, sumAt(wal, at + 16));
    }
    // A commit frame carries the size of the database after it.
    if (broken && isOurs && wal.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
};

/** What is wrong with it, or null: nothing, or no more than a power cut does. Throws raw I/O errors. */
export const walDamage = (path: string): string | null => {
  const wal = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (wal.length < HEADER_BYTES || wal.every((byte) => byte === 0)) return null;
  const magic = wal.readUInt32BE(0);
  const pageBytes = wal.readUInt32BE(8);
  if (magic !== MAGIC_LITTLE && magic !== MAGIC_BIG) return "the log's header is damaged";
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0)
    return "the log's header is damaged";
  const big = magic === MAGIC_BIG;
  const headerSum = checksum(wal, 0, 24, big, [0, 0]);
  if (!isSame(headerSum, sumAt(wal, 24))) return "the log's header is damaged";
  const commits = commitsBeyondBreak(wal, big, headerSum);
  return commits >= 2 ? `the log is broken before ${commits} later commits` : null;
};
