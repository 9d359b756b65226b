// How do the chip's files answer SELECT and READ BINARY? (ISO/IEC 7816-4 clause 7.2)
import { type Command, type Response, SW } from "../apdu.js";
import { readTlv, writeTlv } from "../tlv.js";

export interface SimFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Readable only after terminal authentication: answers 6982 (fingerprints). */
  readonly locked?: boolean;
}

/** In which ways chips differ in reading, all within the standard. */
export interface ReadQuirks {
  /** Reads of more than this are refused; `byName` with 6Cxx, else with 6700. */
  readonly maxReadBytes?: number;
  readonly refusesByName?: boolean;
  /** A read of more brings only so many bytes, and as much is said as `atEnd` says of a file's end. */
  readonly answersAtMost?: number;
  /** False: READ BINARY by short identifier answers 6A86, as some chips do. */
  readonly shortIds?: boolean;
  /** How a read past the end answers: fewer bytes and 9000, or 6282, or 6Cxx. */
  readonly atEnd?: "short" | "6282" | "6Cxx";
}

const NOTHING = new Uint8Array();
const status = (sw: number): Response => ({ data: NOTHING, sw });
const DO_OFFSET = 0x54;
const DO_CONTENT = 0x53;
/** Bytes of tag and length that count against Le in an odd READ BINARY. */
const CONTENT_HEADER_BYTES = 3;

export class FileSystem {
  /** The current elementary file. */
  current: SimFile | null = null;
  readonly #files: ReadonlyMap<number, SimFile>;
  readonly #quirks: ReadQuirks;

  /** @param files by low byte of the file identifier, which is the short identifier too. */
  constructor(files: ReadonlyMap<number, SimFile>, quirks: ReadQuirks) {
    this.#files = files;
    this.#quirks = quirks;
  }

  deselect(): void {
    this.current = null;
  }

  select(command: Command): Response {
    const [high, low] = command.data ?? NOTHING;
    const found = high === 0x01 && low !== undefined ? this.#files.get(low) : undefined;
    if (found === undefined) return status(SW.fileNotFound);
    this.current = found;
    return status(SW.ok);
  }

  readBinary(command: Command): Response {
    let offset = (command.p1 << 8) | command.p2;
    if ((command.p1 & 0x80) !== 0) {
      if (this.#quirks.shortIds === false) return status(SW.wrongP1P2);
      const found = this.#files.get(command.p1 & 0x1f);
      if (found === undefined) return status(SW.fileNotFound);
      this.current = found;
      offset = command.p2;
    }
    return this.#cut(offset, command.le ?? 0);
  }

  readOdd(command: Command): Response {
    const object = readTlv(command.data ?? NOTHING);
    if (object.tag !== DO_OFFSET) return status(SW.wrongData);
    const offset = object.value.reduce((sum, byte) => sum * 256 + byte, 0);
    const answer = this.#cut(offset, Math.max(1, (command.le ?? 0) - CONTENT_HEADER_BYTES));
    return answer.data.length === 0 ? answer : { ...answer, data: writeTlv(DO_CONTENT, answer.data) };
  }

  #cut(offset: number, le: number): Response {
    const file = this.current;
    const { maxReadBytes = 256, refusesByName, atEnd = "short", answersAtMost = 256 } = this.#quirks;
    if (file === null) return status(SW.conditionsNotSatisfied);
    if (file.locked === true) return status(SW.securityNotSatisfied);
    if (offset >= file.bytes.length) return status(SW.wrongOffset);
    const left = file.bytes.length - offset;
    if (le > maxReadBytes) {
      return status(refusesByName === true ? 0x6c00 | Math.min(maxReadBytes, left) : SW.wrongLength);
    }
    if (le > left && atEnd === "6Cxx") return status(0x6c00 | left);
    const data = file.bytes.slice(offset, offset + Math.min(le, answersAtMost));
    return { data, sw: data.length < le && atEnd === "6282" ? SW.endOfFile : SW.ok };
  }
}
