// Which words of a page were set in one go, side by side on one line?
import type { Box, TextLine, Word } from "../reader.js";
import { median } from "./median.js";

/** Indexes into the page's words, from left to right. */
export type Segment = readonly number[];

/** Of the line's height: cells of a form, and columns, stand further apart, and may come from elsewhere. */
const GAP = 1.6;

export const segmentsOf = (words: readonly Word[], lines: readonly TextLine[]): readonly Segment[] =>
  lines.flatMap(({ from, to, script }): readonly Segment[] => {
    const own = words.slice(from, to);
    if (script !== "print" || own.length < 2) return [];
    const height = median(own.map(({ box }) => box.h));
    const out: number[][] = [];
    own.forEach(({ box }, place) => {
      const before = own[place - 1]?.box;
      if (before === undefined || box.x - (before.x + before.w) > GAP * height) out.push([]);
      out.at(-1)?.push(from + place);
    });
    return out.filter(({ length }) => length >= 2);
  });

/** Every run of one to `most` words that leaves some of the segment over. */
export const runsIn = (segment: Segment, most: number): readonly Segment[] =>
  segment.flatMap((_, from) =>
    Array.from({ length: Math.min(most, segment.length - from) }, (__, more) =>
      segment.slice(from, from + more + 1),
    ).filter(({ length }) => length < segment.length),
  );

export const boxAround = (boxes: readonly Box[]): Box => {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.w));
  return { x, y, w: right - x, h: Math.max(...boxes.map((box) => box.y + box.h)) - y };
};
