// Where in what was read does a printed label stand, although the reading has slips?

/** Lower case, no diacritics, only letters, digits and single spaces: what survives bad OCR best. */
export const fold = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[đĐ]/g, "d")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, " ")
    .trim();

/** Levenshtein distance of two short strings, given up beyond `limit`. */
export const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const value = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      next.push(value);
      if (value < least) least = value;
    }
    if (least > limit) return limit + 1;
    row = next;
  }
  return row[b.length] ?? limit + 1;
};

/** One slip in six letters is forgiven. */
const slips = (label: string): number => Math.floor(label.length / 6);

export interface Found {
  /** Index of the first word of the label and of the first word after it. */
  readonly from: number;
  readonly to: number;
  readonly distance: number;
}

/** The best place of `label` (any wording) among folded words; null when none is near enough. */
export const findLabel = (folded: readonly string[], label: string): Found | null => {
  const wanted = fold(label);
  const count = wanted.split(" ").length;
  const limit = slips(wanted);
  let best: Found | null = null;
  for (let from = 0; from < folded.length; from += 1) {
    // OCR splits and joins words: try one more and one fewer than the label has.
    for (let to = from + Math.max(1, count - 1); to <= Math.min(folded.length, from + count + 1); to += 1) {
      const distance = editDistance(folded.slice(from, to).join(" ").trim(), wanted, limit);
      if (distance <= limit && (best === null || distance < best.distance)) best = { from, to, distance };
    }
  }
  return best;
};
