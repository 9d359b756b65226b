// Where does one JPEG end and the next begin in what `libcamera-vid --codec mjpeg` writes?
//
// ITU-T T.81, annex B: a picture runs from SOI to EOI; a segment after a marker says its length, so that a
// thumbnail inside one is passed over; within entropy-coded data FF is followed by 00 or by a restart marker.

const MARKER = 0xff;
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;

/** A preview frame has some hundred kB; what is longer is no picture. */
export const MAX_PREVIEW_BYTES = 16 * 1_048_576;
const FIRST_BYTES = 65_536;

type State = "seeking" | "marker" | "code" | "lengthHigh" | "lengthLow" | "segment" | "scan" | "scanMarker";

/** Memory is bounded by `MAX_PREVIEW_BYTES`, whatever comes. */
export class MjpegSplitter {
  #state: State = "seeking";
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;
  #segmentLeft = 0;
  #inScan = false;
  #lastByte = 0;
  #broken = 0;

  /** Pictures that began and were no JPEG; grows. */
  get broken(): number {
    return this.#broken;
  }

  /** Whole pictures, each a copy. */
  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) at = this.#step(chunk, at, frames);
    return frames;
  }

  /** Consumes at least one byte; gives the place of the next. */
  #step(chunk: Uint8Array, at: number, frames: Uint8Array[]): number {
    if (this.#state === "segment")
      return this.#copy(chunk, at, Math.min(chunk.length, at + this.#segmentLeft));
    if (this.#state === "scan") {
      const found = chunk.indexOf(MARKER, at);
      if (found !== at) return this.#copy(chunk, at, found < 0 ? chunk.length : found);
    }
    const byte = chunk[at] ?? 0;
    if (this.#state !== "seeking" && !this.#append(chunk.subarray(at, at + 1))) return at + 1;
    this.#take(byte, frames);
    return at + 1;
  }

  #take(byte: number, frames: Uint8Array[]): void {
    switch (this.#state) {
      case "seeking":
        if (this.#lastByte === MARKER && byte === SOI) this.#begin();
        else this.#lastByte = byte;
        return;
      case "marker":
        if (byte === MARKER) this.#state = "code";
        else this.#break();
        return;
      case "code":
        this.#onCode(byte, frames);
        return;
      case "lengthHigh":
        this.#segmentLeft = byte << 8;
        this.#state = "lengthLow";
        return;
      case "lengthLow":
        // The length counts its own two bytes.
        this.#segmentLeft += byte - 2;
        if (this.#segmentLeft < 0) this.#break();
        else this.#state = this.#segmentLeft > 0 ? "segment" : this.#inScan ? "scan" : "marker";
        return;
      case "scan":
        this.#state = "scanMarker";
        return;
      case "scanMarker":
        if (byte === 0 || (byte >= 0xd0 && byte <= 0xd7)) this.#state = "scan";
        else if (byte !== MARKER) this.#onCode(byte, frames);
        return;
      case "segment":
    }
  }

  #onCode(byte: number, frames: Uint8Array[]): void {
    this.#inScan = byte === SOS;
    if (byte === EOI) {
      frames.push(this.#bytes.slice(0, this.#length));
      this.#reset();
    } else if (byte === SOI) {
      // The picture before was cut off and the next one begins here.
      this.#broken += 1;
      this.#begin();
    } else if (byte === MARKER) this.#state = "code";
    else if (byte === 0 || (byte >= 0xd0 && byte <= 0xd7)) this.#break();
    else this.#state = "lengthHigh";
  }

  #copy(chunk: Uint8Array, from: number, to: number): number {
    if (this.#state === "segment") {
      this.#segmentLeft -= to - from;
      if (this.#segmentLeft === 0) this.#state = this.#inScan ? "scan" : "marker";
    }
    this.#append(chunk.subarray(from, to));
    return to;
  }

  #append(part: Uint8Array): boolean {
    if (this.#length + part.length > MAX_PREVIEW_BYTES) {
      this.#break();
      return false;
    }
    if (this.#length + part.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + part.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
    return true;
  }

  #begin(): void {
    this.#reset();
    this.#bytes.set([MARKER, SOI]);
    this.#length = 2;
    this.#state = "marker";
  }

  #break(): void {
    this.#broken += 1;
    this.#reset();
  }

  #reset(): void {
    this.#state = "seeking";
    this.#length = 0;
    this.#lastByte = 0;
    this.#segmentLeft = 0;
    this.#inScan = false;
    if (this.#bytes.length > 4 * 1_048_576) this.#bytes = new Uint8Array(FIRST_BYTES);
  }
}
