// Is a disk whose power was cut really up again?
//
// A mount namespace that some other process made meanwhile (a container, a sandbox) keeps the old file system alive, and
// a new mount of the same image is then the old one, still without power. It ends with that process.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ext4Disk } from "../power/ext4-disk.js";

const TRIES = 90;
const PAUSE_MS = 1_000;

const answers = (folder: string): boolean => {
  try {
    const file = openSync(join(folder, "up"), "w");
    writeSync(file, "up\n");
    closeSync(file);
    return true;
  } catch {
    return false;
  }
};

export const upAgain = async (disk: Ext4Disk): Promise<void> => {
  for (let tried = 0; tried < TRIES; tried += 1) {
    disk.restart();
    if (answers(disk.folder)) return;
    await sleep(PAUSE_MS);
  }
  throw new Error("the disk does not come up: somebody holds the file system of before the cut");
};
