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

/**
 * Whether `wanted` stands anywhere in `text` with at most `limit` slips (Sellers 1980: the first row of the
 * distance table is nought, so a match may begin anywhere). One pass, where trying every window takes dozens.
 */
const occurs = (text: string, wanted: string, limit: number): boolean => {
  if (limit === 0) return text.includes(wanted);
  if (text.length < wanted.length - limit) return false;
  const column = new Uint16Array(wanted.length + 1);
  for (let i = 0; i <= wanted.length; i += 1) column[i] = i;
  for (let j = 0; j < text.length; j += 1) {
    let diagonal = 0;
    const letter = text.charCodeAt(j);
    for (let i = 1; i <= wanted.length; i += 1) {
      const left = column[i] as number;
      const replaced = diagonal + (wanted.charCodeAt(i - 1) === letter ? 0 : 1);
      diagonal = left;
      column[i] = Math.min(left + 1, (column[i - 1] as number) + 1, replaced);
    }
    if ((column[wanted.length] as number) <= limit) return true;
  }
  return false;
};

/** One slip in six letters is forgiven. */
export const slipsAllowed = (foldedLabel: string): number => Math.min(4, Math.floor(foldedLabel.length / 6));

export interface Found {
  /** Index of the first word of the label and of the first word after it. */
  readonly from: number;
  readonly to: number;
  readonly distance: number;
}

/** Every place where a folded phrase stands among folded words; overlapping ones too. Words may be split or joined. */
export const findAll = (folded: readonly string[], wanted: string, limit: number): readonly Found[] => {
  const found: Found[] = [];
  if (!occurs(folded.filter((word) => word !== "").join(" "), wanted, limit)) return found;
  for (let from = 0; from < folded.length; from += 1) {
    if (folded[from] === "") continue;
    let joined = "";
    let best: Found | null = null;
    for (let to = from + 1; to <= folded.length; to += 1) {
      const word = folded[to - 1] ?? "";
      if (word !== "") joined = joined === "" ? word : `${joined} ${word}`;
      if (joined.length > wanted.length + limit) break;
      if (joined.length < wanted.length - limit) continue;
      const distance = editDistance(joined, wanted, limit);
      if (distance <= limit && (best === null || distance < best.distance)) best = { from, to, distance };
    }
    if (best !== null) found.push(best);
  }
  return found;
};

/** The best place of `label` (any wording) among folded words; null when none is near enough. */
export const findLabel = (folded: readonly string[], label: string): Found | null => {
  const wanted = fold(label);
  return findAll(folded, wanted, slipsAllowed(wanted)).reduce<Found | null>(
    (best, found) => (best === null || found.distance < best.distance ? found : best),
    null,
  );
};
