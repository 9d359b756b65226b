// What may a field say at all: any text, digits in a pattern, one of a list?

/** An automaton over characters. */
export interface Constraint<State> {
  readonly start: State;
  /** The state after one more character; null where the field can not go on so. */
  next(state: State, letter: string): State | null;
  /** May the text end here? */
  ends(state: State): boolean;
  /** The only characters that can come anywhere; left out: any. */
  readonly letters?: ReadonlySet<string>;
  /** Characters that say nothing in this field: where one is seen, nothing is. */
  readonly silent?: ReadonlySet<string>;
  /** Natural logarithm of how much likelier what is known of the field makes this character; 0 where left out. */
  gain?(from: State, letter: string, to: State): number;
  /** The same for ending here. */
  endGain?(state: State): number;
}

export const anyText: Constraint<true> = { start: true, next: () => true, ends: () => true };

/** Characters of the set only, in any number. */
export const madeOf = (letters: string): Constraint<true> => {
  const allowed = new Set(letters);
  return {
    start: true,
    next: (_, letter) => (allowed.has(letter) ? true : null),
    ends: () => true,
    letters: allowed,
  };
};

const fits = (sign: string | undefined, letter: string): boolean =>
  sign === "#" ? letter >= "0" && letter <= "9" : sign === letter;

/**
 * Any of the patterns, in which "#" is a digit and everything else itself: "##/##/####", or twelve "#" for a citizen's
 * number. The state is which patterns are still open, and how far.
 */
export const patterned = (patterns: readonly string[]): Constraint<readonly [number, number][]> => ({
  start: patterns.map((_, index): [number, number] => [index, 0]),
  next: (state, letter) => {
    const open = state
      .filter(([pattern, at]) => fits(patterns[pattern]?.[at], letter))
      .map(([pattern, at]): [number, number] => [pattern, at + 1]);
    return open.length === 0 ? null : open;
  },
  ends: (state) => state.some(([pattern, at]) => at === patterns[pattern]?.length),
});

/** A sign is the characters that may stand in one place. */
export type Form = readonly string[];

interface FormNode {
  readonly branches: Map<string, FormNode>;
  ends: boolean;
}

/** Any of the forms. Forms that begin alike are followed once: hundreds of them cost hardly more than one. */
export const formed = (forms: readonly Form[]): Constraint<readonly FormNode[]> => {
  const root: FormNode = { branches: new Map(), ends: false };
  for (const form of forms) {
    let node = root;
    for (const sign of form) {
      const next = node.branches.get(sign) ?? { branches: new Map(), ends: false };
      node.branches.set(sign, next);
      node = next;
    }
    node.ends = true;
  }
  return {
    start: [root],
    next: (nodes, letter) => {
      const open = nodes.flatMap(({ branches }) =>
        [...branches].filter(([sign]) => sign.includes(letter)).map(([, node]) => node),
      );
      return open.length === 0 ? null : open;
    },
    ends: (nodes) => nodes.some(({ ends }) => ends),
    letters: new Set(forms.flatMap((form) => form.flatMap((sign) => [...sign]))),
  };
};

interface Node {
  readonly branches: Map<string, Node>;
  ends: boolean;
}

/** Exactly one of the entries, letter for letter. */
export const oneOf = (entries: readonly string[]): Constraint<Node> => {
  const root: Node = { branches: new Map(), ends: false };
  for (const entry of entries) {
    let node = root;
    for (const letter of entry.normalize("NFC")) {
      const next = node.branches.get(letter) ?? { branches: new Map(), ends: false };
      node.branches.set(letter, next);
      node = next;
    }
    node.ends = true;
  }
  return {
    start: root,
    next: (node, letter) => node.branches.get(letter) ?? null,
    ends: (node) => node.ends,
    letters: new Set(entries.flatMap((entry) => [...entry.normalize("NFC")])),
  };
};
