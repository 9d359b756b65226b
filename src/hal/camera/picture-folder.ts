// Where does a picture lie between the camera command and the runtime, and who clears up after a kill -9?
import { constants } from "node:fs";
import { access, mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The maker's process number is in the name, so that the next runtime knows whose it was. */
const NAME = /^motcua-(?:still|sheet)-(\d+)-/;

/** TMPFS_MAGIC of statfs(2). */
const TMPFS = 0x01021994;

/**
 * In memory where there is such a folder: pictures of papers and faces never touch the disk. TMPDIR first, as a unit's
 * own tmpfs goes with the unit and is nobody else's.
 */
export const pictureFolder = async (): Promise<string> => {
  try {
    if ((await statfs(tmpdir())).type === TMPFS) return tmpdir();
    await access("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    return tmpdir();
  }
};

/** A folder for one picture or one batch of sheets, readable by this user alone. */
export const makePictureFolder = (parent: string, kind: "still" | "sheet" = "still"): Promise<string> =>
  mkdtemp(join(parent, `motcua-${kind}-${process.pid}-`));

/** Removes the pictures of runtimes that are no more. */
export const removeOrphanedPictures = async (parent: string): Promise<void> => {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (Number.isInteger(pid) && !lives(pid))
      // Another user's runtime clears up its own.
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
};

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
};
