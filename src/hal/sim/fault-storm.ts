// What goes wrong when in a storm that a seed makes again?

/** Numbers of a seed; the same seed, the same numbers. */
export interface Dice {
  /** A whole number, from ≤ n < to. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export interface StormFault<W> {
  readonly name: string;
  begin(world: W, dice: Dice): void;
  /** Puts the world right again; null when it rights itself. Safe without a beginning. */
  readonly end: ((world: W) => void) | null;
  /** Steps of a visit in which the part works; any when left out. */
  readonly at?: readonly string[];
}

/** One fault of a storm: at which step of the visit it begins, how long after, for how long it stays. */
export interface ScriptedFault {
  readonly name: string;
  /** A step of the visit, or the beginning of its dotted name. */
  readonly atStep: string;
  readonly afterMs: number;
  readonly lastsMs: number;
  /** Of the fault's own dice, so that leaving out another fault does not change this one. */
  readonly seed: number;
}

/** At once, within a print or a card reading, or some time in the step. */
const WAITS_MS = [1, 700, 4_000] as const;
const STAYS_MS = [500, 3_000, 15_000, 60_000, 240_000] as const;
/** The others begin where nobody needs the part: it is found broken, or whole again, later. */
const BITES = 0.7;

/** One fault out of `faults`, at one of `steps` or where it bites. */
export const planFault = (
  dice: Dice,
  faults: readonly Pick<StormFault<never>, "name" | "at">[],
  steps: readonly string[],
): ScriptedFault => {
  const { name, at } = dice.pick(faults);
  return {
    name,
    atStep: dice.pick(at !== undefined && dice.chance(BITES) ? at : steps),
    afterMs: dice.between(0, dice.pick(WAITS_MS)),
    lastsMs: dice.between(100, dice.pick(STAYS_MS)),
    seed: dice.between(0, 0x7fff_ffff),
  };
};
