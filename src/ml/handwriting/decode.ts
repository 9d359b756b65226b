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
  /** What the constraint's gains add to it, in the same logarithm. */
  readonly gain: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

const logSum = (a: number, b: number): number => {
  if (a === NEVER) return b;
  if (b === NEVER) return a;
  const top = Math.max(a, b);
  return top + Math.log1p(Math.exp(Math.min(a, b) - top));
};

/** Logarithms of the classes' chances, column after column; all logits are divided by `temperature` before. */
export const logChances = ({ data, steps, classes }: Logits, temperature = 1): Float64Array => {
  const out = new Float64Array(steps * classes);
  for (let t = 0; t < steps; t += 1) {
    const row = t * classes;
    let top = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c += 1) top = Math.max(top, (data[row + c] as number) / temperature);
    let sum = 0;
    for (let c = 0; c < classes; c += 1) sum += Math.exp((data[row + c] as number) / temperature - top);
    const norm = top + Math.log(sum);
    for (let c = 0; c < classes; c += 1) out[row + c] = (data[row + c] as number) / temperature - norm;
  }
  return out;
};

/** The same with the silent characters' chances given to the blank; changes `logs`. */
export const silenced = (
  logs: Float64Array,
  { classes, alphabet }: { readonly classes: number; readonly alphabet: string },
  silent: ReadonlySet<string> = new Set(),
): Float64Array => {
  const quiet = [...alphabet].flatMap((letter, i) => (silent.has(letter) ? [i + 1] : []));
  if (quiet.length === 0) return logs;
  for (let row = 0; row < logs.length; row += classes)
    for (const c of quiet) {
      logs[row] = logSum(logs[row] as number, logs[row + c] as number);
      logs[row + c] = NEVER;
    }
  return logs;
};

/** The likeliest class of each column. */
export const greedy = (logits: Logits, alphabet: string, temperature = 1): SpeltText => {
  const letters = [...alphabet];
  const logs = logChances(logits, temperature);
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

interface Beam<State> {
  readonly text: string;
  /** Class of the last letter; 0 of the empty text. */
  readonly last: number;
  readonly state: State;
  /** Paths that end in a blank, and in the last letter. */
  readonly blank: number;
  readonly letter: number;
  readonly gain: number;
}

const chanceOf = ({ blank, letter }: Beam<unknown>): number => logSum(blank, letter);
const worthOf = (beam: Beam<unknown>): number => chanceOf(beam) + beam.gain;

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
  /** Classes followed in a column; bounds the time on a smear that could be anything. */
  readonly most?: number;
  readonly temperature?: number;
}

/** The `width` best of them, best first. */
const kept = <State>(beams: Iterable<Beam<State>>, width: number): readonly Beam<State>[] =>
  [...beams]
    .map((beam) => ({ beam, worth: worthOf(beam) }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, width)
    .map(({ beam }) => beam);

/** Of the classes that can come at all, those of the column at `row` that are likely enough to be followed. */
const followedAt = (
  logs: Float64Array,
  row: number,
  { open, least, most }: { readonly open: readonly number[]; readonly least: number; readonly most: number },
): readonly number[] => {
  const followed = open.filter((c) => (logs[row + c] as number) >= least);
  if (followed.length <= most) return followed;
  return followed.sort((a, b) => (logs[row + b] as number) - (logs[row + a] as number)).slice(0, most);
};

/**
 * The likeliest texts that the constraint lets end, its gains counted in, best first, at most `width`; none when it
 * lets none. Logits of classes in the alphabet's order after the blank.
 */
export const beamSearch = <State>(logits: Logits, search: Search<State>): readonly FoundText[] => {
  const { constraint, width, least = NEVER, most = Number.POSITIVE_INFINITY, temperature = 1 } = search;
  const letters = [...search.alphabet];
  const { steps, classes } = logits;
  const logs = silenced(
    logChances(logits, temperature),
    { classes, alphabet: search.alphabet },
    constraint.silent,
  );
  const open = letters.flatMap((letter, i) => (constraint.letters?.has(letter) === false ? [] : [i + 1]));
  let beams: readonly Beam<State>[] = [
    { text: "", last: 0, state: constraint.start, blank: 0, letter: NEVER, gain: 0 },
  ];
  for (let t = 0; t < steps; t += 1) {
    const next = new Map<string, Beam<State>>();
    const at = (c: number): number => logs[t * classes + c] as number;
    const followed = followedAt(logs, t * classes, { open, least, most });
    for (const beam of beams) {
      gather(next, beam, { blank: chanceOf(beam) + at(0), letter: beam.letter + at(beam.last) });
      for (const c of followed) {
        const letter = letters[c - 1] as string;
        const state = constraint.next(beam.state, letter);
        if (state === null) continue;
        // The same letter again needs a blank between.
        const from = c === beam.last ? beam.blank : chanceOf(beam);
        if (from === NEVER) continue;
        const gain = beam.gain + (constraint.gain?.(beam.state, letter, state) ?? 0);
        gather(next, { text: beam.text + letter, last: c, state, gain }, { letter: from + at(c) });
      }
    }
    beams = kept(next.values(), width);
  }
  const ended = beams
    .filter(({ state }) => constraint.ends(state))
    .map((beam) => ({ ...beam, gain: beam.gain + (constraint.endGain?.(beam.state) ?? 0) }));
  return kept(ended, width).map((beam) => ({
    text: beam.text,
    logChance: chanceOf(beam),
    gain: beam.gain,
  }));
};

/**
 * How likely each character of `text` is in the column that speaks for it most, along the likeliest path that spells
 * it (Viterbi 1967); null when no path does. `logs` as of `logChances`.
 */
export const chancesOf = (
  text: string,
  logs: Float64Array,
  { classes, alphabet }: { readonly classes: number; readonly alphabet: string },
): readonly number[] | null => {
  const letters = [...alphabet];
  const spelt = [...text].map((letter) => letters.indexOf(letter) + 1);
  if (spelt.includes(0)) return null;
  // States: blank, first letter, blank, second letter, … blank.
  const states = spelt.flatMap((c) => [c, 0]);
  states.unshift(0);
  const steps = logs.length / classes;
  const from = new Int8Array(steps * states.length);
  let row = new Float64Array(states.length).fill(NEVER);
  row[0] = 0;
  for (let t = 0; t < steps; t += 1) {
    const next = new Float64Array(states.length).fill(NEVER);
    for (let s = 0; s < states.length; s += 1) {
      const c = states[s] as number;
      let [best, back] = [row[s] as number, 0];
      const step = s > 0 ? (row[s - 1] as number) : NEVER;
      if (step > best) [best, back] = [step, 1];
      const skip = s > 1 && c !== 0 && states[s - 2] !== c ? (row[s - 2] as number) : NEVER;
      if (skip > best) [best, back] = [skip, 2];
      next[s] = best + (logs[t * classes + c] as number);
      from[t * states.length + s] = back;
    }
    row = next;
  }
  const [end, before] = [row[states.length - 1] as number, row[states.length - 2] ?? NEVER];
  if (Math.max(end, before) === NEVER) return null;
  const chances = spelt.map(() => 0);
  let s = end >= before ? states.length - 1 : states.length - 2;
  for (let t = steps - 1; t >= 0; t -= 1) {
    if (s % 2 === 1) {
      const letter = (s - 1) / 2;
      chances[letter] = Math.max(
        chances[letter] ?? 0,
        Math.exp(logs[t * classes + (states[s] as number)] ?? 0),
      );
    }
    s -= from[t * states.length + s] as number;
  }
  return chances;
};
