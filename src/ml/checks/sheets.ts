// Do the pages that are handed in as one paper look like pages of one paper?
import type { Rgb } from "../page/raster.js";
import type { Check } from "./check.js";
import { say } from "./finding.js";

/** How large and how white a page is. */
export interface Sheet {
  /** From 0. */
  readonly page: number;
  /** 0 when the true size is not known. */
  readonly widthMm: number;
  readonly heightMm: number;
  /** sRGB of the bare paper. */
  readonly white: readonly [red: number, green: number, blue: number];
}

const MM_PER_INCH = 25.4;
const GRID = 64;

/** The upper quartile of a coarse grid in each channel: paper is what most of a page is. */
export const sheetOf = (image: Rgb, dpi: number | null, page = 0): Sheet => {
  const levels = [0, 1, 2].map((channel) => {
    const values: number[] = [];
    for (let row = 0; row < GRID; row += 1) {
      for (let column = 0; column < GRID; column += 1) {
        const x = Math.floor(((column + 0.5) * image.width) / GRID);
        const y = Math.floor(((row + 0.5) * image.height) / GRID);
        values.push(image.data[(y * image.width + x) * 3 + channel] ?? 0);
      }
    }
    return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.75)] ?? 0;
  });
  const mm = (pixels: number): number => (dpi === null ? 0 : Math.round((pixels / dpi) * MM_PER_INCH));
  return {
    page,
    widthMm: mm(image.width),
    heightMm: mm(image.height),
    white: [levels[0] ?? 0, levels[1] ?? 0, levels[2] ?? 0],
  };
};

/** A rectified page is true to one part in forty; two papers of one format differ less. */
const SIZE_TOLERANCE = 0.06;
/** Of the ratios red ÷ green and blue ÷ green, which a lamp does not change between two pages. */
const TINT_TOLERANCE = 0.07;

const isOtherSize = (a: Sheet, b: Sheet): boolean => {
  const [shortA, longA] = [Math.min(a.widthMm, a.heightMm), Math.max(a.widthMm, a.heightMm)];
  const [shortB, longB] = [Math.min(b.widthMm, b.heightMm), Math.max(b.widthMm, b.heightMm)];
  if (shortA === 0 || shortB === 0) return false;
  const apart = (one: number, other: number) => Math.abs(one / other - 1) > SIZE_TOLERANCE;
  return apart(shortA, shortB) || apart(longA, longB);
};

const isOtherWhite = ({ white: a }: Sheet, { white: b }: Sheet): boolean => {
  const tint = (white: Sheet["white"], channel: 0 | 2) => white[channel] / Math.max(1, white[1]);
  return ([0, 2] as const).some((channel) => Math.abs(tint(a, channel) - tint(b, channel)) > TINT_TOLERANCE);
};

/** Each page against the first. Weak evidence: a supplement may be printed on other paper. */
export const checkSheets = (paperId: string, sheets: readonly Sheet[]): readonly Check[] => {
  const [first, ...others] = sheets;
  if (first === undefined) return [];
  return others.flatMap((sheet): readonly Check[] => {
    const what = isOtherSize(first, sheet)
      ? say("khác khổ giấy", "has another size")
      : isOtherWhite(first, sheet)
        ? say("khác màu giấy", "has another tint")
        : null;
    if (what === null) return [];
    const [one, other] = [first.page + 1, sheet.page + 1];
    const sentence = say(
      `Trang ${other} ${what.vi} với trang ${one}.`,
      `Page ${other} ${what.en} than page ${one}.`,
    );
    return [{ id: "pages.alike", verdict: "unsure", sentence, page: sheet.page, box: null, paperId }];
  });
};
