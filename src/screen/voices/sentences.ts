// Which sentences can a person record for a kiosk, and under which key?
//
// Whatever is the same on every day: the catalogue in its spoken form, what a fault asks of a citizen, the words of
// the procedures. A sentence with a value in it is always spoken by the machine, as a whole: two voices in one
// sentence are harder to follow than one.
import { type Bilingual, FAULTS, type FaultCode } from "../../core/faults.js";
import type { Language } from "../../flows/events.js";
import type { Procedure } from "../../procedures/procedure.js";
import { CATALOGUES, type Entry } from "../texts/texts.js";

export interface SpokenSentence {
  /** The name of its file, e.g. "slip.take". */
  readonly key: string;
  readonly text: string;
  /** False: it holds a value, and stays the machine's. */
  readonly recordable: boolean;
}

const PLACEHOLDER = /\{\{\w+\}\}/;

const catalogue = (language: Language): readonly (readonly [string, string])[] =>
  Object.entries(CATALOGUES[language]).flatMap(([group, entries]) =>
    Object.entries(entries as Readonly<Record<string, Entry>>).map(
      ([name, { text, speech = text }]) => [`${group}.${name}`, speech] as const,
    ),
  );

const faults = (language: Language): readonly (readonly [string, string])[] =>
  (Object.keys(FAULTS) as FaultCode[]).map((code) => [`fault.${code}`, FAULTS[code].citizen[language]]);

const ofProcedure = (
  { code, title, summary, pages, papers }: Procedure,
  language: Language,
): readonly (readonly [string, string])[] => {
  const at = (name: string, said: Bilingual | undefined): readonly (readonly [string, string])[] =>
    said === undefined ? [] : [[`procedure.${code}.${name}`, said[language]]];
  return [
    ...at("title", title),
    ...at("summary", summary),
    ...pages.flatMap((page, index) => [
      ...at(`page.${index + 1}`, page.title),
      ...page.fields.flatMap(({ key, label, hint, choices = [], suggestions = [] }) => [
        ...at(key, label),
        ...at(`${key}.hint`, hint),
        ...choices.flatMap((choice) => at(`${key}.choice.${choice.value}`, choice.label)),
        ...suggestions.flatMap((suggestion, number) => at(`${key}.suggestion.${number + 1}`, suggestion)),
      ]),
    ]),
    ...papers.flatMap((paper) => at(`paper.${paper.id}`, paper.title)),
  ];
};

/** A file's name must be one on every system. */
const fileSafe = (key: string): string => key.replace(/[^\w.-]/g, "_");

/** Each sentence once, under the first key that says it; in the order of the visit's catalogue. */
export const spokenSentences = (
  language: Language,
  procedures: readonly Procedure[],
): readonly SpokenSentence[] => {
  const seen = new Set<string>();
  return [
    ...catalogue(language),
    ...faults(language),
    ...procedures.flatMap((procedure) => ofProcedure(procedure, language)),
  ].flatMap(([key, text]): SpokenSentence[] => {
    if (text === "" || seen.has(text)) return [];
    seen.add(text);
    return [{ key: fileSafe(key), text, recordable: !PLACEHOLDER.test(text) }];
  });
};
