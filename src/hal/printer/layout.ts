// Which dots show a slip?
import type { DotPicture, Layout, LayoutLine } from "../../core/layout.js";
import { blank, fillRect, paste, stack } from "./bitmap.js";
import type { DotBitmap } from "./printer.js";
import { qrBitmap } from "./qr.js";
import { type LineMetrics, measureLines, type TextStyle, textBitmap } from "./text.js";

const DOTS_PER_MM = 8;
/** Cutters and mechanisms are off by up to a millimetre to the side. */
const MARGIN_DOTS = 8;
const GAP_DOTS = 12;
const ITEM_GAP_DOTS = 6;
const MIN_EM_DOTS = 20;
/** Strips kept at most; a slip has about 15 that never change. */
const KEPT_STRIPS = 64;

type Size = "small" | "normal" | "large" | "huge";

/** Em in dots, narrow paper and wide: 32 dots are 4 mm, the 11 point of large-print leaflets. */
const EM_DOTS: Readonly<Record<Size, readonly [narrow: number, wide: number]>> = {
  small: [22, 26],
  normal: [26, 32],
  large: [33, 42],
  huge: [58, 84],
};
/** A short number is not made larger than this part of the paper's width: three digits of 25 mm on wide paper. */
const HUGE_EM_FRACTION = 0.45;
/** A heading that needs two lines is set in two of about the same length. */
const BALANCE_STEPS = 6;

const WIDE_FROM_DOTS = 500;

/**
 * Strips by line and width, so that headings are laid out once. What is laid out through it stays in memory
 * until `forget` is called: the caller does that at the end of each visit, or drops the whole object.
 */
export class StripCache {
  readonly #strips = new Map<string, DotBitmap>();
  readonly #metrics = new Map<string, Promise<LineMetrics>>();

  get size(): number {
    return this.#strips.size;
  }

  forget(): void {
    this.#strips.clear();
  }

  async strip(key: string, make: () => Promise<DotBitmap>): Promise<DotBitmap> {
    const kept = this.#strips.get(key);
    if (kept !== undefined) return kept;
    const strip = await make();
    const [oldest] = this.#strips.keys();
    if (this.#strips.size >= KEPT_STRIPS && oldest !== undefined) this.#strips.delete(oldest);
    this.#strips.set(key, strip);
    return strip;
  }

  /** Line heights of a size; nothing of any text is in them, so `forget` leaves them. */
  metrics(style: TextStyle): Promise<LineMetrics> {
    const key = `${style.emDots} ${style.bold}`;
    const known = this.#metrics.get(key);
    if (known !== undefined) return known;
    // The promise is kept, so that lines that are drawn side by side measure once.
    const measured = measureLines(style);
    this.#metrics.set(key, measured);
    measured.catch(() => this.#metrics.delete(key));
    return measured;
  }
}

class Painter {
  readonly #widthDots: number;
  readonly #innerDots: number;
  readonly #cache: StripCache;

  constructor(widthDots: number, cache: StripCache) {
    this.#widthDots = widthDots;
    this.#innerDots = widthDots - 2 * MARGIN_DOTS;
    this.#cache = cache;
  }

  paint(line: LayoutLine): Promise<DotBitmap> {
    switch (line.kind) {
      case "text":
        return this.#text(line);
      case "item":
        return this.#item(line.marker, line.text);
      case "pair":
        return this.#pair(line.label, line.value);
      case "qr":
        return this.#qr(line.text, line.widthFraction);
      case "picture":
        return Promise.resolve(this.#picture(line.picture));
      case "rule":
        return Promise.resolve(this.#rule());
      case "space":
        return Promise.resolve(blank(this.#widthDots, Math.round(line.millimetres * DOTS_PER_MM)));
    }
  }

  #emDots(size: Size): number {
    return EM_DOTS[size][this.#widthDots >= WIDE_FROM_DOTS ? 1 : 0];
  }

  async #words(text: string, style: TextStyle): Promise<DotBitmap> {
    return textBitmap(text, style, await this.#cache.metrics(style));
  }

  /** One line, as large as the paper is wide. */
  async #fitted(text: string, given: TextStyle): Promise<DotBitmap> {
    // Pango would wrap by the letters' advance widths, a little before their ink is at the edge.
    const style = { ...given, maxWidthDots: 8 * this.#widthDots };
    const measured = await this.#words(text, style);
    const fitting = Math.floor((style.emDots * this.#innerDots) / Math.max(1, measured.widthDots));
    let emDots = Math.min(fitting, Math.round(this.#widthDots * HUGE_EM_FRACTION));
    let words = await this.#words(text, { ...style, emDots });
    while (words.widthDots > this.#innerDots && emDots > MIN_EM_DOTS) {
      emDots -= 1;
      words = await this.#words(text, { ...style, emDots });
    }
    return words;
  }

  async #balanced(text: string, style: TextStyle): Promise<DotBitmap> {
    let best = await this.#words(text, style);
    const { pitchDots } = await this.#cache.metrics(style);
    let narrowest = style.maxWidthDots / Math.max(1, Math.round(best.heightDots / pitchDots));
    let widest = style.maxWidthDots;
    for (let step = 0; step < BALANCE_STEPS && best.heightDots > pitchDots; step++) {
      const maxWidthDots = Math.round((narrowest + widest) / 2);
      const words = await this.#words(text, { ...style, maxWidthDots });
      if (words.heightDots <= best.heightDots) {
        best = words;
        widest = maxWidthDots;
      } else narrowest = maxWidthDots;
    }
    return best;
  }

  async #text(line: Extract<LayoutLine, { kind: "text" }>): Promise<DotBitmap> {
    const style: TextStyle = {
      emDots: this.#emDots(line.size),
      bold: line.bold,
      align: line.align,
      maxWidthDots: this.#innerDots,
    };
    const words =
      line.size === "huge"
        ? await this.#fitted(line.text, style)
        : line.align === "centre"
          ? await this.#balanced(line.text, style)
          : await this.#words(line.text, style);
    const strip = blank(this.#widthDots, words.heightDots);
    const left = line.align === "left" ? MARGIN_DOTS : Math.floor((this.#widthDots - words.widthDots) / 2);
    paste(strip, words, left, 0);
    return strip;
  }

  async #item(marker: string, text: string): Promise<DotBitmap> {
    const style = { emDots: this.#emDots("normal"), align: "left" } as const;
    const mark = await this.#words(marker, { ...style, bold: true, maxWidthDots: this.#innerDots });
    const indent = MARGIN_DOTS + Math.max(mark.widthDots, style.emDots) + GAP_DOTS;
    const maxWidthDots = this.#widthDots - MARGIN_DOTS - indent;
    const words = await this.#words(text, { ...style, bold: false, maxWidthDots });
    const strip = blank(this.#widthDots, Math.max(mark.heightDots, words.heightDots) + ITEM_GAP_DOTS);
    paste(strip, mark, MARGIN_DOTS, 0);
    paste(strip, words, indent, 0);
    return strip;
  }

  /** Side by side when both fit on a line, else the value below its label. */
  async #pair(label: string, value: string): Promise<DotBitmap> {
    const style = { emDots: this.#emDots("normal"), align: "left", maxWidthDots: this.#innerDots } as const;
    const left = await this.#words(label, { ...style, bold: false });
    const right = await this.#words(value, { ...style, bold: true });
    const { pitchDots } = await this.#cache.metrics({ ...style, bold: true });
    const fits =
      left.heightDots <= pitchDots &&
      right.heightDots <= pitchDots &&
      left.widthDots + GAP_DOTS + right.widthDots <= this.#innerDots;
    const strip = blank(
      this.#widthDots,
      fits ? Math.max(left.heightDots, right.heightDots) : left.heightDots + right.heightDots,
    );
    paste(strip, left, MARGIN_DOTS, 0);
    if (fits) paste(strip, right, this.#widthDots - MARGIN_DOTS - right.widthDots, 0);
    else paste(strip, right, MARGIN_DOTS, left.heightDots);
    return strip;
  }

  #picture(picture: DotPicture): DotBitmap {
    if (picture.widthDots > this.#widthDots)
      throw new RangeError(`a picture of ${picture.widthDots} dots does not fit on ${this.#widthDots}`);
    const strip = blank(this.#widthDots, picture.heightDots);
    paste(strip, picture, Math.floor((this.#widthDots - picture.widthDots) / 2), 0);
    return strip;
  }

  async #qr(text: string, widthFraction: number): Promise<DotBitmap> {
    const qr = await qrBitmap(text, Math.floor(this.#widthDots * widthFraction));
    if (qr.widthDots > this.#widthDots)
      throw new RangeError(`a QR code of ${qr.widthDots} dots does not fit on ${this.#widthDots}`);
    const strip = blank(this.#widthDots, qr.heightDots);
    paste(strip, qr, Math.floor((this.#widthDots - qr.widthDots) / 2), 0);
    return strip;
  }

  #rule(): DotBitmap {
    const strip = blank(this.#widthDots, 17);
    fillRect(strip, { x: MARGIN_DOTS, y: 7, width: this.#innerDots, height: 2 });
    return strip;
  }
}

/** The whole slip. Without a `cache` nothing of it is kept. */
export const renderLayout = async (
  layout: Layout,
  widthDots: number,
  cache: StripCache = new StripCache(),
): Promise<DotBitmap> => {
  const painter = new Painter(widthDots, cache);
  // Side by side: each line's letters are drawn on a thread of the library's own.
  const strips = await Promise.all(
    layout.map((line) =>
      // A picture is dots already; as a key it would be longer than what it is the key of.
      line.kind === "picture"
        ? painter.paint(line)
        : cache.strip(`${widthDots} ${JSON.stringify(line)}`, () => painter.paint(line)),
    ),
  );
  return stack(widthDots, strips);
};
