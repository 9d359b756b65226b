// Does the disk under the store still take what it is given, while nobody has anything to store?
//
// One block that is there already is written over and flushed together with the file's new time: so both the block and
// the file system's journal are tried, and a file system that gave itself up, a card that became read-only or a device
// that fails says so. A row of SQLite costs the card more (its log's page and frame, and their index), and
// grows a log that is copied back one day. Room is not asked for: how full the disk is, the quota says.
import { randomBytes } from "node:crypto";
import { closeSync, constants, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

const NAME = "look";
/** What ext4 gives and a card's pages are made of; less would be the same to both. */
const BLOCK_BYTES = 4_096;

/** The disk has confirmed it when this returns. Throws what the disk throws; the first time it needs room. */
export const writeOneBlock = (dir: string): void => {
  // Another content each time: who stands in between may leave alone what would stay as it is.
  const block = randomBytes(BLOCK_BYTES);
  // Opened each time, and not kept: a file system that became read-only says so here first.
  const file = openSync(join(dir, NAME), constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    for (let at = 0; at < block.length; ) at += writeSync(file, block, at, block.length - at, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};
