// What is a sample paper made of, and how are words laid out on it?
import type { KnownPaperClass } from "../../../core/paper-class.js";
import type { Person } from "../people.js";
import type { Random } from "../random.js";

export type SampleKind = KnownPaperClass;

/** What Debian has with every Vietnamese letter. */
export type SampleFont = "notoSerif" | "notoSans" | "dejavuSerif" | "dejavuSans";

export interface Item {
  readonly text: string;
  /** Millimetres of the page; y is the baseline. */
  readonly x: number;
  readonly y: number;
  readonly pt: number;
  readonly face: "regular" | "bold" | "italic";
  readonly align: "left" | "centre" | "right";
  readonly colour?: string;
}

export interface SamplePaper {
  readonly kind: SampleKind;
  /** Which of the forms of this paper; a word for tables and file names. */
  readonly variant: string;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly font: SampleFont;
  readonly items: readonly Item[];
  /** SVG in millimetres, drawn under the text: frames, rules, the seal, the signature. */
  readonly drawing: string;
  /** Where the red seal is, if the paper has one; already part of `drawing`. */
  readonly seal: { readonly x: number; readonly y: number; readonly radius: number } | null;
  readonly tint: string;
  /** What a perfect reader gives, by field key. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Rows of text from top to bottom, as a person would read them out. */
export const paperText = (paper: SamplePaper): string => {
  const rows = new Map<number, Item[]>();
  for (const item of paper.items) rows.set(item.y, [...(rows.get(item.y) ?? []), item]);
  return [...rows.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, items]) =>
      [...items]
        .sort((a, b) => a.x - b.x)
        .map((item) => item.text)
        .join(" "),
    )
    .join("\n");
};

export const INK = "#14141c";
export const MM_PER_PT = 25.4 / 72;

/** Mean advance of Vietnamese text in em, with some room. */
const ADVANCE: Readonly<Record<SampleFont, number>> = {
  notoSerif: 0.54,
  notoSans: 0.54,
  dejavuSerif: 0.6,
  dejavuSans: 0.6,
};

/** Capitals are wider than other letters by this much. */
const CAPITAL = 1.28;

const emWidth = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (letter === letter.toLowerCase() ? 1 : CAPITAL), 0);

export interface SheetShape {
  readonly widthMm: number;
  readonly heightMm: number;
  /** Size of the running text. */
  readonly pt: number;
  readonly left: number;
  readonly right: number;
  /** From baseline to baseline. */
  readonly pitch: number;
  readonly font: SampleFont;
}

export interface Block extends Partial<Omit<Item, "text" | "x" | "y">> {
  readonly x?: number;
  readonly width?: number;
}

export class Sheet {
  readonly items: Item[] = [];
  constructor(readonly shape: SheetShape) {}

  at(x: number, y: number, text: string, options: Partial<Item> = {}): void {
    this.items.push({
      text,
      x,
      y,
      pt: this.shape.pt,
      face: "regular",
      align: "left",
      colour: INK,
      ...options,
    });
  }

  centre(y: number, text: string, options: Partial<Item> = {}): void {
    this.at(this.shape.widthMm / 2, y, text, { align: "centre", ...options });
  }

  /** Wraps at the block's right edge; answers the baseline of the row after it. */
  block(y: number, text: string, { x, width, ...style }: Block = {}): number {
    const left = x ?? this.shape.left;
    const room = width ?? this.shape.widthMm - this.shape.right - left;
    const most = room / ((style.pt ?? this.shape.pt) * MM_PER_PT * ADVANCE[this.shape.font]);
    const anchor = style.align === "centre" ? left + room / 2 : style.align === "right" ? left + room : left;
    let line = "";
    let at = y;
    for (const word of text.split(" ")) {
      if (line !== "" && emWidth(`${line} ${word}`) > most) {
        this.at(anchor, at, line, style);
        at += this.shape.pitch;
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    this.at(anchor, at, line, style);
    return at + this.shape.pitch;
  }

  /** Text from the left margin, wrapped; further cells stand on its first row. */
  row(y: number, text: string, cells: readonly (readonly [x: number, text: string])[] = []): number {
    for (const [x, cell] of cells) this.at(x, y, cell);
    return this.block(y, text);
  }

  /** The heading of the state over the whole width, as on civil status papers. */
  heading(y: number, options: Partial<Item> = {}): void {
    const style = { face: "bold", pt: 13, ...options } as const;
    this.centre(y, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", style);
    this.centre(y + 7, "Độc lập - Tự do - Hạnh phúc", style);
  }

  paper(rest: Pick<SamplePaper, "kind" | "variant" | "drawing" | "tint" | "fields" | "seal">): SamplePaper {
    const { widthMm, heightMm, font } = this.shape;
    return { widthMm, heightMm, font, items: this.items, ...rest };
  }
}

/** A4 in one of the looks that offices give it. */
export const a4 = (random: Random, shape: Partial<SheetShape> = {}): Sheet => {
  const font = random.pick<SampleFont>(["notoSerif", "notoSerif", "notoSerif", "dejavuSerif", "notoSans"]);
  // DejaVu's letters are larger at the same size.
  const pt = (font === "dejavuSerif" ? 11 : 12) + random.integer(0, 2) * 0.5;
  return new Sheet({
    widthMm: 210,
    heightMm: 297,
    pt,
    left: random.integer(20, 26),
    right: 16,
    pitch: 8.2,
    font,
    ...shape,
  });
};

export interface LetterHead {
  /** From the upper authority to the one that issues; the last is printed bold. */
  readonly authorities: readonly string[];
  readonly number?: string;
  /** "Bình Phú, ngày 05 tháng 8 năm 2021". */
  readonly placeAndDate?: string;
}

/** Authority left, state and motto right, each with its rule (Decree 30/2020, annex I); answers the rules' SVG. */
export const letterHead = (sheet: Sheet, y: number, head: LetterHead): string => {
  const { widthMm, font, pitch } = sheet.shape;
  const narrow = font === "notoSerif" || font === "notoSans";
  const pt = narrow ? 11.5 : 10;
  const [leftX, rightX] = [widthMm * 0.255, widthMm * 0.69];
  const step = pitch * 0.72;
  let left = y;
  head.authorities.forEach((authority, index) => {
    const face = index === head.authorities.length - 1 ? "bold" : "regular";
    left = sheet.block(left, authority, { x: leftX - 40, width: 80, align: "centre", face, pt });
    left += step - pitch;
  });
  sheet.at(rightX, y, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", { align: "centre", face: "bold", pt });
  sheet.at(rightX, y + step, "Độc lập - Tự do - Hạnh phúc", { align: "centre", face: "bold", pt: pt + 0.5 });
  const under = Math.max(left, y + 2 * step) + 4.5;
  if (head.number !== undefined) sheet.at(leftX, under, head.number, { align: "centre" });
  if (head.placeAndDate !== undefined)
    sheet.at(rightX, under, head.placeAndDate, { align: "centre", face: "italic" });
  return `${rule(leftX - 13, left - step + 2, 26)}${rule(rightX - 28, y + step + 2, 56)}`;
};

export const rule = (x: number, y: number, width: number): string =>
  `<path d="M${x.toFixed(2)} ${y.toFixed(2)}h${width}" stroke="${INK}" stroke-width="0.35"/>`;

/** Round red seal with a star: what a real paper has where the signature stands. */
export const sealSvg = ({ x, y, radius }: NonNullable<SamplePaper["seal"]>): string => {
  const points = Array.from({ length: 10 }, (_, i) => {
    const r = i % 2 === 0 ? radius * 0.4 : radius * 0.16;
    const a = (Math.PI * i) / 5 - Math.PI / 2;
    return `${(x + r * Math.cos(a)).toFixed(2)},${(y + r * Math.sin(a)).toFixed(2)}`;
  }).join(" ");
  const width = radius / 18;
  return `<g opacity="0.75" fill="none" stroke="#c4161c" stroke-width="${width.toFixed(2)}"><circle cx="${x}" cy="${y}" r="${radius}"/><circle cx="${x}" cy="${y}" r="${(radius * 0.72).toFixed(2)}" stroke-width="${(width / 2).toFixed(2)}"/><polygon points="${points}" fill="#c4161c"/></g>`;
};

/** `size` 1 is a signature of about 30 mm. */
export const signatureSvg = (x: number, y: number, random: Random, size = 1): string => {
  let path = `M${x} ${y}`;
  const step = (low: number, high: number) => (random.between(low, high) * size).toFixed(1);
  for (let i = 0; i < 5; i += 1) path += ` q${step(1, 5)} ${step(-9, -3)} ${step(3, 8)} ${step(-2, 3)}`;
  return `<path d="${path}" fill="none" stroke="#1a2f8a" stroke-width="${(0.5 * Math.max(0.5, size)).toFixed(2)}"/>`;
};

export interface Signed {
  readonly x: number;
  readonly y: number;
  readonly titles: readonly string[];
  readonly name: string;
}

/** Titles, room for signature and seal, and the name under it; the seal covers a third of the signature. */
export const signatureBlock = (
  sheet: Sheet,
  { x, y, titles, name }: Signed,
  random: Random,
): { readonly svg: string; readonly seal: NonNullable<SamplePaper["seal"]>; readonly bottom: number } => {
  titles.forEach((title, index) => {
    sheet.at(x, y + index * 6, title, { align: "centre", face: "bold" });
  });
  const top = y + (titles.length - 1) * 6;
  sheet.at(x, top + 33, name, { align: "centre", face: "bold" });
  // Over a third of the signature, and never over the name (Decree 30/2020, annex I).
  const seal = { x: x - 17, y: top + 14, radius: 14 };
  return { svg: `${sealSvg(seal)}${signatureSvg(x - 8, top + 20, random)}`, seal, bottom: top + 33 };
};

export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export const inventDay = (random: Random, year: number): Day => ({
  year,
  month: random.integer(1, 12),
  day: random.integer(1, 28),
});

/** "ngày 05 tháng 8 năm 2021": day and the first two months with a nought (Decree 30/2020). */
export const dayInSentence = ({ year, month, day }: Day): string =>
  `ngày ${String(day).padStart(2, "0")} tháng ${month < 3 ? `0${month}` : month} năm ${year}`;

/** The name of a place without its kind: "xã Bình Phú" gives "Bình Phú". */
export const bareName = (place: string): string =>
  place.replace(/^(xã|phường|thị trấn|huyện|quận|thị xã|thành phố|tỉnh) /, "");

export const upperName = (person: Person): string => person.name.toUpperCase();

/** First letter of a sentence. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
