// How is the power of a disk cut, and what is on it afterwards?
//
// An ext4 file system in an image file, on a loop device. The shutdown ioctl (fs/ext4/ioctl.c,
// EXT4_IOC_SHUTDOWN) with NOLOGFLUSH stops the file system at once: nothing that was not flushed reaches the
// image, as when the power goes. The next mount replays the journal, as the next start would. What a cut can
// not show here is a disk that lies about its own cache.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

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
  readonly #options: string;
  #mounted = false;

  private constructor(at: string, options: string) {
    this.#options = options === "" ? "" : `,${options}`;
    this.folder = join(at, "mnt");
    this.#image = join(at, "disk.img");
  }

  /** `options` of mount(8), beside those that are always there. Null where no image can be mounted (not root, no loop devices): the caller says that it skips. */
  static make(at: string, megabytes = 96, options = ""): Ext4Disk | null {
    const disk = new Ext4Disk(at, options);
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
    run("mount", "-o", `loop,commit=1${this.#options}`, this.#image, this.folder);
    this.#mounted = true;
  }

  /** From here on every write fails with EIO, and nothing unflushed is kept. */
  cutPower(): void {
    run("python3", "-c", SHUTDOWN, this.folder);
  }

  /** What the device was given since it is there, the file system's journal and all its own included. */
  get writtenBytes(): number {
    const fields = readFileSync(`/sys/block/${this.#device()}/stat`, "utf8").trim().split(/\s+/);
    // The seventh field, in sectors of 512 bytes whatever the device's own are (Documentation/block/stat.rst).
    return Number(fields[6]) * 512;
  }

  /**
   * What ext4 does on finding itself damaged, with errors=remount-ro: from here on every write fails with EROFS, of
   * files that are open, too. Only a fresh mount ends it (a remount,rw does not).
   */
  turnReadOnly(): void {
    writeFileSync(`/sys/fs/ext4/${this.#device()}/trigger_fs_error`, "1");
  }

  #device(): string {
    const asked = spawnSync("findmnt", ["-n", "-o", "SOURCE", this.folder], { encoding: "utf8" });
    return basename(asked.stdout.trim());
  }

  /** The administrator's way; false: the kernel refuses, since files are open for writing. */
  remount(mode: "ro" | "rw"): boolean {
    return spawnSync("mount", ["-o", `remount,${mode}`, this.folder]).status === 0;
  }

  /** What the next start of a machine does for a file system that is marked as damaged. */
  repair(): void {
    this.unmount();
    const { status, stdout } = spawnSync("e2fsck", ["-p", this.#image], { encoding: "utf8" });
    // 1: errors were corrected.
    if (status !== 0 && status !== 1) throw new Error(`e2fsck: ${stdout.trim()}`);
    this.#comeUp();
  }

  /** After a cut, when nobody has files open there: takes the disk down and up again. */
  restart(): void {
    this.unmount();
    this.#comeUp();
  }

  /**
   * A mount namespace that another process made meanwhile (a container, a sandbox) keeps the old file system alive, and a
   * new mount of the same image is then the old one, still dead. The same bytes as another file are a new one.
   */
  #comeUp(): void {
    this.mount();
    if (this.#takesWrites()) return;
    this.unmount();
    run("cp", "--sparse=always", this.#image, `${this.#image}.copy`);
    renameSync(`${this.#image}.copy`, this.#image);
    this.mount();
    if (!this.#takesWrites()) throw new Error("the disk does not come up again");
  }

  #takesWrites(): boolean {
    const file = join(this.folder, ".up");
    try {
      writeFileSync(file, "up\n");
      unlinkSync(file);
      return true;
    } catch {
      return false;
    }
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
