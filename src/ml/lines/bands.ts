// Where can a page be cut so that no line of writing is, and each piece is about as much work?
import type { Gray } from "../page/raster.js";

/** Rows of a page, `to` not included. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/** Of 255 on flattened paper. */
const INK_BELOW = 160;
/** Of the page's width: specks of the sensor's noise, and no letter. */
const SPECKS = 1 / 900;
/** Of the page's height: marks stand nearer to their letters than this, and lines of one paragraph often do. */
const LEAST_GAP = 0.006;
/** Of the strokes: a piece with fewer is not worth a cut. */
const LEAST_SHARE = 0.15;
/** A cut may be this far from an even share, as a part of the strokes; a tall gap is worth some of that. */
const MOST_UNEVEN = 0.2;
const TALL_GAP = 0.03;
const TALL_WORTH = 0.05;

/** Strokes that each row crosses, which bold print and a seal have no more of; none where there are but specks. */
const strokesOfRows = ({ width, height, data }: Gray): Uint32Array => {
  const strokes = new Uint32Array(height);
  const specks = Math.floor(width * SPECKS);
  for (let y = 0, at = 0; y < height; y += 1) {
    let [dark, crossed, before] = [0, 0, 0];
    for (const end = at + width; at < end; at += 1) {
      const here = (data[at] as number) < INK_BELOW ? 1 : 0;
      dark += here;
      crossed += here & (before ^ 1);
      before = here;
    }
    strokes[y] = dark > specks ? crossed : 0;
  }
  return strokes;
};

interface Gap {
  readonly middle: number;
  readonly rows: number;
  /** Strokes above it. */
  readonly above: number;
}

/** Blank rows between written ones. */
const gapsOf = (strokes: Uint32Array): readonly Gap[] => {
  const gaps: Gap[] = [];
  let [above, blank] = [0, 0];
  strokes.forEach((crossed, y) => {
    if (crossed === 0) {
      blank += 1;
      return;
    }
    if (above > 0 && blank > 0) gaps.push({ middle: y - Math.ceil(blank / 2), rows: blank, above });
    above += crossed;
    blank = 0;
  });
  return gaps;
};

/**
 * At most `count` bands that together are the whole page, from top to bottom. A page whose writing leaves no blank
 * rows over its whole width at the right places (a table with upright rules, a photograph) gives fewer, or itself.
 */
export const bandsOf = (page: Gray, count: number): readonly Band[] => {
  if (count <= 1) return [{ from: 0, to: page.height }];
  const strokes = strokesOfRows(page);
  const all = strokes.reduce((sum, crossed) => sum + crossed, 0);
  const gaps = gapsOf(strokes).filter(({ rows }) => rows >= LEAST_GAP * page.height);
  const bands: Band[] = [];
  let [from, before] = [0, 0];
  for (let cut = 1; cut < count; cut += 1) {
    const cost = ({ rows, above }: Gap): number =>
      Math.abs(above / all - cut / count) - TALL_WORTH * Math.min(1, rows / (TALL_GAP * page.height));
    const [best] = gaps
      .filter(
        ({ above }) =>
          above - before >= LEAST_SHARE * all &&
          all - above >= LEAST_SHARE * all &&
          Math.abs(above / all - cut / count) <= MOST_UNEVEN,
      )
      .sort((a, b) => cost(a) - cost(b));
    if (best === undefined) continue;
    bands.push({ from, to: best.middle });
    [from, before] = [best.middle, best.above];
  }
  return [...bands, { from, to: page.height }];
};
