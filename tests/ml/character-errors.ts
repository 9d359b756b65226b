// How far is what was read from what stands on the paper?

const folded = (text: string): string => text.normalize("NFC").replaceAll(/\s+/g, " ").trim();

/** Levenshtein distance over code points, two rows at a time. */
const editDistance = (a: string, b: string): number => {
  const [left, right] = [[...a], [...b]];
  let row = Uint32Array.from({ length: right.length + 1 }, (_, i) => i);
  for (const [i, letter] of left.entries()) {
    const next = new Uint32Array(right.length + 1);
    next[0] = i + 1;
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (letter === right[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[right.length] ?? 0;
};

/** Character error rate, percent: case and diacritics count, white space is folded, NFC. */
export const characterErrorRate = (truth: string, read: string): number => {
  const wanted = folded(truth);
  return (100 * editDistance(wanted, folded(read))) / Math.max(1, [...wanted].length);
};
