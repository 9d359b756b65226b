// How well were lines read: characters, whole lines, those that were wrong and sure of it, those left to a person?

export interface LineOutcome {
  readonly meant: string;
  readonly said: string;
  /** Above the model's threshold: it would be shown. */
  readonly sure: boolean;
}

/** Shares are of lines, 0 … 1. */
export interface Tally {
  readonly lines: number;
  readonly characters: number;
  /** Character errors ÷ characters: case and diacritics count, white space is folded, NFC. May be over 1. */
  readonly cer: number;
  readonly whole: number;
  /** Sure and not wholly right. */
  readonly confidentlyWrong: number;
  /** Not sure: the citizen types. */
  readonly toPerson: number;
}

const folded = (text: string): string => text.normalize("NFC").replaceAll(/\s+/g, " ").trim();

/** Distances of every beginning of `said` from every beginning of `meant`. */
const distances = (said: readonly string[], meant: readonly string[]): Uint16Array[] => {
  const rows = [Uint16Array.from({ length: meant.length + 1 }, (_, j) => j)];
  said.forEach((letter, i) => {
    const before = rows[i] as Uint16Array;
    const row = new Uint16Array(meant.length + 1);
    row[0] = i + 1;
    for (let j = 1; j <= meant.length; j += 1) {
      const replaced = (before[j - 1] as number) + (letter === meant[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, (before[j] as number) + 1, (row[j - 1] as number) + 1);
    }
    rows.push(row);
  });
  return rows;
};

/** Levenshtein 1966, over code points. */
export const characterErrors = (said: string, meant: string): number => {
  const [left, right] = [[...folded(said)], [...folded(meant)]];
  return distances(left, right).at(-1)?.[right.length] ?? 0;
};

/** Of each character of `said`: does the nearest way to `meant` leave it as it is? */
export const rightCharacters = (said: string, meant: string): readonly boolean[] => {
  const [left, right] = [[...said], [...meant]];
  const rows = distances(left, right);
  const kept = left.map(() => false);
  let [i, j] = [left.length, right.length];
  while (i > 0 && j > 0) {
    const here = rows[i]?.[j] ?? 0;
    const same = left[i - 1] === right[j - 1];
    if (here === (rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1)) {
      kept[i - 1] = same;
      [i, j] = [i - 1, j - 1];
    } else if (here === (rows[i - 1]?.[j] ?? 0) + 1) i -= 1;
    else j -= 1;
  }
  return kept;
};

export const isWhole = ({ said, meant }: Pick<LineOutcome, "said" | "meant">): boolean =>
  folded(said) === folded(meant);

export const tallyOf = (outcomes: readonly LineOutcome[]): Tally => {
  const count = (is: (outcome: LineOutcome) => boolean): number => outcomes.filter(is).length;
  const characters = outcomes.reduce((sum, { meant }) => sum + [...folded(meant)].length, 0);
  const errors = outcomes.reduce((sum, { said, meant }) => sum + characterErrors(said, meant), 0);
  const lines = Math.max(1, outcomes.length);
  return {
    lines: outcomes.length,
    characters,
    cer: errors / Math.max(1, characters),
    whole: count(isWhole) / lines,
    confidentlyWrong: count((outcome) => outcome.sure && !isWhole(outcome)) / lines,
    toPerson: count(({ sure }) => !sure) / lines,
  };
};

/** In the order in which the groups first come. */
export const tallyBy = <Outcome extends LineOutcome>(
  outcomes: readonly Outcome[],
  group: (outcome: Outcome) => string,
): ReadonlyMap<string, Tally> => {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const name = group(outcome);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [outcome]);
    else known.push(outcome);
  }
  return new Map([...groups].map(([name, members]) => [name, tallyOf(members)]));
};
