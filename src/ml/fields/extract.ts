// What stands in the fields of a paper?
import type { KnownPaperClass } from "../../core/paper-class.js";
import type { Correction, ReadField, ReadPage } from "../reader.js";
import { agree } from "./agreements.js";
import { classify } from "./classify.js";
import { confirmByCodes } from "./codes-on-page.js";
import { columnEdges, findLabels, labelsOf } from "./labels.js";
import { around, type FieldsInput, type Segment, segmentsOf, splitAtColumns, type Token } from "./layout.js";
import { type Located, labelsFor, locate, type Page } from "./locate.js";
import { PAPERS } from "./papers.js";
import type { FieldRule, PaperRule } from "./rule.js";
import { findUnlabelled } from "./unlabelled.js";
import { MENDED, type Value } from "./value.js";

interface Candidate {
  readonly value: Value | null;
  readonly located: Located;
  /** Slips and oddities of the label. */
  readonly distance: number;
}

const textOf = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join(" ");
/** Writing that no model could read: a word without letters. */
const isUnread = ({ script, tokens }: Segment): boolean =>
  script === "hand" && !tokens.some(({ text }) => /[\p{L}\p{N}]/u.test(text));
const isHand = ({ segments }: Located): boolean => segments.some(({ script }) => script === "hand");

/** The weakest word counts as much as all together: one wrong letter makes a wrong value. */
const wordConfidence = (tokens: readonly Token[]): number => {
  const said = tokens.filter(({ text }) => /[\p{L}\p{N}]/u.test(text)).map(({ confidence }) => confidence);
  if (said.length === 0) return 0;
  const mean = said.reduce((sum, value) => sum + value, 0) / said.length;
  return (mean + Math.min(...said)) / 2;
};

const SLIP = 0.03;

/** The words were changed after recognition: the field says so, with what was read. */
const correctionOf = (tokens: readonly Token[]): Correction | null => {
  const by = tokens.find(({ correction }) => correction !== null)?.correction?.by;
  if (by === undefined) return null;
  return { from: tokens.map(({ text, correction }) => correction?.from ?? text).join(" "), by };
};

const fieldOf = (rule: FieldRule, { value, located, distance }: Candidate): ReadField => {
  const base = {
    key: rule.key,
    label: rule.label,
    box: around([
      ...located.tokens.map(({ box }) => box),
      ...located.segments.filter(isUnread).map(({ box }) => box),
    ]),
    correction: correctionOf(located.tokens),
  };
  const hand = isHand(located);
  const unread = located.segments.some(isUnread);
  if (value === null || unread)
    return { ...base, value: "", confidence: 0, source: "hand", correction: null };
  const confidence = wordConfidence(located.tokens) * value.trust * Math.max(0, 1 - distance * SLIP);
  return {
    ...base,
    value: value.value,
    confidence: Number(Math.max(0, Math.min(1, confidence)).toFixed(3)),
    source: hand ? "hand" : "print",
  };
};

const candidates = (page: Page, paper: PaperRule, rule: FieldRule): readonly Candidate[] => {
  const labelled = labelsFor(page, rule, paper.sections?.[0]?.id).flatMap((at) => {
    const located = locate(page, at, rule);
    return located === null ? [] : [{ located, distance: at.distance }];
  });
  const free = findUnlabelled(page, rule).map((located) => ({ located, distance: 0 }));
  return [...labelled, ...free].flatMap(({ located, distance }) => {
    const value = rule.validate(textOf(located.tokens));
    return value === null && !isHand(located) ? [] : [{ value, located, distance }];
  });
};

const extractField = (page: Page, paper: PaperRule, rule: FieldRule): ReadField | null => {
  const all = candidates(page, paper, rule);
  const [best] = all;
  if (best === undefined) return null;
  const field = fieldOf(rule, best);
  // Another place that is as good says something else: the citizen decides.
  const rival = all.some(
    ({ value, distance }) =>
      value !== null && value.value !== best.value?.value && distance <= best.distance + 1,
  );
  return rival ? { ...field, confidence: Math.min(field.confidence, MENDED) } : field;
};

const pageOf = (segments: readonly Segment[], paper: PaperRule): Page => {
  const printed = labelsOf(paper);
  const labels = findLabels(segments, printed);
  if (paper.columns !== true) return { segments, labels };
  const parted = splitAtColumns(segments, columnEdges(labels));
  return { segments: parted, labels: findLabels(parted, printed) };
};

export interface Hint {
  /** What the citizen was asked for. */
  readonly expect?: KnownPaperClass | "any";
}

/** The paper's class and those of its fields that hold what such a field may hold, in the paper's order. */
export const extractFields = (
  read: FieldsInput,
  hint: Hint = {},
): Pick<ReadPage, "paperClass" | "fields"> => {
  const segments = segmentsOf(read);
  const { paperClass } = classify(segments, hint.expect);
  const paper = PAPERS.find((rule) => rule.paperClass === paperClass);
  if (paper === undefined) return { paperClass: "unknown", fields: [] };
  const page = pageOf(segments, paper);
  const fields = paper.fields.flatMap((rule) => extractField(page, paper, rule) ?? []);
  return { paperClass, fields: confirmByCodes(agree(paper, page, fields), paper, read.codes ?? []) };
};
