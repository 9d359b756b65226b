// Where do the letters of a line stand, and how do the lines of a page lie?
import { byKey, heightOf, type Letter } from "./letters.js";
import { median } from "./median.js";
import type { Segment } from "./segments.js";

/** Of a normal distribution, over the median of what is off its middle. */
export const SIGMA = 1.4826;

export interface Foot {
  readonly word: number;
  readonly x: number;
  /** Where its line would be, by its own foot. */
  readonly y: number;
}

/** No letter with a tail, and none with a dot below. */
const stands = ({ char }: Letter): boolean => !/[gjpqyQ]|\u0323/.test(char.normalize("NFD"));

/** Slope by the median of pairs that are not close (Theil & Sen); null where there are too few. */
const slopeOf = (feet: readonly Foot[], reach: number): number | null => {
  const slopes: number[] = [];
  for (const [i, a] of feet.entries())
    for (const b of feet.slice(i + 1)) if (b.x - a.x > reach) slopes.push((b.y - a.y) / (b.x - a.x));
  return slopes.length < LEAST_PAIRS ? null : median(slopes);
};

const LEAST_PAIRS = 20;
export const LEAST_FEET = 7;
/** Lines that must have a character before it is known how far it drops. */
const LEAST_KIND = 3;

/** What a character does where too few lines have it: round ones pass the line. */
const kindOf = (char: string): string => (ROUND.test(char.normalize("NFD")) ? "round" : "flat");
const ROUND = /^[abcdeostuđCDGJOSUĐ035689]/;

interface Row {
  readonly letters: readonly Letter[];
  readonly feet: readonly Foot[];
}

interface Drop {
  readonly char: string;
  readonly row: number;
  /** Below its line's level, in parts of its height. */
  readonly drop: number;
}

const dropsIn = ({ letters, feet }: Row, row: number, reach: number): readonly Drop[] => {
  if (feet.length < LEAST_FEET) return [];
  const slope = slopeOf(feet, reach) ?? 0;
  const level = median(feet.map(({ x, y }) => y - slope * x));
  return feet.flatMap(({ x, y }, place): readonly Drop[] => {
    const letter = letters[place];
    return letter === undefined
      ? []
      : [{ char: letter.char, row, drop: (y - slope * x - level) / heightOf(letter) }];
  });
};

/** Of characters that several lines have: a name that stands low must not pass for letters that hang. */
const usualDrops = (drops: readonly Drop[]): ReadonlyMap<string, number> => {
  const usual = (keyOf: (drop: Drop) => string): readonly (readonly [string, number])[] =>
    [...byKey(drops, keyOf)].flatMap(([key, same]): readonly (readonly [string, number])[] => {
      const rows = [...byKey(same, ({ row }) => row).values()];
      return rows.length < LEAST_KIND
        ? []
        : [[key, median(rows.map((own) => median(own.map(({ drop }) => drop))))]];
    });
  return new Map([...usual(({ char }) => kindOf(char)), ...usual(({ char }) => char)]);
};

/** Feet of each segment, less what their character does on this page. */
export const feetOf = (
  segments: readonly Segment[],
  letters: readonly Letter[],
): readonly (readonly Foot[])[] => {
  const byWord = byKey(letters.filter(stands), ({ word }) => word);
  const reach = REACH * median(letters.map(heightOf));
  const rows = segments.map((segment): Row => {
    const own = segment.flatMap((word) => byWord.get(word) ?? []);
    return {
      letters: own,
      feet: own.map(({ word, box, bottom }) => ({ word, x: box.x + box.w / 2, y: bottom })),
    };
  });
  const usual = usualDrops(rows.flatMap((row, place) => dropsIn(row, place, reach)));
  const dropOf = (letter: Letter): number =>
    (usual.get(letter.char) ?? usual.get(kindOf(letter.char)) ?? 0) * heightOf(letter);
  return rows.map((row) =>
    row.feet.map((foot, place) => {
      const letter = row.letters[place];
      return letter === undefined ? foot : { ...foot, y: foot.y - dropOf(letter) };
    }),
  );
};

/** In heights of a letter: what lies nearer tells no slope. */
const REACH = 4;

export interface Lie {
  /** Of the lines around. */
  readonly slope: number;
  /** How far one line's slope is from that of those around it. */
  readonly spread: number;
}

/** A rectified page's lines agree to this much at best. */
const LEAST_SPREAD = 1.5e-4;
const AROUND = 7;

export const liesOf = (rows: readonly (readonly Foot[])[], height: number): readonly (Lie | null)[] => {
  const known = rows.flatMap((feet) => {
    const slope = feet.length < LEAST_FEET ? null : slopeOf(feet, 2 * REACH * height);
    return slope === null ? [] : [{ feet, y: feet[0]?.y ?? 0, slope }];
  });
  const around = (feet: readonly Foot[]): number | null => {
    const y = feet[0]?.y ?? 0;
    const near = known
      .filter((line) => line.feet !== feet)
      .toSorted((a, b) => Math.abs(a.y - y) - Math.abs(b.y - y))
      .slice(0, AROUND);
    return near.length < 3 ? null : median(near.map(({ slope }) => slope));
  };
  const offs = known.flatMap(({ feet, slope }) => {
    const usual = around(feet);
    return usual === null ? [] : [Math.abs(slope - usual)];
  });
  const spread = Math.max(LEAST_SPREAD, SIGMA * (offs.length === 0 ? 0 : median(offs)));
  return rows.map((feet) => {
    const slope = around(feet);
    return slope === null ? null : { slope, spread };
  });
};

/** How much feet of neighbours in one word differ, as one foot's deviation. */
export const danceOf = (rows: readonly (readonly Foot[])[]): number => {
  const steps = rows.flatMap((feet) =>
    feet.flatMap((foot, place): readonly number[] => {
      const before = feet[place - 1];
      return before === undefined || before.word !== foot.word ? [] : [Math.abs(foot.y - before.y)];
    }),
  );
  return Math.max(LEAST_DANCE, steps.length === 0 ? 1 : (SIGMA * median(steps)) / Math.SQRT2);
};

/** Pixels: what rounding makes of a foot. */
const LEAST_DANCE = 0.05;
