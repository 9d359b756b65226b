// In which part of a page may machine-readable rows be, by what the recogniser made of them?
//
// To look for such rows all over a page of print takes many seconds. The recogniser garbles them, but it sees the
// fillers: two rows of capitals, digits and "<" are nothing else, nor is one with a run's worth of "<".
import type { Gray } from "../page/raster.js";
import type { Box, TextLine, Word } from "../reader.js";

/** What a recogniser of running text makes of fillers. */
const FILLER = /[<«‹]/g;
const LEAST_FILLERS = 2;
/** Three guillemets in a row of capitals may be print; so many are fillers. */
const SURE_FILLERS = 6;
const LEAST_LETTERS = 18;
const LEAST_SHARE = 0.8;
/** Room around the rows, in their heights: a third row may not have been seen. */
const MARGIN_ROWS = 4;

/** The fillers of a row; 0 for what is none. */
const fillersOf = (text: string): number => {
  const letters = text.replaceAll(/\s/g, "");
  if (letters.length < LEAST_LETTERS) return 0;
  const ofZone = letters.match(/[A-Z0-9<«‹]/g)?.length ?? 0;
  const fillers = letters.match(FILLER)?.length ?? 0;
  return ofZone >= LEAST_SHARE * letters.length && fillers >= LEAST_FILLERS ? fillers : 0;
};

/** `null` when no line looks like such a row, or a lone one with few fillers. */
export const zoneArea = (
  page: Gray,
  words: readonly Word[],
  lines: readonly Pick<TextLine, "box" | "from" | "to">[],
): Box | null => {
  const rows = lines.filter(({ from, to }) => {
    const text = words.slice(from, to).map((word) => word.text);
    return fillersOf(text.join("")) > 0;
  });
  // Of a card that lies askew the rows run into one line, with other print; in poor light one may be all that was seen.
  const sure = words.filter(({ text }) => fillersOf(text) >= SURE_FILLERS);
  if (rows.length < 2 && sure.length === 0) return null;
  const seen = rows.length < 2 ? sure : rows;
  const margin = MARGIN_ROWS * Math.max(...seen.map(({ box }) => box.h));
  const left = Math.max(0, Math.floor(Math.min(...seen.map(({ box }) => box.x)) - margin));
  const top = Math.max(0, Math.floor(Math.min(...seen.map(({ box }) => box.y)) - margin));
  const right = Math.min(page.width, Math.ceil(Math.max(...seen.map(({ box }) => box.x + box.w)) + margin));
  const bottom = Math.min(page.height, Math.ceil(Math.max(...seen.map(({ box }) => box.y + box.h)) + margin));
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
