// May this PIN be tried on the token, seen that it must never be refused twice? (Tokens lock after a few wrong ones.)
//
// INVARIANT. That a PIN is being tried is on the disk before the token hears it, and that it was refused stays there: a
// runtime that is started again and again, or a cut in between, tries no wrong PIN a second time. Who writes the PIN's
// file anew, or touches it, allows one more try.
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { z } from "zod";
import { FaultError } from "../core/faults.js";
import type { TokenPin } from "../documents/token-device-key.js";
import { writeFileDurably } from "../store/durable-file.js";

const OTHERS = 0o077;
const PRIVATE_MODE = 0o600;
/** CK_ULONG lengths aside, no token takes more. */
const LONGEST = 255;

const note = z.object({ v: z.literal(1), stamp: z.string(), state: z.enum(["trying", "refused"]) });
type Note = z.output<typeof note>;

export class TokenPinFile implements TokenPin {
  readonly #file: string;
  readonly #noteFile: string;
  /** Kept here too: a disk that takes no note must not cost a second try. */
  #note: Note | null;
  #tried = "";

  /** `noteFile`: where it is remembered, in a folder that is there. */
  constructor(file: string, noteFile: string) {
    this.#file = file;
    this.#noteFile = noteFile;
    this.#note = this.#read();
  }

  /** The PIN that lies there now is known to be wrong. */
  get isRefused(): boolean {
    return this.#note?.state === "refused" && this.#note.stamp === this.#stamp();
  }

  take(flagged: boolean): string {
    const pin = this.#pin();
    const stamp = this.#stamp() ?? "";
    const known = this.#note?.stamp === stamp ? this.#note.state : null;
    // A try that was cut off is a wrong one only if the token says that there was one.
    if (known === "refused" || (known === "trying" && flagged))
      throw new FaultError("keys.tokenPin", `the PIN in ${this.#file} was refused; it is not tried again`);
    this.#tried = stamp;
    this.#keep("trying");
    return pin;
  }

  accepted(): void {
    this.#note = null;
    try {
      rmSync(this.#noteFile, { force: true });
    } catch {
      // "Trying" is held against nobody whose token counts no wrong PIN.
    }
  }

  refused(): void {
    this.#keep("refused");
  }

  #keep(state: Note["state"]): void {
    this.#note = { v: 1, stamp: this.#tried, state };
    const bytes = Buffer.from(JSON.stringify(this.#note));
    writeFileDurably(dirname(this.#noteFile), basename(this.#noteFile), bytes, PRIVATE_MODE);
  }

  #pin(): string {
    const mode = statSync(this.#file, { throwIfNoEntry: false })?.mode;
    if (mode === undefined) throw new FaultError("keys.unusable", `${this.#file}: is not there`);
    if ((mode & OTHERS) !== 0)
      throw new FaultError("keys.unusable", `${this.#file}: others can read it; run chmod 600 on it`);
    const pin = readFileSync(this.#file, "utf8").replace(/\r?\n$/, "");
    if (pin === "" || pin.length > LONGEST || /[\r\n]/.test(pin))
      throw new FaultError(
        "keys.unusable",
        `${this.#file}: should hold the PIN in one line, and nothing else`,
      );
    return pin;
  }

  /** Tells one writing of the file from another, without keeping anything of the PIN. */
  #stamp(): string | null {
    const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? null : `${found.ino}:${found.mtimeNs}:${found.size}`;
  }

  #read(): Note | null {
    if (!existsSync(this.#noteFile)) return null;
    try {
      return note.parse(JSON.parse(readFileSync(this.#noteFile, "utf8")));
    } catch {
      return null;
    }
  }
}
