// Which bytes tell an ESC/POS printer what to do? (Epson's ESC/POS Command Reference, by command name.)
import type { DotBitmap } from "./printer.js";

export const DLE = 0x10;
export const EOT = 0x04;
export const ENQ = 0x05;
export const DC4 = 0x14;
export const ESC = 0x1b;
export const GS = 0x1d;

/** DLE EOT n: which of the four status bytes. Answered at once, also off-line and with a full buffer. */
export type RealTimeQuery = 1 | 2 | 3 | 4;

export const realTimeStatus = (n: RealTimeQuery): Uint8Array => Uint8Array.of(DLE, EOT, n);

/** DLE ENQ 2: leaves a recoverable error and drops what is buffered. Ignored when there is no such error. */
export const RECOVER_AND_CLEAR = Uint8Array.of(DLE, ENQ, 2);

/** ESC @: modes back to power-on; also switches automatic status back off. */
export const INITIALISE = Uint8Array.of(ESC, 0x40);

/** GS a: automatic status back for on-line/off-line (bit 1), errors (bit 2) and paper (bit 3). */
export const AUTO_STATUS_ON = Uint8Array.of(GS, 0x61, 0x0e);

/** GS r 1: one paper byte, sent in its turn, so everything before it has been processed. */
export const TRANSMIT_PAPER_STATUS = Uint8Array.of(GS, 0x72, 1);

/** GS V 66 0: feeds what was printed last up to the knife and cuts. The knife sits some 12 mm past the head. */
export const FEED_AND_CUT = Uint8Array.of(GS, 0x56, 0x42, 0);

/** d1 … d4 of a process id are printable (32 … 126), so an id has 95⁴ values. */
export const PROCESS_IDS = 95 ** 4;

/** The four id bytes of a job: base 95, most significant first. */
export const processIdOf = (jobId: number): Uint8Array => {
  const id = new Uint8Array(4);
  let rest = jobId % PROCESS_IDS;
  for (let place = 3; place >= 0; place--) {
    id[place] = 32 + (rest % 95);
    rest = Math.floor(rest / 95);
  }
  return id;
};

/** GS ( H <Function 48>: the printer answers with the id when everything before it is on paper. */
export const requestProcessId = (id: Uint8Array): Uint8Array =>
  Uint8Array.of(GS, 0x28, 0x48, 6, 0, 48, 48, ...id);

/** Rows of one strip: 3 mm. A strip that is cut off owes at most its own bytes, and a fault stops us this soon. */
export const STRIP_ROWS = 24;

/** GS v 0 m xL xH yL yH. */
export const RASTER_HEADER_BYTES = 8;

/** GS v 0: a strip of whole dots. The escpos package builds the same bytes by way of four bytes a dot. */
export const rasterImage = ({ widthDots, heightDots, bits }: DotBitmap): Uint8Array => {
  const rowBytes = Math.ceil(widthDots / 8);
  const bytes = new Uint8Array(RASTER_HEADER_BYTES + rowBytes * heightDots);
  const low = (value: number) => value & 0xff;
  bytes.set([GS, 0x76, 0x30, 0, low(rowBytes), rowBytes >> 8, low(heightDots), heightDots >> 8]);
  bytes.set(bits.subarray(0, rowBytes * heightDots), RASTER_HEADER_BYTES);
  return bytes;
};

/** The most bytes a printer can still be waiting for when a strip was cut off. */
export const longestStripBytes = (widthDots: number): number =>
  RASTER_HEADER_BYTES + Math.ceil(widthDots / 8) * STRIP_ROWS;

/** White dots for a printer that waits for the rest of an image; NUL does nothing for one that does not. */
export const padding = (bytes: number): Uint8Array => new Uint8Array(bytes);

/**
 * Changes one dot wherever image bytes spell the start of a real-time command (10 04, 10 05, 10 14): those
 * are executed even inside image data. The dot is set beside one that is black already, so nobody sees it.
 * A DLE at the very end is changed too: before the DLE of a question it would make some models miss that.
 */
export const breakRealTimeCommands = (bits: Uint8Array): Uint8Array => {
  let result = bits;
  const blacken = (at: number, byte: number): void => {
    if (result === bits) result = bits.slice();
    result[at] = byte | 0x08;
  };
  for (let at = 1; at < bits.length; at++) {
    const byte = bits[at] ?? 0;
    if (bits[at - 1] === DLE && (byte === EOT || byte === ENQ || byte === DC4)) blacken(at, byte);
  }
  if (bits.at(-1) === DLE) blacken(bits.length - 1, DLE);
  return result;
};

/** The page in strips of `STRIP_ROWS`, top to bottom, safe to send. */
export const stripsOf = (page: DotBitmap): DotBitmap[] => {
  const rowBytes = Math.ceil(page.widthDots / 8);
  const strips: DotBitmap[] = [];
  for (let top = 0; top < page.heightDots; top += STRIP_ROWS) {
    const heightDots = Math.min(STRIP_ROWS, page.heightDots - top);
    const bits = page.bits.subarray(top * rowBytes, (top + heightDots) * rowBytes);
    strips.push({ widthDots: page.widthDots, heightDots, bits: breakRealTimeCommands(bits) });
  }
  return strips;
};
