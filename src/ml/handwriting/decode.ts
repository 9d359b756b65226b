// Which text do the answers of the columns spell?
//
// Connectionist temporal classification (Graves et al. 2006): repeats count once, blanks not at all. The beam search
// sums over the paths of each prefix (Hannun et al. 2014, "First-pass large vocabulary continuous speech
// recognition"), held to what the field may say.
import type { Constraint } from "./constraints.js";
import type { Logits } from "./network.js";

export interface SpeltText {
  readonly text: string;
  /** One a character, 0 … 1: how likely its class was in the column that spoke for it most. */
  readonly chances: readonly number[];
}

export interface FoundText {
  readonly text: string;
  /** Natural logarithm of the chance of all paths that spell it. */
  readonly logChance: number;
}

/** Logarithms of the classes' chances, column after column. */
export const logChances = ({ data, steps, classes }: Logits): Float64Array => {
  const out = new Float64Array(steps * classes);
  for (let t = 0; t < steps; t += 1) {
    const row = t * classes;
    let top = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c += 1) top = Math.max(top, data[row + c] as number);
    let sum = 0;
    for (let c = 0; c < classes; c += 1) sum += Math.exp((data[row + c] as number) - top);
    const norm = top + Math.log(sum);
    for (let c = 0; c < classes; c += 1) out[row + c] = (data[row + c] as number) - norm;
  }
  return out;
};

/** The likeliest class of each column. */
export const greedy = (logits: Logits, alphabet: string): SpeltText => {
  const letters = [...alphabet];
  const logs = logChances(logits);
  const { steps, classes } = logits;
  const chances: number[] = [];
  let text = "";
  let before = 0;
  for (let t = 0; t < steps; t += 1) {
    let best = 0;
    for (let c = 1; c < classes; c += 1)
      if ((logs[t * classes + c] as number) > (logs[t * classes + best] as number)) best = c;
    const chance = Math.exp(logs[t * classes + best] as number);
    if (best !== 0 && best === before) chances.push(Math.max(chances.pop() ?? 0, chance));
    else if (best !== 0) {
      text += letters[best - 1] ?? "";
      chances.push(chance);
    }
    before = best;
  }
  return { text, chances };
};

const NEVER = Number.NEGATIVE_INFINITY;

const logSum = (a: number, b: number): number => {
  if (a === NEVER) return b;
  if (b === NEVER) return a;
  const top = Math.max(a, b);
  return top + Math.log1p(Math.exp(Math.min(a, b) - top));
};

interface Beam<State> {
  readonly text: string;
  /** Class of the last letter; 0 of the empty text. */
  readonly last: number;
  readonly state: State;
  /** Paths that end in a blank, and in the last letter. */
  readonly blank: number;
  readonly letter: number;
}

const chanceOf = ({ blank, letter }: Beam<unknown>): number => logSum(blank, letter);

/** Adds paths to the beam of a text, beginning it where there is none. */
const gather = <State>(
  beams: Map<string, Beam<State>>,
  beam: Omit<Beam<State>, "blank" | "letter">,
  paths: { readonly blank?: number; readonly letter?: number },
): void => {
  const known = beams.get(beam.text);
  beams.set(beam.text, {
    ...beam,
    blank: logSum(known?.blank ?? NEVER, paths.blank ?? NEVER),
    letter: logSum(known?.letter ?? NEVER, paths.letter ?? NEVER),
  });
};

export interface Search<State> {
  readonly alphabet: string;
  readonly constraint: Constraint<State>;
  /** How many texts are followed at once. */
  readonly width: number;
  /**
   * Classes below this logarithm of a chance are not followed in a column: −9 leaves a handful of a trained network's
   * two hundred. Without it all are, which only a field of few characters can afford.
   */
  readonly least?: number;
}

/**
 * The likeliest texts that the constraint lets end, best first, at most `width`; none when it lets none. Logits of
 * classes in the alphabet's order after the blank.
 */
export const beamSearch = <State>(logits: Logits, search: Search<State>): readonly FoundText[] => {
  const { constraint, width, least = NEVER } = search;
  const letters = [...search.alphabet];
  const logs = logChances(logits);
  const { steps, classes } = logits;
  const empty: Beam<State> = { text: "", last: 0, state: constraint.start, blank: 0, letter: NEVER };
  let beams: readonly Beam<State>[] = [empty];
  for (let t = 0; t < steps; t += 1) {
    const next = new Map<string, Beam<State>>();
    const at = (c: number): number => logs[t * classes + c] as number;
    const followed = Array.from({ length: classes - 1 }, (_, i) => i + 1).filter((c) => at(c) >= least);
    for (const beam of beams) {
      gather(next, beam, { blank: chanceOf(beam) + at(0), letter: beam.letter + at(beam.last) });
      for (const c of followed) {
        const letter = letters[c - 1] as string;
        const state = constraint.next(beam.state, letter);
        if (state === null) continue;
        // The same letter again needs a blank between.
        const from = c === beam.last ? beam.blank : chanceOf(beam);
        if (from === NEVER) continue;
        gather(next, { text: beam.text + letter, last: c, state }, { letter: from + at(c) });
      }
    }
    beams = [...next.values()].sort((a, b) => chanceOf(b) - chanceOf(a)).slice(0, width);
  }
  return beams
    .filter(({ state }) => constraint.ends(state))
    .map((beam) => ({ text: beam.text, logChance: chanceOf(beam) }));
};
