// Is a disk whose power was cut really up again?
//
// A mount namespace that some other process made meanwhile (a container, a sandbox) keeps the old file system alive, and
// a new mount of the same image is then the old one, still without power, as long as that process lives.
import { spawnSync } from "node:child_process";
import { closeSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Ext4Disk } from "../power/ext4-disk.js";

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
  disk.restart();
  if (answers(disk.folder)) return;
  // The same bytes as another file: a file system of its own.
  disk.unmount();
  const image = join(dirname(disk.folder), "disk.img");
  const { status, stderr } = spawnSync("cp", ["--sparse=always", image, `${image}.copy`], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`cp ${image}: ${stderr.trim()}`);
  renameSync(`${image}.copy`, image);
  disk.mount();
  if (!answers(disk.folder)) throw new Error("the disk does not come up again");
};
