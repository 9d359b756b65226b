// What is a public-service procedure, as data?
import type { Bilingual } from "../core/faults.js";
import type { KnownPaperClass } from "../core/paper-class.js";

/**
 * How sure the kiosk is of who stands in front of it, weakest first.
 * "claimed": a QR or typed number. "chipRead": a chip opened with the card's own key answered, its
 * signatures not checked. "genuine": passive authentication. "notCloned": plus chip authentication.
 * "holderPresent": plus a face match with liveness.
 */
export const IDENTITY_LEVELS = ["claimed", "chipRead", "genuine", "notCloned", "holderPresent"] as const;
export type IdentityLevel = (typeof IDENTITY_LEVELS)[number];

export type FieldKind =
  | "text"
  | "multiline"
  | "address"
  | "date"
  | "choice"
  | "digits"
  | "phone"
  | "email"
  | "signature";

/** Where a field's value may come from before the citizen touches it. */
export type CardField =
  | "number"
  | "fullName"
  | "birthDate"
  | "sex"
  | "nationality"
  | "ethnicity"
  | "religion"
  | "placeOfOrigin"
  | "placeOfResidence"
  | "issueDate"
  | "expiryDate"
  | "fatherName"
  | "motherName"
  | "spouseName"
  | "oldNumber";

export interface FormField {
  /** Property name in the JSON Schema. */
  readonly key: string;
  readonly kind: FieldKind;
  readonly label: Bilingual;
  readonly hint?: Bilingual;
  readonly choices?: readonly { readonly value: string; readonly label: Bilingual }[];
  /** What is answered most often, to be taken with one touch; of kind "text" alone. */
  readonly suggestions?: readonly Bilingual[];
  readonly fromCard?: CardField;
  /** `paperId.fieldName`: prefilled from what was read from a paper of this visit. */
  readonly fromPaper?: string;
}

export interface FormPage {
  readonly title: Bilingual;
  readonly fields: readonly FormField[];
  /** Asked only while another field has this value; what was entered here counts only then. */
  readonly shownIf?: { readonly key: string; readonly value: string };
}

export interface RequiredPaper {
  readonly id: string;
  readonly title: Bilingual;
  /** Paper class the reader looks for; "any" takes whatever is laid down. */
  readonly paperClass: KnownPaperClass | "any";
  readonly optional: boolean;
  readonly maxPages: number;
  /** A certified electronic copy that the portal keeps will do as well. */
  readonly storedCopy?: boolean;
}

export interface Procedure {
  /** National code, e.g. "2.000815". */
  readonly code: string;
  readonly title: Bilingual;
  readonly summary: Bilingual;
  readonly authority: Bilingual;
  readonly identityLevel: IdentityLevel;
  /** Form pages in order, one decision a page where that is possible (at most 3 fields). */
  readonly pages: readonly FormPage[];
  /** JSON Schema 2020-12 of the whole form; property order is the officer's order. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly papers: readonly RequiredPaper[];
  /** Fee in đồng; `perPaper` when each copy is charged. */
  readonly fee: { readonly amountVnd: number; readonly perPaper: boolean; readonly note: Bilingual };
  readonly timeLimit: { readonly workingDays: number; readonly note: Bilingual };
  readonly source: { readonly law: string; readonly checked: string };
}

export interface FieldError {
  readonly key: string;
  readonly message: Bilingual;
}

export interface Catalogue {
  readonly procedures: readonly Procedure[];
  find(code: string): Procedure | undefined;
  /** Checks the fields of one page (or the whole form with `page` undefined). Empty when all is well. */
  check(code: string, values: Readonly<Record<string, string>>, page?: number): readonly FieldError[];
}
