// Which printed labels of a paper stand where on the page?
import type { Segment } from "./layout.js";
import { findAll, fold, slipsAllowed } from "./match.js";
import { PAPERS } from "./papers.js";
import type { FieldRule, PaperRule } from "./rule.js";

export interface PrintedLabel {
  readonly phrase: string;
  /** A colon is printed after it. */
  readonly colon: boolean;
  readonly fields: readonly FieldRule[];
  /** The section that begins here. */
  readonly section: string | null;
}

export interface LabelAt {
  readonly label: PrintedLabel;
  readonly segment: Segment;
  /** Tokens of the segment, [from, to). */
  readonly from: number;
  readonly to: number;
  /** Slips, and one for each thing that is odd about it. */
  readonly distance: number;
}

/** A label of fewer letters stands in any text; it counts only with its colon or at the beginning of a line. */
const SHORT = 8;
/** A label without a colon, and a colon so many words later: the beginning of another, longer label. */
const LONGER_LABEL = 4;

/** Beside the letter head of every paper; a narrow blank may part them. */
const HEADING = ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"];

/** What a rule's words are when they are looked for; made once a rule. */
const compile = (rule: PaperRule): readonly PrintedLabel[] => {
  const labels = new Map<string, PrintedLabel>();
  const add = (text: string, part: Partial<PrintedLabel>): void => {
    const phrase = fold(text);
    const known = labels.get(phrase) ?? { phrase, colon: false, fields: [], section: null };
    labels.set(phrase, {
      phrase,
      colon: known.colon || text.trim().endsWith(":"),
      fields: [...known.fields, ...(part.fields ?? [])],
      section: part.section ?? known.section,
    });
  };
  for (const field of rule.fields) for (const anchor of field.anchors ?? []) add(anchor, { fields: [field] });
  for (const text of [...HEADING, ...(rule.labels ?? [])]) add(text, {});
  for (const { id, starts } of rule.sections ?? []) for (const start of starts) add(start, { section: id });
  return [...labels.values()];
};

const COMPILED: ReadonlyMap<PaperRule, readonly PrintedLabel[]> = new Map(
  PAPERS.map((rule) => [rule, compile(rule)]),
);

export const labelsOf = (rule: PaperRule): readonly PrintedLabel[] => COMPILED.get(rule) ?? compile(rule);

const endsInColon = (text: string | undefined): boolean => text !== undefined && /[:;]$/.test(text);

const hasColon = ({ tokens }: Segment, to: number): boolean =>
  endsInColon(tokens[to - 1]?.text) || /^[:;]/.test(tokens[to]?.text ?? "");

/** Null when the place is no such label after all. */
const oddness = (label: PrintedLabel, segment: Segment, from: number, to: number): number | null => {
  if (!label.colon || hasColon(segment, to)) return 0;
  const begins = from === 0 && /^\p{Lu}/u.test(segment.tokens[0]?.text ?? "");
  if (label.phrase.length < SHORT && !begins) return null;
  const later = segment.tokens.slice(to, to + LONGER_LABEL).some(({ text }) => endsInColon(text));
  if (!later) return 1;
  return label.phrase.length < SHORT ? null : 3;
};

const candidates = (segment: Segment, labels: readonly PrintedLabel[]): readonly LabelAt[] =>
  labels.flatMap((label) =>
    findAll(segment.folded, label.phrase, slipsAllowed(label.phrase)).flatMap(({ from, to, distance }) => {
      const odd = oddness(label, segment, from, to);
      return odd === null ? [] : [{ label, segment, from, to, distance: distance + odd }];
    }),
  );

/** The longer label explains more of the print. */
const weight = ({ label, distance }: LabelAt): number => label.phrase.length - 3 * distance;

/** Labels that do not overlap, line by line, from left to right. */
export const findLabels = (
  segments: readonly Segment[],
  labels: readonly PrintedLabel[],
): readonly LabelAt[] =>
  segments.flatMap((segment) => {
    const chosen: LabelAt[] = [];
    for (const at of [...candidates(segment, labels)].sort((a, b) => weight(b) - weight(a)))
      if (chosen.every(({ from, to }) => at.to <= from || at.from >= to)) chosen.push(at);
    return chosen.sort((a, b) => a.from - b.from);
  });

/** Where a label begins on the page. */
const leftOf = ({ segment, from }: LabelAt): number => segment.tokens[from]?.box.x ?? segment.box.x;

/**
 * The section that a label stands in: of those that begin above it or on its row, the last; of two on one row the
 * rightmost that is not right of it. Null above every section.
 */
export const sectionOf = (at: LabelAt, all: readonly LabelAt[]): string | null => {
  if (at.label.section !== null) return at.label.section;
  const before = all.filter(
    (other) =>
      other.label.section !== null && other.segment.box.y <= at.segment.box.y + 0.5 * at.segment.height,
  );
  const last = Math.max(...before.map(({ segment }) => segment.box.y));
  const row = before
    .filter(({ segment }) => last - segment.box.y < 0.6 * at.segment.height)
    .sort((a, b) => leftOf(b) - leftOf(a));
  const tolerance = 2 * at.segment.height;
  const owner = row.find((other) => leftOf(other) <= leftOf(at) + tolerance) ?? row.at(-1);
  return owner?.label.section ?? null;
};

/** Left edges of labels: columns begin there. */
export const columnEdges = (all: readonly LabelAt[]): readonly number[] => all.map(leftOf);
