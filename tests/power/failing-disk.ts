// How does a test make a disk fail at a chosen operation?
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildFailingDisk, missingForKernel } from "../kernel/build.js";

/** As in failing-disk.c. */
export const FAILURE = { none: 0, readOnly: 1, dead: 2, gone: 3, logFlush: 4, logWrite: 5, full: 6 } as const;

export class FailingDisk {
  readonly folder: string;
  readonly #control: string;
  #program: ChildProcess | null = null;

  private constructor(at: string) {
    this.folder = join(at, "failing");
    this.#control = join(at, "control");
  }

  /** Null where none can be mounted: the caller says that it skips. */
  static async mount(at: string): Promise<FailingDisk | null> {
    const missing = missingForKernel();
    if (missing !== null) {
      process.stdout.write(`skipped: a failing disk needs ${missing}\n`);
      return null;
    }
    const program = buildFailingDisk();
    const disk = new FailingDisk(at);
    const backing = join(at, "backing");
    mkdirSync(disk.folder);
    mkdirSync(backing);
    disk.set("none");
    const before = statSync(disk.folder).dev;
    disk.#program = spawn(
      program,
      [backing, disk.#control, disk.folder, "-f", "-s", "-o", "attr_timeout=0,entry_timeout=0"],
      {
        stdio: "inherit",
      },
    );
    for (let attempt = 0; statSync(disk.folder).dev === before; attempt += 1) {
      if (attempt === 1200) throw new Error(`${program} did not mount ${disk.folder}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return disk;
  }

  /** From now on, after `before` operations of that kind that still succeed. */
  set(failure: keyof typeof FAILURE, before = 0): void {
    const bytes = Buffer.alloc(8);
    bytes.writeInt32LE(FAILURE[failure], 0);
    bytes.writeInt32LE(before, 4);
    // In place: the other side has this very file mapped.
    writeFileSync(this.#control, bytes, {
      flag: statSync(this.#control, { throwIfNoEntry: false }) ? "r+" : "w",
    });
  }

  /** Every operation from now on waits, as on a card whose controller hangs; `thaw` lets them go on. */
  freeze(): void {
    this.#program?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#program?.kill("SIGCONT");
  }

  unmount(): void {
    this.thaw();
    this.set("none");
    spawnSync("umount", ["-l", this.folder]);
  }
}
