// What stands in the fields of a paper?
import type { KnownPaperClass } from "../../core/paper-class.js";
import type { HandReading } from "../handwriting/read-logits.js";
import type { Correction, ReadField, ReadPage } from "../reader.js";
import { agree } from "./agreements.js";
import { classify } from "./classify.js";
import { confirmByCodes } from "./codes-on-page.js";
import { handKindOf } from "./hand-kinds.js";
import { columnEdges, findLabels, labelsOf } from "./labels.js";
import {
  around,
  type FieldsInput,
  type ReadHandAs,
  type Segment,
  segmentsOf,
  splitAtColumns,
  type Token,
} from "./layout.js";
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
  /** Handwriting that was read as what the field may hold. */
  readonly hand: HandReading | null;
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

/** Handwriting is as sure as its model says; what the label lacks or the value's form is odd takes from it. */
const confidenceOf = ({ value, located, distance, hand }: Candidate): number => {
  const sureness = hand?.confidence ?? wordConfidence(located.tokens);
  return sureness * (value?.trust ?? 0) * Math.max(0, 1 - distance * SLIP);
};

const fieldOf = (rule: FieldRule, candidate: Candidate): ReadField => {
  const { value, located } = candidate;
  const base = {
    key: rule.key,
    label: rule.label,
    box: around([
      ...located.tokens.map(({ box }) => box),
      ...located.segments.filter(isUnread).map(({ box }) => box),
    ]),
    correction: correctionOf(located.tokens),
  };
  const unread = candidate.hand === null ? located.segments.some(isUnread) : !candidate.hand.sure;
  if (value === null || unread)
    return { ...base, value: "", confidence: 0, source: "hand", correction: null };
  return {
    ...base,
    value: value.value,
    confidence: Number(Math.max(0, Math.min(1, confidenceOf(candidate))).toFixed(3)),
    source: isHand(located) ? "hand" : "print",
  };
};

/** A value in one stretch of handwriting; a value in print and pen together stays as its lines were read. */
const readAs = (located: Located, rule: FieldRule, readHand: ReadHandAs | undefined): HandReading | null => {
  const [only, more] = located.segments;
  if (only === undefined || more !== undefined || only.script !== "hand") return null;
  return readHand?.(only.box, handKindOf(rule.validate)) ?? null;
};

interface Sheet {
  readonly page: Page;
  readonly paper: PaperRule;
  readonly readHand: ReadHandAs | undefined;
}

const candidates = ({ page, paper, readHand }: Sheet, rule: FieldRule): readonly Candidate[] => {
  const labelled = labelsFor(page, rule, paper.sections?.[0]?.id).flatMap((at) => {
    const located = locate(page, at, rule);
    return located === null ? [] : [{ located, distance: at.distance }];
  });
  const free = findUnlabelled(page, rule).map((located) => ({ located, distance: 0 }));
  return [...labelled, ...free].flatMap(({ located, distance }) => {
    const hand = readAs(located, rule, readHand);
    const value = rule.validate(hand?.text ?? textOf(located.tokens));
    return value === null && !isHand(located) ? [] : [{ value, located, distance, hand }];
  });
};

const extractField = (sheet: Sheet, rule: FieldRule): ReadField | null => {
  const all = candidates(sheet, rule);
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
  const sheet = { page, paper, readHand: read.readHand };
  const fields = paper.fields.flatMap((rule) => extractField(sheet, rule) ?? []);
  return { paperClass, fields: confirmByCodes(agree(paper, page, fields), paper, read.codes ?? []) };
};
