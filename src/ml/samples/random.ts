// Which number comes next, given a seed?

export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  between(low: number, high: number): number;
  /** Inclusive. */
  integer(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  /** Mean 0, variance 1, roughly normal. */
  normal(): number;
}

/** Marsaglia's xorshift32: the same seed gives the same paper on every machine. */
export const seededRandom = (seed: number): Random => {
  let state = (Math.imul(seed + 1, 2654435761) ^ 0x9e3779b9) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 8; i += 1) next();
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (list) => {
      const chosen = list[Math.floor(next() * list.length)];
      if (chosen === undefined) throw new RangeError("nothing to pick from");
      return chosen;
    },
    // Four uniforms have variance 1/3; times √3 that is 1.
    normal: () => (next() + next() + next() + next() - 2) * Math.sqrt(3),
  };
};
