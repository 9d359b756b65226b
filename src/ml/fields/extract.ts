// Which paper is it, and what stands in its fields?
import type { Recognised } from "../ocr.js";
import type { ReadField, ReadPage, Word } from "../reader.js";
import { findLabel, fold } from "./match.js";
import { type FieldRule, PAPERS, type PaperRule } from "./papers.js";
import type { Value } from "./values.js";

interface Line {
  readonly words: readonly Word[];
  readonly folded: readonly string[];
}

const linesOf = (read: Recognised): readonly Line[] => {
  const lines = new Map<number, Word[]>();
  for (const word of read.words) lines.set(word.line, [...(lines.get(word.line) ?? []), word]);
  return [...lines.values()].map((words) => ({ words, folded: words.map(({ text }) => fold(text)) }));
};

const isTitled = (lines: readonly Line[], rule: PaperRule): boolean =>
  rule.titles.some((title) => lines.some((line) => findLabel(line.folded, title) !== null));

/** A blank this many times as wide as letters are high parts two columns; blanks in a value are narrower. */
const COLUMN_GAP = 5;

/** Up to the first wide blank. */
const inOneColumn = (words: readonly Word[]): readonly Word[] => {
  const end = words.findIndex((word, index) => {
    const before = words[index - 1];
    if (before === undefined) return false;
    const height = Math.max(word.box.h, before.box.h);
    return word.box.x - (before.box.x + before.box.w) > COLUMN_GAP * height;
  });
  return end < 0 ? words : words.slice(0, end);
};

/** Words after the label, up to the next label of the paper on the same line or the end of the column. */
const valueWords = (line: Line, from: number, stops: readonly string[]): readonly Word[] => {
  const rest = line.folded.slice(from);
  const ends = stops.flatMap((stop) => {
    const found = findLabel(rest, stop);
    return found === null || found.from === 0 ? [] : [found.from];
  });
  return inOneColumn(line.words.slice(from, from + Math.min(rest.length, ...ends)));
};

const around = (words: readonly Word[]): Word["box"] | null => {
  if (words.length === 0) return null;
  const left = Math.min(...words.map(({ box }) => box.x));
  const top = Math.min(...words.map(({ box }) => box.y));
  const right = Math.max(...words.map(({ box }) => box.x + box.w));
  const bottom = Math.max(...words.map(({ box }) => box.y + box.h));
  return { x: left, y: top, w: right - left, h: bottom - top };
};

interface Candidate {
  readonly value: Value;
  readonly words: readonly Word[];
  readonly distance: number;
}

const meanConfidence = (words: readonly Word[]): number =>
  words.length === 0 ? 0 : words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length;

const startOfSection = (lines: readonly Line[], section: string | undefined): number =>
  section === undefined ? 0 : lines.findIndex((line) => findLabel(line.folded, section) !== null);

const isLabelled = (line: Line, anchors: readonly string[]): boolean =>
  anchors.some((anchor) => findLabel(line.folded.slice(0, 8), anchor)?.from === 0);

const candidates = (
  lines: readonly Line[],
  rule: FieldRule,
  allAnchors: readonly string[],
): readonly Candidate[] => {
  const start = startOfSection(lines, rule.section);
  if (start < 0) return [];
  const stops = [...allAnchors.filter((anchor) => !rule.anchors.includes(anchor)), ...(rule.until ?? [])];
  return rule.anchors.flatMap((anchor) =>
    lines.slice(start).flatMap((line, index): Candidate[] => {
      const found = anchor === "," ? { to: 0, distance: 1 } : findLabel(line.folded, anchor);
      if (found === null) return [];
      let words = [...valueWords(line, found.to, stops)];
      for (let more = 1; more <= (rule.moreLines ?? 0); more += 1) {
        const next = lines[start + index + more];
        if (next === undefined || isLabelled(next, allAnchors)) break;
        // A value that runs on fills its line; a short line is the end.
        if (words.length < 5) break;
        words = [...words, ...next.words];
      }
      const value = rule.validate(words.map(({ text }) => text).join(" "));
      return value === null ? [] : [{ value, words, distance: found.distance }];
    }),
  );
};

const extractField = (
  lines: readonly Line[],
  rule: FieldRule,
  allAnchors: readonly string[],
): ReadField | null => {
  const [best] = [...candidates(lines, rule, allAnchors)].sort((a, b) => a.distance - b.distance);
  if (best === undefined) return null;
  const labelTrust = 1 - best.distance * 0.05;
  return {
    key: rule.key,
    label: rule.label,
    value: best.value.value,
    confidence: Number((meanConfidence(best.words) * best.value.trust * labelTrust).toFixed(3)),
    box: around(best.words),
    source: "print",
    correction: null,
  };
};

/** The paper's class and those of its fields that hold what such a field may hold, in the paper's order. */
export const extractFields = (read: Recognised): Pick<ReadPage, "paperClass" | "fields"> => {
  const lines = linesOf(read);
  const rule = PAPERS.find((paper) => isTitled(lines, paper));
  if (rule === undefined) return { paperClass: "unknown", fields: [] };
  const anchors = rule.fields.flatMap((field) => field.anchors).filter((anchor) => anchor !== ",");
  return {
    paperClass: rule.paperClass,
    fields: rule.fields.flatMap((field) => extractField(lines, field, anchors) ?? []),
  };
};
