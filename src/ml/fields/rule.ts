// What must be said about a kind of paper so that its fields can be read?
import type { KnownPaperClass } from "../../core/paper-class.js";
import type { Validator } from "./value.js";

/**
 * Values without a label of their own:
 * - authority: the name of who issued it, in the letter head, left
 * - placeDate: "Bình Phú, ngày 05 tháng 8 năm 2021"
 * - signer: the name under the signature
 * - anywhere: the one place on the page where such a value stands
 */
export type Finder = "authority" | "placeDate" | "signer" | "anywhere";

export interface FieldRule {
  readonly key: string;
  readonly label: { readonly vi: string; readonly en: string };
  /** Printed before the value; a colon means that one is printed. */
  readonly anchors?: readonly string[];
  readonly find?: Finder;
  readonly validate: Validator;
  /** The label stands in this section. */
  readonly section?: string;
  /** The value stands under the label, not after it. */
  readonly below?: true;
  /** The value may run on over this many further lines. */
  readonly moreLines?: number;
  /** Its lines are centred, not aligned at the left. */
  readonly centred?: true;
}

/** A part of the paper, from one of these phrases to the next section's. */
export interface SectionRule {
  readonly id: string;
  readonly starts: readonly string[];
}

/** What two or three values of one paper say about each other. */
export type Agreement =
  /** The twelve digits name the year of birth and the sex; `sex` is a key or, for wives and husbands, known. */
  | {
      readonly kind: "citizenNumber";
      readonly number: string;
      readonly birth: string;
      readonly sex?: string;
      readonly knownSex?: "Nam" | "Nữ";
    }
  /** The date is printed a second time, in words, after one of these labels. */
  | { readonly kind: "dateInWords"; readonly date: string; readonly labels: readonly string[] }
  /** "70/2009" was registered in 2009. */
  | { readonly kind: "yearInNumber"; readonly number: string; readonly date: string }
  | { readonly kind: "order"; readonly earlier: string; readonly later: string }
  /** The later year follows the earlier by so many. */
  | {
      readonly kind: "years";
      readonly from: string;
      readonly to: string;
      readonly least: number;
      readonly most: number;
    };

export interface PaperRule {
  readonly paperClass: KnownPaperClass;
  /** Headings in capitals. */
  readonly titles: readonly string[];
  /** Phrases of the running print that no other paper has. */
  readonly echoes: readonly string[];
  readonly fields: readonly FieldRule[];
  /** Printed labels whose values are not read, but end the value before them. */
  readonly labels?: readonly string[];
  readonly sections?: readonly SectionRule[];
  /** Two people's fields stand side by side. */
  readonly columns?: true;
  readonly agreements?: readonly Agreement[];
}
