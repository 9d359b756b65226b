// What does `motcua read` say of a page, to people and to programs?
import { FAULTS, isFaultCode } from "./core/faults.js";
import type { InputFailure } from "./ml/batch/inputs.js";
import type { ReadField, ReadPage, TextLine } from "./ml/reader.js";

export interface ReadResult {
  readonly file: string;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly read: ReadPage;
}

const remedyOf = (code: string): string => (isFaultCode(code) ? FAULTS[code].citizen.en : "");

/** An entry of the JSON array: a page as it was read, without its picture; or what kept it from being read. */
export const pageJson = (outcome: ReadResult | InputFailure): unknown => {
  if ("error" in outcome) {
    const { file, page, error } = outcome;
    return { file, page, error: { ...error, remedy: remedyOf(error.code) } };
  }
  const { jpeg: _picture, ...read } = outcome.read;
  return { file: outcome.file, page: outcome.page, ...read };
};

const nameOf = (file: string, page: number | null): string => (page === null ? file : `${file} page ${page}`);

export const failureText = ({ file, page, error }: InputFailure): string =>
  `motcua read: ${nameOf(file, page)}: ${error.detail}. ${remedyOf(error.code)}\n`;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const fieldText = ({ label, value, confidence, source, correction }: ReadField): string => {
  const shown = value === "" && source === "hand" ? "(handwriting, to be typed)" : value;
  const was = correction === null ? "" : `, read as "${correction.from}", by ${correction.by}`;
  const how = source === "hand" && value !== "" ? ", from handwriting" : "";
  return `  ${label.en}: ${shown}  (${percent(confidence)}${how}${was})`;
};

/** Where it stands on the page, since what is not sure is not told. */
const handText = ({ script, box, hand }: TextLine): readonly string[] => {
  if (script !== "hand") return [];
  const place = `  handwriting at ${Math.round(box.x)}, ${Math.round(box.y)}`;
  if (hand === undefined) return [`${place}: not read`];
  const sureness = percent(hand.confidence);
  return [
    hand.sure ? `${place}: ${hand.text}  (${sureness})` : `${place}: to be typed  (only ${sureness} sure)`,
  ];
};

const correctionsText = ({ words }: ReadPage): readonly string[] => {
  const changed = words.flatMap(({ text, correction }) =>
    correction === undefined ? [] : [`"${correction.from}" → "${text}" (${correction.by})`],
  );
  return changed.length === 0 ? [] : [`  Corrected: ${changed.join(", ")}`];
};

/** For people: what it is, its fields, handwriting, codes, tables and doubts, and then the text as it stands there. */
export const pageText = ({ file, page, pages, read }: ReadResult): string => {
  const { quality } = read;
  const picture = quality.verdict === "good" ? "good picture" : `poor picture: ${quality.advice}`;
  const doubts = read.checks.filter(({ verdict }) => verdict !== "pass");
  return [
    `${nameOf(file, pages === 1 ? null : page)}: ${read.paperClass}, ${read.words.length} words, mean confidence ${percent(read.meanConfidence)}, ${picture}`,
    ...read.fields.map(fieldText),
    ...read.lines.flatMap(handText),
    ...read.codes.map(({ kind, text }) => `  ${kind}: ${text.replaceAll("\n", " / ")}`),
    ...doubts.map(({ verdict, sentence }) => `  ${verdict === "fail" ? "!" : "?"} ${sentence.en}`),
    ...correctionsText(read),
    ...read.tables.flatMap(({ rows }) => rows.map((row) => `  | ${row.join(" | ")} |`)),
    read.text,
    "",
  ].join("\n");
};
