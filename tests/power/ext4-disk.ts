// How is the power of a disk cut, and what is on it afterwards?
//
// An ext4 file system in an image file, on a loop device. The shutdown ioctl (fs/ext4/ioctl.c,
// EXT4_IOC_SHUTDOWN) with NOLOGFLUSH stops the file system at once: nothing that was not flushed reaches the
// image, as when the power goes. The next mount replays the journal, as the next start would. What a cut can
// not show here is a disk that lies about its own cache.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** _IOR('X', 125, __u32). */
const EXT4_IOC_SHUTDOWN = 0x8004587d;
const NOLOGFLUSH = 2;
/** Node has no ioctl; the interpreter that builds the native modules has one. */
const SHUTDOWN = `import fcntl,os,struct,sys
fd=os.open(sys.argv[1],os.O_RDONLY)
fcntl.ioctl(fd,${EXT4_IOC_SHUTDOWN},struct.pack("I",${NOLOGFLUSH}))`;

const run = (command: string, ...args: string[]): void => {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.trim()}`);
};

export class Ext4Disk {
  readonly folder: string;
  readonly #image: string;
  #mounted = false;

  private constructor(at: string) {
    this.folder = join(at, "mnt");
    this.#image = join(at, "disk.img");
  }

  /** Null where no image can be mounted (not root, no loop devices): the caller says that it skips. */
  static make(at: string, megabytes = 96): Ext4Disk | null {
    const disk = new Ext4Disk(at);
    mkdirSync(disk.folder, { recursive: true });
    run("truncate", "-s", `${megabytes}M`, disk.#image);
    run("mkfs.ext4", "-q", "-F", disk.#image);
    try {
      disk.mount();
      return disk;
    } catch {
      return null;
    }
  }

  mount(): void {
    // commit=1: the journal is written each second by itself, so that cuts meet it in every state.
    run("mount", "-o", "loop,commit=1", this.#image, this.folder);
    this.#mounted = true;
  }

  /** From here on every write fails with EIO, and nothing unflushed is kept. */
  cutPower(): void {
    run("python3", "-c", SHUTDOWN, this.folder);
  }

  /** After a cut, when nobody has files open there: takes the disk down and up again. */
  restart(): void {
    this.unmount();
    this.mount();
  }

  unmount(): void {
    if (!this.#mounted) return;
    // A process that was just killed lets go of its files a moment later.
    for (let attempt = 1; ; attempt += 1) {
      const { status, stderr } = spawnSync("umount", [this.folder], { encoding: "utf8" });
      if (status === 0) break;
      if (attempt === 50) throw new Error(`umount ${this.folder}: ${stderr.trim()}`);
      spawnSync("sleep", ["0.1"]);
    }
    this.#mounted = false;
  }
}
