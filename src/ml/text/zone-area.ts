// In which part of a page may machine-readable rows be, by what the recogniser made of them?
//
// To look for such rows all over a page of print takes many seconds. The recogniser garbles them, but it sees the
// fillers: two rows of capitals, digits and "<" are nothing else.
import type { Gray } from "../page/raster.js";
import type { Box, TextLine, Word } from "../reader.js";

/** What a recogniser of running text makes of fillers. */
const FILLER = /[<«‹]/g;
const LEAST_FILLERS = 2;
const LEAST_LETTERS = 18;
const LEAST_SHARE = 0.8;
/** Room around the rows, in their heights: a third row may not have been seen. */
const MARGIN_ROWS = 4;

const isRow = (text: string): boolean => {
  const letters = text.replaceAll(/\s/g, "");
  if (letters.length < LEAST_LETTERS) return false;
  const ofZone = letters.match(/[A-Z0-9<«‹]/g)?.length ?? 0;
  return ofZone >= LEAST_SHARE * letters.length && (letters.match(FILLER)?.length ?? 0) >= LEAST_FILLERS;
};

/** `null` when no line, or a lone one, looks like such a row. */
export const zoneArea = (
  page: Gray,
  words: readonly Word[],
  lines: readonly Pick<TextLine, "box" | "from" | "to">[],
): Box | null => {
  const rows = lines.filter(({ from, to }) =>
    isRow(
      words
        .slice(from, to)
        .map(({ text }) => text)
        .join(""),
    ),
  );
  if (rows.length < 2) return null;
  const margin = MARGIN_ROWS * Math.max(...rows.map(({ box }) => box.h));
  const left = Math.max(0, Math.floor(Math.min(...rows.map(({ box }) => box.x)) - margin));
  const top = Math.max(0, Math.floor(Math.min(...rows.map(({ box }) => box.y)) - margin));
  const right = Math.min(page.width, Math.ceil(Math.max(...rows.map(({ box }) => box.x + box.w)) + margin));
  const bottom = Math.min(page.height, Math.ceil(Math.max(...rows.map(({ box }) => box.y + box.h)) + margin));
  return { x: left, y: top, w: right - left, h: bottom - top };
};

export const cutGray = (page: Gray, area: Box): Gray => {
  const data = new Uint8Array(area.w * area.h);
  for (let y = 0; y < area.h; y += 1) {
    const from = (area.y + y) * page.width + area.x;
    data.set(page.data.subarray(from, from + area.w), y * area.w);
  }
  return { width: area.w, height: area.h, data };
};
