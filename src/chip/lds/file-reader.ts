// How is a whole file read through a channel that passes 231 bytes at a time, from chips that each differ?
//
// Short identifiers first (the first READ BINARY also selects); the largest chunk first, a smaller one once a
// chip refused it, and both remembered for the files after. A card that left is read on from the byte it left at.

import type { Channel } from "../access/channel.js";
import { type Answer, type Command, describeStatus, INS, isWrongLe, SW } from "../apdu.js";
import { expectTlv, malformed, writeTlv } from "../tlv.js";
import type { FileSpec } from "./files.js";
import { PartialFile } from "./partial-file.js";
import type { ReadingHabit } from "./reading-habits.js";

export type FileOutcome =
  | { readonly state: "read"; readonly bytes: Uint8Array }
  /** Not there, or not for this terminal. */
  | { readonly state: "missing"; readonly sw: number };

/** Steps down from the channel's own maximum: what other readers found chips to accept. */
const SMALLEST_CHUNK = 32;
const SMALLER_CHUNKS = [160, 112, 64, SMALLEST_CHUNK] as const;
/** READ BINARY has fifteen bits for the offset; beyond, the offset goes into a data object. */
const MAX_EVEN_OFFSET = 0x7fff;
/** Offset and content of READ BINARY with odd INS (ISO/IEC 7816-4 clause 7.2.3). */
const OFFSET_OBJECT = 0x54;
const DISCRETIONARY_OBJECT = 0x53;
/** Refusals in a row that a reading can survive: all chunk sizes, and SELECT instead of a short identifier. */
const MAX_FRUITLESS = 14;

/** Answers of under 32 bytes in the middle of a file; a chip that gives more of them would be read for minutes. */
const MAX_DWARFS = 16;

/** Statuses by which chips say "not that many bytes". */
const refusesLength = (sw: number): boolean =>
  sw === SW.wrongLength || sw === SW.wrongOffset || sw === SW.noDiagnosis;

/** The chip dropped its session over the messaging, not over the file: asking again in a new one may help. */
const blamesMessaging = (sw: number): boolean => sw === SW.smObjectMissing || sw === SW.smObjectWrong;

/** What a file is read through: a session that outlives a lifted card, or one channel. */
export interface ReadingSession {
  /** Changes whenever access was established: what was selected before is not any more. */
  readonly epoch: number;
  readonly maxReadBytes: number;
  ensureOpen(): Promise<unknown>;
  send(command: Command): Promise<Answer>;
  /** Returns once reading can go on; throws `error` again when it can not. */
  recover(error: unknown): Promise<void>;
  /** What other cards of this kind taught; only asked while open. */
  recall?(): ReadingHabit | null;
  /** What this card taught. */
  note?(habit: ReadingHabit): void;
}

/** One channel as it stands, for files outside the application: nothing is recovered. */
export const oneChannel = (channel: Channel): ReadingSession => ({
  epoch: 0,
  maxReadBytes: channel.maxReadBytes,
  ensureOpen: () => Promise.resolve(),
  send: (command) => channel.send(command),
  recover: (error) => Promise.reject(error),
});

/** What one command brought: bytes, nothing but a lesson, or the news that there is no such file. */
type Step =
  | { readonly kind: "took" }
  | { readonly kind: "again" }
  | { readonly kind: "missing"; readonly sw: number };
const TOOK: Step = { kind: "took" };
const AGAIN: Step = { kind: "again" };

export type ByteListener = (spec: FileSpec, readBytes: number, totalBytes: number | null) => void;

export class FileReader {
  readonly #session: ReadingSession;
  readonly #onBytes: ByteListener;
  /** `null`: the channel's own maximum. */
  #chunkBytes: number | null = null;
  /** Length named by the chip in 6Cxx, for the next command alone. */
  #namedBytes: number | null = null;
  #shortIds: "untried" | "work" | "refused" = "untried";
  /** The last answer said with 6282 that the file ends, before its header's length. */
  #endedEarly = false;
  #dwarfs = 0;
  #recalled = false;

  constructor(session: ReadingSession, onBytes: ByteListener) {
    this.#session = session;
    this.#onBytes = onBytes;
  }

  /** The chunk that this chip was found to take; `null` while it takes the largest. */
  get chunkBytes(): number | null {
    return this.#chunkBytes;
  }

  /** Reads one file to its last byte. Throws "card.unreadable" naming the file, or the card's other faults. */
  async read(spec: FileSpec): Promise<FileOutcome> {
    const file = new PartialFile(spec);
    this.#endedEarly = false;
    let selectedIn: number | null = null;
    for (let fruitless = 0; fruitless <= MAX_FRUITLESS; ) {
      const before = file.length;
      try {
        await this.#session.ensureOpen();
        this.#recall();
        const epoch = this.#session.epoch;
        const step = selectedIn === epoch ? await this.#goOn(file) : await this.#start(file);
        if (step.kind === "missing") return { state: "missing", sw: step.sw };
        if (step.kind === "took") selectedIn = epoch;
      } catch (error) {
        await this.#session.recover(error);
      }
      this.#onBytes(spec, file.length, file.total);
      if (file.left === 0) {
        this.#session.note?.({ chunkBytes: this.#chunkBytes, shortIds: this.#shortIds !== "refused" });
        return { state: "read", bytes: file.bytes };
      }
      fruitless = file.length > before ? 0 : fruitless + 1;
    }
    throw malformed(`${spec.name}: nothing new in ${MAX_FRUITLESS} attempts at offset ${file.length}`);
  }

  /** Before the first command, so that nothing is unlearned that this card taught. */
  #recall(): void {
    if (this.#recalled) return;
    this.#recalled = true;
    const habit = this.#session.recall?.() ?? null;
    if (habit === null) return;
    this.#chunkBytes = habit.chunkBytes;
    if (!habit.shortIds) this.#shortIds = "refused";
  }

  /** Selects the file and reads its start; when resuming, what is read has to be what was read before. */
  async #start(file: PartialFile): Promise<Step> {
    const asked = this.#lengthFor(null);
    if (this.#shortIds === "refused") {
      const missing = await this.#select(file.spec);
      if (missing !== null) return missing;
      return this.#take(file, 0, asked, await this.#readAt(0, asked));
    }
    const p1 = 0x80 | file.spec.shortId;
    const answer = await this.#session.send({ cla: 0, ins: INS.readBinary, p1, p2: 0, le: asked });
    if (this.#shortIds === "untried") {
      const lengthIsDoubted = this.#saysSomethingOfLength(answer.sw) && asked > SMALLEST_CHUNK;
      if (answer.sw === SW.ok || answer.sw === SW.endOfFile) this.#shortIds = "work";
      else if (!lengthIsDoubted) return this.#tryWithoutShortId(file.spec);
    }
    return this.#take(file, 0, asked, answer);
  }

  /** A chip that refuses the first short identifier either lacks the file or wants SELECT: this finds out. */
  async #tryWithoutShortId(spec: FileSpec): Promise<Step> {
    const missing = await this.#select(spec);
    if (missing !== null) return missing;
    this.#shortIds = "refused";
    this.#chunkBytes = null;
    return AGAIN;
  }

  async #select(spec: FileSpec): Promise<Step | null> {
    const data = Uint8Array.from([0x01, spec.fileId]);
    const { sw } = await this.#session.send({ cla: 0, ins: INS.select, p1: 2, p2: 0x0c, data });
    return sw === SW.ok ? null : { kind: "missing", sw };
  }

  async #goOn(file: PartialFile): Promise<Step> {
    const offset = file.length;
    const asked = this.#lengthFor(file.left);
    return this.#take(file, offset, asked, await this.#readAt(offset, asked));
  }

  #readAt(offset: number, asked: number): Promise<Answer> {
    if (offset <= MAX_EVEN_OFFSET) {
      const [p1, p2] = [offset >> 8, offset & 0xff];
      return this.#session.send({ cla: 0, ins: INS.readBinary, p1, p2, le: asked });
    }
    const data = writeTlv(
      OFFSET_OBJECT,
      Uint8Array.from([offset >> 16, (offset >> 8) & 0xff, offset & 0xff]),
    );
    return this.#readOdd({ cla: 0, ins: INS.readBinaryOdd, p1: 0, p2: 0, data, le: asked });
  }

  async #readOdd(command: Command): Promise<Answer> {
    const answer = await this.#session.send(command);
    if (answer.data.length === 0) return answer;
    return {
      ...answer,
      data: expectTlv(answer.data, DISCRETIONARY_OBJECT, "READ BINARY with odd INS").value,
    };
  }

  #take(file: PartialFile, offset: number, asked: number, answer: Answer): Step {
    const { name } = file.spec;
    const { sw, data } = answer;
    const wasNamed = this.#namedBytes !== null;
    this.#namedBytes = null;
    if (sw === SW.ok || sw === SW.endOfFile) {
      if (data.length > asked) throw malformed(`${name}: ${data.length} bytes where ${asked} were asked for`);
      if (data.length === 0) return this.#learn(file, asked, answer);
      file.take(offset, data);
      if (file.left !== 0) this.#learnFromShort(name, { asked, got: data.length, sw, wasNamed });
      return TOOK;
    }
    if (this.#saysSomethingOfLength(sw)) return this.#learn(file, asked, answer);
    // What was read so far shows that the file may be read: only the session is gone.
    if (!answer.sessionAlive && (file.length > 0 || blamesMessaging(sw))) return AGAIN;
    if (file.length === 0) return { kind: "missing", sw };
    throw malformed(`${name}: ${describeStatus(sw)} at offset ${offset}`);
  }

  /** The file goes on: fewer bytes than asked for are the chip's limit, or the end of a file whose header lied. */
  #learnFromShort(
    name: FileSpec["name"],
    given: { readonly asked: number; readonly got: number; readonly sw: number; readonly wasNamed: boolean },
  ): void {
    const { asked, got, sw, wasNamed } = given;
    this.#endedEarly = sw === SW.endOfFile && got < asked;
    if (wasNamed) this.#chunkBytes = asked;
    if (got >= SMALLEST_CHUNK) return;
    this.#dwarfs += 1;
    if (this.#dwarfs > MAX_DWARFS) throw malformed(`${name}: ${this.#dwarfs} answers of a few bytes each`);
  }

  #saysSomethingOfLength(sw: number): boolean {
    return isWrongLe(sw) || refusesLength(sw);
  }

  #learn(file: PartialFile, asked: number, { sw }: Answer): Step {
    if (this.#endedEarly && file.length > 0 && !isWrongLe(sw)) {
      const { name } = file.spec;
      throw malformed(`${name}: ends at ${file.length} of the ${file.total ?? "?"} bytes its header says`);
    }
    const named = isWrongLe(sw) ? sw & 0xff : 0;
    if (named > 0 && named < asked) {
      this.#namedBytes = named;
      return AGAIN;
    }
    const smaller = SMALLER_CHUNKS.find((bytes) => bytes < asked);
    if (smaller === undefined) {
      const what = sw === SW.ok ? "no bytes" : describeStatus(sw);
      throw malformed(`${file.spec.name}: ${what} even for ${asked} bytes at offset ${file.length}`);
    }
    this.#chunkBytes = smaller;
    return AGAIN;
  }

  #lengthFor(left: number | null): number {
    if (this.#namedBytes !== null) return this.#namedBytes;
    const chunk = this.#chunkBytes ?? this.#session.maxReadBytes;
    return left === null ? chunk : Math.min(chunk, left);
  }
}
