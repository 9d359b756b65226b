// How do several threads read one page, and how many may there be?
import { type Band, bandsOf } from "./lines/bands.js";
import type { Line } from "./lines/reading-order.js";
import { OcrThread, type Reading, type Recogniser } from "./ocr.js";
import type { Gray } from "./page/raster.js";

const rowsOf = ({ width, data }: Gray, { from, to }: Band): Gray => ({
  width,
  height: to - from,
  data: data.subarray(from * width, to * width),
});

const lowered = (line: Line, by: number): Line =>
  line.map((word) => ({ ...word, box: { ...word.box, y: word.box.y + by } }));

/**
 * Threads that take whatever is to be read, in its order. A whole page is cut at blank rows and its bands are read
 * side by side. A crash fails what that thread was reading and no more: the thread starts afresh with its next turn.
 */
export class OcrPool implements Recogniser {
  readonly #count: number;
  readonly #idle: OcrThread[];
  readonly #waiting: ((thread: OcrThread) => void)[] = [];

  constructor(threads: number) {
    this.#count = Math.max(1, Math.floor(threads));
    this.#idle = Array.from({ length: this.#count }, () => new OcrThread());
  }

  async recognise(image: Gray, reading: Reading = {}): Promise<readonly Line[]> {
    const { layout = "page", onFraction, onTaken } = reading;
    if (layout !== "page") return this.#recognise(image, reading);
    const bands = bandsOf(image, this.#count);
    const fractions = bands.map(() => 0);
    let left = bands.length;
    const read = bands.map(async (band, index) => {
      const lines = await this.#recognise(rowsOf(image, band), {
        ...reading,
        onFraction: (fraction) => {
          fractions[index] = fraction;
          onFraction?.(fractions.reduce((sum, value) => sum + value, 0) / bands.length);
        },
        onTaken: () => {
          left -= 1;
          if (left === 0) onTaken?.();
        },
      });
      return lines.map((line) => lowered(line, band.from));
    });
    return (await Promise.all(read)).flat();
  }

  /** Ends the threads that have nothing to read; the next page starts others. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.map((thread) => thread.end()));
  }

  async #recognise(image: Gray, reading: Reading): Promise<readonly Line[]> {
    const thread = this.#idle.pop() ?? (await new Promise<OcrThread>((give) => this.#waiting.push(give)));
    try {
      return await thread.recognise(image, reading);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(thread);
      else next(thread);
    }
  }
}
