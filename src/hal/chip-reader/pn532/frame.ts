// How does the PN532 wrap a command and its answer in bytes? (NXP UM0701-02, section 6.2.1)
//
//   normal      00 | 00 FF | LEN LCS | TFI PD… | DCS | 00          LEN = TFI and PD, 1 … 255
//   extended    00 | 00 FF | FF FF | LENhi LENlo LCS | TFI PD… | DCS | 00     up to 265
//   ACK         00 | 00 FF | 00 FF | 00      NACK   00 | 00 FF | FF 00 | 00
//   error       00 | 00 FF | 01 FF | 7F | 81 | 00
// LEN + LCS = 0 and TFI + PD… + DCS = 0, modulo 256. Pre- and postamble carry nothing.

/** Host to PN532. */
export const TFI_COMMAND = 0xd4;
/** PN532 to host. */
export const TFI_ANSWER = 0xd5;
const TFI_ERROR = 0x7f;

/** Bytes after TFI; one less than LEN's highest value. */
export const MAX_BODY_BYTES = 264;
/** Preamble, start code, extended header, TFI and body, DCS, postamble. */
export const MAX_FRAME_BYTES = 3 + 5 + 1 + MAX_BODY_BYTES + 2;

export const ACK_FRAME: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0x00, 0xff, 0x00);
export const NACK_FRAME: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0x00, 0x00);
export const ERROR_FRAME: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0x01, 0xff, TFI_ERROR, 0x81, 0x00);

export type Tfi = typeof TFI_COMMAND | typeof TFI_ANSWER;

export type Frame =
  | { readonly kind: "ack" | "nack" | "error" }
  /** `body` starts with the command code (host) or command code + 1 (chip). */
  | { readonly kind: "data"; readonly tfi: Tfi; readonly body: Uint8Array };

const sumOf = (bytes: Uint8Array): number => {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum;
};

/** Body of 1 … 264 bytes; throws `RangeError` otherwise. Extended only when it must be. */
export const encodeFrame = (tfi: Tfi, body: Uint8Array): Uint8Array => {
  if (body.length < 1 || body.length > MAX_BODY_BYTES) {
    throw new RangeError(`a PN532 frame carries 1 to ${MAX_BODY_BYTES} bytes, not ${body.length}`);
  }
  const length = body.length + 1;
  const high = length >> 8;
  const low = length & 0xff;
  const header = length <= 0xff ? [length, -length & 0xff] : [0xff, 0xff, high, low, -(high + low) & 0xff];
  const checksum = -(tfi + sumOf(body)) & 0xff;
  return Uint8Array.of(0x00, 0x00, 0xff, ...header, tfi, ...body, checksum, 0x00);
};

/**
 * What stands at a start code: a frame and its length (`null`: a data frame whose checksum is wrong);
 * "short": too little to tell; "cut": a data frame whose end has not come; "false": no frame's start.
 */
type Found = { readonly frame: Frame | null; readonly bytes: number } | "short" | "cut" | "false";

const dataAt = (buffer: Uint8Array, payloadAt: number, length: number): Found => {
  const end = payloadAt + length;
  const tfi = buffer[payloadAt];
  if (tfi === undefined) return "short";
  const isError = tfi === TFI_ERROR && length === 1;
  const isData = (tfi === TFI_COMMAND || tfi === TFI_ANSWER) && length > 1;
  if (!isError && !isData) return "false";
  if (buffer.length <= end) return "cut";
  if (sumOf(buffer.subarray(payloadAt, end + 1)) !== 0) return { frame: null, bytes: end + 1 };
  if (isError) return { frame: { kind: "error" }, bytes: end + 1 };
  return { frame: { kind: "data", tfi: tfi as Tfi, body: buffer.slice(payloadAt + 1, end) }, bytes: end + 1 };
};

/** `buffer` begins with the start code 00 FF. */
const frameAt = (buffer: Uint8Array): Found => {
  const [, , length, check] = buffer;
  if (length === undefined || check === undefined) return "short";
  if (length === 0x00 && check === 0xff) return { frame: { kind: "ack" }, bytes: 4 };
  if (length === 0xff && check === 0x00) return { frame: { kind: "nack" }, bytes: 4 };
  if (length === 0xff && check === 0xff) {
    const [, , , , high, low, sum] = buffer;
    if (high === undefined || low === undefined || sum === undefined) return "short";
    const long = (high << 8) | low;
    if (((high + low + sum) & 0xff) !== 0 || long < 1 || long > MAX_BODY_BYTES + 1) return "false";
    return dataAt(buffer, 7, long);
  }
  if (((length + check) & 0xff) !== 0 || length === 0) return "false";
  return dataAt(buffer, 4, length);
};

/**
 * Finds frames in a stream with arbitrary chunk boundaries and noise between them. Behind a broken frame
 * nothing counts until the line was quiet: what looks like a frame there may be data of the broken one (or
 * of one that a false header in noise ran into). What is lost that way is asked for again (NACK).
 */
export class FrameDecoder {
  #buffer: Uint8Array = new Uint8Array(0);
  #noise = false;
  #brokenFrame = false;

  /** Since the last whole frame, bytes came that are none (yet): noise, or the first part of one. */
  get suspect(): boolean {
    return this.#noise || this.#buffer.length > 1;
  }

  /** Until `reset`: a data frame came that is cut short or has a wrong checksum. */
  get brokenFrame(): boolean {
    return this.#brokenFrame;
  }

  /** Never more than one frame's. */
  get bufferedBytes(): number {
    return this.#buffer.length;
  }

  push(chunk: Uint8Array): Frame[] {
    if (this.#brokenFrame) return [];
    const joined = new Uint8Array(this.#buffer.length + chunk.length);
    joined.set(this.#buffer);
    joined.set(chunk, this.#buffer.length);
    this.#buffer = joined;
    return this.#scan(false);
  }

  /** The line has gone quiet: what is unfinished stays unfinished. */
  settle(): Frame[] {
    return this.#scan(true);
  }

  reset(): void {
    this.#buffer = new Uint8Array(0);
    this.#noise = false;
    this.#brokenFrame = false;
  }

  #scan(quiet: boolean): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    for (;;) {
      const start = this.#nextStart(at);
      this.#noteNoise(at, start);
      at = start;
      if (at >= this.#buffer.length - 1) break;
      const found = frameAt(this.#buffer.subarray(at));
      if (typeof found === "object" && found.frame !== null) {
        frames.push(found.frame);
        at += found.bytes;
        this.#noise = false;
      } else if (found === "false" || (found === "short" && quiet)) {
        this.#noise = true;
        at += 2;
      } else {
        this.#brokenFrame = typeof found === "object" || quiet;
        break;
      }
    }
    if (this.#brokenFrame) this.#noise = true;
    this.#buffer = quiet || this.#brokenFrame ? new Uint8Array(0) : this.#buffer.slice(at);
    return frames;
  }

  /** Index of the next start code, or of a last byte that could begin one, or the end. */
  #nextStart(from: number): number {
    const { length } = this.#buffer;
    for (let i = from; i < length; i++) {
      if (this.#buffer[i] === 0x00 && (i + 1 === length || this.#buffer[i + 1] === 0xff)) return i;
    }
    return length;
  }

  /** Zeros are pre- and postambles; anything else between frames is not the chip's. */
  #noteNoise(from: number, to: number): void {
    if (this.#buffer.subarray(from, to).some((byte) => byte !== 0x00)) this.#noise = true;
  }
}
