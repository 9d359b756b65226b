// What does one line of the bench say?

export interface BenchRow {
  readonly name: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  readonly unit: string;
  /** ours ÷ peer, measured in the same run. */
  readonly ratio: number;
  readonly better: "lower" | "higher";
  /** What the ratio should be at most (lower) or at least (higher). */
  readonly goal: number;
  readonly holds: boolean;
}

/** `ratio` when it was taken pair by pair; else the one of the two figures. */
export const row = (given: Omit<BenchRow, "ratio" | "holds"> & { readonly ratio?: number }): BenchRow => {
  const ratio = given.ratio ?? given.ours / given.peer;
  return {
    ...given,
    ratio: Number(ratio.toFixed(3)),
    holds: given.better === "lower" ? ratio <= given.goal : ratio >= given.goal,
  };
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
