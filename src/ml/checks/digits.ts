// Is one digit drawn otherwise than the digits around it?
//
// A number comes out of one machine in one go: its digits stand on one line, are equally high, have one face and lie on
// one paper. A digit that was changed later breaks at least one of these. Sizes are told to a fiftieth of a digit's
// height; faces are told elsewhere, and weigh more beside another oddity.
import type { Word } from "../reader.js";
import type { Check } from "./check.js";
import type { OddFace } from "./faces.js";
import { finding, say } from "./finding.js";
import { digitsOf, type Glyph } from "./glyphs.js";
import { median } from "./median.js";
import type { Planes } from "./planes.js";

/** Parts of a digit's height; on untouched pages round digits pass the line by 0.03 and no digit by 0.04. */
const HEIGHT = { unsure: 0.055, fail: 0.075 } as const;
const OFFSET = { unsure: 0.045, fail: 0.06 } as const;
/** 8-bit steps between the paper close to a digit and close to its neighbours, and in parts of their noise. */
const GROUND = { unsure: 2.2, fail: 3.2, noises: 7 } as const;
const LEAST_GROUND_PX = 40;

const heightOf = ({ top, bottom }: Glyph): number => bottom - top;

export type Oddity = "height" | "offset" | "face" | "ground";

export interface OddDigit {
  readonly glyph: Pick<Glyph, "char" | "word" | "box">;
  readonly why: Oddity;
  readonly verdict: "fail" | "unsure";
}

interface Limits {
  readonly unsure: number;
  readonly fail: number;
}

const beyond = (value: number, limits: Limits): OddDigit["verdict"] | null =>
  value >= limits.fail ? "fail" : value >= limits.unsure ? "unsure" : null;

/** How many times the page's own spread a difference must be. */
const SPREADS = { unsure: 5, fail: 7 } as const;
const SIGMA = 1.4826;

/** How much digits of one number differ in height on this page, in parts of their height: blur and noise make it more. */
const spreadOf = (glyphs: readonly Glyph[]): number => {
  const words = new Map<number, Glyph[]>();
  for (const glyph of glyphs) words.set(glyph.word, [...(words.get(glyph.word) ?? []), glyph]);
  const steps = [...words.values()].flatMap((mates) => {
    const middle = median(mates.map(heightOf));
    return mates.length < 3 ? [] : mates.map((glyph) => Math.abs(heightOf(glyph) / middle - 1));
  });
  return steps.length === 0 ? 0 : SIGMA * median(steps);
};

const limitsOf = (limits: Limits, spread: number): Limits => ({
  unsure: Math.max(limits.unsure, SPREADS.unsure * spread),
  fail: Math.max(limits.fail, SPREADS.fail * spread),
});

const geometry = (glyph: Glyph, mates: readonly Glyph[], spread: number): Omit<OddDigit, "glyph"> | null => {
  if (mates.length < 2) return null;
  const height = median(mates.map(heightOf));
  // A page that is a little askew lets a long number climb: the two nearest say where the line is.
  const near = mates
    .toSorted((a, b) => Math.abs(a.box.x - glyph.box.x) - Math.abs(b.box.x - glyph.box.x))
    .slice(0, 4);
  const off = (side: "top" | "bottom"): number =>
    Math.min(
      Math.abs(glyph[side] - median(near.map((mate) => mate[side]))),
      Math.abs(glyph[side] - median(mates.map((mate) => mate[side]))),
    ) / height;
  const size = beyond(Math.abs(heightOf(glyph) / height - 1), limitsOf(HEIGHT, spread));
  if (size !== null) return { why: "height", verdict: size };
  const place = beyond(Math.min(off("top"), off("bottom")), limitsOf(OFFSET, spread * 0.8));
  return place === null ? null : { why: "offset", verdict: place };
};

/** Against the neighbours on both sides, so that falling light cancels out. */
const ground = (glyph: Glyph, mates: readonly Glyph[]): Omit<OddDigit, "glyph"> | null => {
  if (glyph.ground.count < LEAST_GROUND_PX) return null;
  const known = mates.filter((mate) => mate.ground.count >= LEAST_GROUND_PX);
  const left = known.filter((mate) => mate.box.x < glyph.box.x).at(-1);
  const right = known.find((mate) => mate.box.x > glyph.box.x);
  if (left === undefined || right === undefined || known.length < 3) return null;
  const noise = median(known.map((mate) => mate.ground.noise));
  const share = (glyph.box.x - left.box.x) / Math.max(1, right.box.x - left.box.x);
  const steps = ([0, 1, 2] as const).map((c) =>
    Math.abs(glyph.ground.level[c] - (left.ground.level[c] * (1 - share) + right.ground.level[c] * share)),
  );
  const step = steps[1] ?? 0;
  const sure = (GROUND.noises * noise) / Math.sqrt(glyph.ground.count);
  const tint = beyond(step - Math.max(0, sure - GROUND.unsure), GROUND);
  return tint === null ? null : { why: "ground", verdict: tint };
};

const isSame = (a: OddDigit["glyph"], b: OddDigit["glyph"]): boolean =>
  a.word === b.word && Math.abs(a.box.x + a.box.w / 2 - b.box.x - b.box.w / 2) < a.box.w / 2;

/** Every digit that breaks its number's rule, with the rule. */
export const oddDigits = (glyphs: readonly Glyph[], faces: readonly OddFace[]): readonly OddDigit[] => {
  const spread = spreadOf(glyphs);
  const asFace = ({ letter, verdict }: OddFace): OddDigit => ({ glyph: letter, why: "face", verdict });
  const placed = glyphs.flatMap((glyph): readonly OddDigit[] => {
    const mates = glyphs.filter((other) => other !== glyph && other.word === glyph.word);
    const own = faces.find(({ letter }) => isSame(letter, glyph));
    const found = [
      geometry(glyph, mates, spread),
      ground(glyph, mates),
      own === undefined ? null : asFace(own),
    ].filter((odd) => odd !== null);
    // Two weak reasons for one digit are a strong one.
    const grave = found.find(({ verdict }) => verdict === "fail") ?? found[0];
    if (grave === undefined) return [];
    return [{ glyph, why: grave.why, verdict: found.length > 1 ? "fail" : grave.verdict }];
  });
  const others = faces.filter(({ letter }) => !glyphs.some((glyph) => isSame(letter, glyph)));
  return [...placed, ...others.map(asFace)];
};

const WHY: Readonly<Record<Oddity, readonly [vi: string, en: string]>> = {
  height: ["cao thấp khác các chữ số bên cạnh", "is not as high as the digits beside it"],
  offset: ["lệch khỏi hàng chữ số", "stands off the line of its number"],
  face: ["khác nét với các chữ số giống nó", "is not drawn like the same digit elsewhere"],
  ground: ["nằm trên nền giấy khác màu", "lies on paper of another shade"],
};

/** More odd digits than this come of the picture, not of a forger. */
const MOST = 4;

/** Where most of a number's digits are odd, nobody can say which of them is. */
const withoutMajorities = (odd: readonly OddDigit[], glyphs: readonly Glyph[]): readonly OddDigit[] => {
  const countIn = (all: readonly OddDigit["glyph"][], word: number): number =>
    all.filter((one) => one.word === word).length;
  const oddGlyphs = odd.map(({ glyph }) => glyph);
  return odd.map((one) =>
    2 * countIn(oddGlyphs, one.glyph.word) > countIn(glyphs, one.glyph.word)
      ? { ...one, verdict: "unsure" }
      : one,
  );
};

/** A card's ground is a design of tints and lines, and its digits are half as high: they give reason to look, no more. */
const onCard = (odd: readonly OddDigit[]): readonly OddDigit[] =>
  odd.filter(({ why }) => why !== "ground").map((one) => ({ ...one, verdict: "unsure" }));

/** `faces` are the page's digits that are drawn unlike their kin. */
export const checkDigits = (
  planes: Planes,
  words: readonly Word[],
  faces: readonly OddFace[],
): readonly Check[] => {
  const glyphs = digitsOf(planes, words);
  const all = withoutMajorities(oddDigits(glyphs, faces), glyphs);
  const odd = planes.isCard ? onCard(all) : all;
  const lasting = odd.length > MOST ? odd.map((one) => ({ ...one, verdict: "unsure" as const })) : odd;
  if (lasting.length === 0 && glyphs.length >= 6)
    return [finding("word.font", "pass", say("Các chữ số đều nét.", "The digits are drawn alike."))];
  return lasting.map(({ glyph, why, verdict }) => {
    const text = words[glyph.word]?.text ?? "";
    return finding(
      "word.font",
      verdict,
      say(
        `Chữ số ${glyph.char} trong “${text}” ${WHY[why][0]}.`,
        `The ${glyph.char} in “${text}” ${WHY[why][1]}.`,
      ),
      glyph.box,
    );
  });
};
