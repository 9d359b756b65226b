// Which lines of the log lie on disk, and how many at most?
//
// Lines go to `file`; when the next one would not fit into its limit, `file` becomes `file.1`, what was `file.1` becomes
// `file.2`, and the oldest goes. A power cut between two of these renames leaves a gap in the numbers and no line less.
// INVARIANT: a line that can not be written is counted and never thrown: a full or read-only disk must not end what
// only wanted to tell of it.
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";

export interface LogLimits {
  /** Of one file. */
  readonly bytes: number;
  /** How many older files are kept beside the one that is written to. */
  readonly older: number;
}

/** Lines that are not on disk, and why the first of them is not. */
export interface Missed {
  readonly lines: number;
  readonly detail: string;
}

const reasonOf = (thrown: unknown): string =>
  (thrown as NodeJS.ErrnoException).code ?? (thrown instanceof Error ? thrown.message : String(thrown));

export class LogFile {
  readonly #path: string;
  readonly #limits: LogLimits;
  #file: number | null = null;
  #bytes = 0;
  #missed: Missed | null = null;
  #closed = false;

  /** Goes on where the file ends. Throws what the disk throws. */
  constructor(path: string, limits: LogLimits) {
    this.#path = path;
    this.#limits = limits;
    this.#open();
  }

  /** A whole line with its end. In the kernel's hands when it returns: kill -9 takes nothing back. */
  write(line: string): void {
    if (this.#closed) return;
    const bytes = Buffer.from(line);
    try {
      const file = this.#file ?? this.#open();
      const fits = this.#bytes === 0 || this.#bytes + bytes.length <= this.#limits.bytes;
      this.#append(fits ? file : this.#turn(file), bytes);
    } catch (thrown) {
      this.#miss(reasonOf(thrown));
    }
  }

  /** Null while there is nothing to say, and while no line is taken that could say it. */
  get missed(): Missed | null {
    return this.#file === null ? null : this.#missed;
  }

  /** The line that says it was the last one: unless it was missed as well, that is over. */
  saidMissed(): void {
    if (this.#file !== null) this.#missed = null;
  }

  close(): void {
    this.#closed = true;
    this.#letGo();
  }

  #open(): number {
    const file = openSync(this.#path, "a");
    this.#bytes = fstatSync(file).size;
    this.#file = file;
    return file;
  }

  #turn(file: number): number {
    this.#file = null;
    closeSync(file);
    const { older } = this.#limits;
    if (older === 0) rmSync(this.#path, { force: true });
    for (let age = older; age > 0; age -= 1) {
      const younger = age === 1 ? this.#path : `${this.#path}.${age - 1}`;
      if (existsSync(younger)) renameSync(younger, `${this.#path}.${age}`);
    }
    return this.#open();
  }

  #append(file: number, bytes: Buffer): void {
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(file, bytes, at);
      this.#bytes += bytes.length;
    } catch (thrown) {
      // Half a line would be read as one with the next. Its true size: the loop watch's thread may have written, too.
      if (at > 0) ftruncateSync(file, fstatSync(file).size - at);
      throw thrown;
    }
  }

  /** The file is opened anew for each line that follows: what was mounted in its place meanwhile is found. */
  #miss(detail: string): void {
    this.#letGo();
    if (this.#missed === null)
      process.stderr.write(
        `<3>motcua: ${this.#path} can not be written (${detail}): its lines are not kept\n`,
      );
    this.#missed = { lines: (this.#missed?.lines ?? 0) + 1, detail: this.#missed?.detail ?? detail };
  }

  #letGo(): void {
    const file = this.#file;
    this.#file = null;
    try {
      if (file !== null) closeSync(file);
    } catch {
      // The disk under it is gone.
    }
  }
}
