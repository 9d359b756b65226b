// How much of a file is known, and do the bytes that follow belong to it?
import { concatBytes, expectTlv, malformed, readTlvHeader } from "../tlv.js";
import type { FileSpec } from "./files.js";

export class PartialFile {
  readonly spec: FileSpec;
  #bytes: Uint8Array = new Uint8Array();
  #total: number | null = null;

  constructor(spec: FileSpec) {
    this.spec = spec;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Bytes still to be read, or `null` before the header is known. */
  get left(): number | null {
    return this.#total === null ? null : this.#total - this.#bytes.length;
  }

  get total(): number | null {
    return this.#total;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Takes bytes that start at `offset`; those that are known already have to be the same. */
  take(offset: number, data: Uint8Array): void {
    const known = this.#bytes.subarray(offset, offset + data.length);
    if (!known.every((byte, index) => byte === data[index])) {
      throw malformed(`${this.spec.name}: the card that came back has other content`);
    }
    this.#bytes = concatBytes(this.#bytes, data.subarray(known.length));
    this.#readHeader();
    if (this.#total !== null) this.#bytes = this.#bytes.subarray(0, this.#total);
  }

  #readHeader(): void {
    if (this.#total !== null) return;
    const header = readTlvHeader(this.#bytes);
    if (header === null) return;
    const { name, tag, maxBytes } = this.spec;
    this.#total = header.headerBytes + header.valueBytes;
    if (header.tag !== tag) expectTlv(this.#bytes, tag, name);
    if (this.#total > maxBytes) {
      throw malformed(`${name}: its header says ${this.#total} bytes, ${maxBytes} are the most`);
    }
  }
}
