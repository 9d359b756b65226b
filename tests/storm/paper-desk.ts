// Which page does a made-up paper give, at once, where the real reading takes ten seconds of processor?
import { type Clock, withDeadline } from "../../src/core/clock.js";
import { FaultError } from "../../src/core/faults.js";
import type { ComposeFrame } from "../../src/hal/sim/camera-sim.js";
import type { PaperReader, ReadPage, ReadRequest } from "../../src/ml/reader.js";

/** A JPEG file as far as the camera's driver looks: markers at both ends, the paper's name between them. */
export const paperFile = (name: string): Uint8Array =>
  new Uint8Array(Buffer.concat([Buffer.of(0xff, 0xd8), Buffer.from(name), Buffer.of(0xff, 0xd9)]));

const EMPTY_TRAY = "empty tray";

/** The camera sees the file that lies there. */
export const composePaper: ComposeFrame = async (_camera, picture) => picture ?? paperFile(EMPTY_TRAY);

const nameOf = (jpeg: Uint8Array): string => Buffer.from(jpeg.subarray(2, -2)).toString();

/** How the reading goes wrong next; real readers do all three. */
export type ReadingTrouble = "unreadable" | "crash" | "stall";

const READING_MS = 4_000;

export class PaperDesk implements PaperReader {
  readonly #clock: Clock;
  readonly trouble: ReadingTrouble[];

  constructor(clock: Clock, trouble: ReadingTrouble[]) {
    this.#clock = clock;
    this.trouble = trouble;
  }

  read({ image, signal, onProgress }: ReadRequest): Promise<ReadPage> {
    return withDeadline(
      this.#clock,
      600_000,
      "reading",
      async (inner) => {
        onProgress?.("finding", 0.5);
        await this.#clock.sleep(READING_MS / 4, inner);
        const trouble = this.trouble.shift();
        if (trouble === "stall") await new Promise(() => {});
        if (trouble === "crash") throw new FaultError("paper.unreadable", "the reading process ended");
        const name = nameOf(image);
        if (name === EMPTY_TRAY) throw new FaultError("paper.absent", "no page on the picture");
        if (trouble === "unreadable") throw new FaultError("paper.unreadable", "no text");
        onProgress?.("reading", 0.5);
        await this.#clock.sleep(READING_MS, inner);
        return pageOf(image, name);
      },
      signal,
    );
  }

  async forget(): Promise<void> {}

  async close(): Promise<void> {}
}

const pageOf = (jpeg: Uint8Array, name: string): ReadPage => ({
  widthPx: 320,
  heightPx: 240,
  dpi: null,
  jpeg,
  text: `Văn bản thử ${name}`,
  words: [],
  lines: [],
  tables: [],
  codes: [],
  checks: [],
  meanConfidence: 0.9,
  paperClass: "unknown",
  fields: [],
  quality: {
    sharpness: 0.9,
    brightness: 0.6,
    glare: 0,
    shadow: 0,
    covered: 0,
    skewDegrees: 0,
    verdict: "good",
    advice: "none",
  },
});
