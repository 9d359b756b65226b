// Do the papers of a visit agree with the card, with the form and with each other?
import type { Bilingual } from "../../core/faults.js";
import type { PaperClass } from "../../core/paper-class.js";
import type { ReadField } from "../reader.js";
import type { Check } from "./check.js";

/** A form field of a procedure, as far as it is compared (`FormField` of the procedures fits). */
export interface ComparedField {
  readonly key: string;
  readonly kind: string;
  readonly label: Bilingual;
  /** Card field. */
  readonly fromCard?: string;
  /** `paperId.fieldName`. */
  readonly fromPaper?: string;
}

/** How large and how white a page is; from `sheetOf`. */
export interface Sheet {
  readonly page: number;
  readonly widthMm: number;
  readonly heightMm: number;
  /** sRGB of the bare paper. */
  readonly white: readonly [red: number, green: number, blue: number];
}

export interface ComparedPaper {
  readonly paperId: string;
  readonly title: Bilingual;
  readonly paperClass: PaperClass;
  /** Of all its pages. */
  readonly fields: readonly ReadField[];
  /** Of all its pages; repeated in the answer with the paper's id, so that one list says all. */
  readonly checks: readonly Check[];
  readonly sheets?: readonly Sheet[];
}

export interface Comparison {
  /** By card field, dates yyyy-MM-dd; null when nobody identified. */
  readonly citizen: Readonly<Partial<Record<string, string>>> | null;
  /** How sure the citizen's data are: "claimed" data that differ make an "unsure", not a "fail". */
  readonly identityLevel: "claimed" | "chipRead" | "genuine" | "notCloned" | "holderPresent" | null;
  /** What was typed or taken over, by form key. */
  readonly values: Readonly<Record<string, string>>;
  readonly fields: readonly ComparedField[];
  readonly papers: readonly ComparedPaper[];
  /** yyyy-MM-dd. */
  readonly today: string;
}

/** Pure; never throws. The papers' own checks first, then what comparing them says. */
export const comparePapers = ({ papers }: Comparison): readonly Check[] =>
  papers.flatMap(({ paperId, checks }) => checks.map((check) => ({ ...check, paperId })));
