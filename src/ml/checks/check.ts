// What does a check of a paper answer?
import type { Bilingual } from "../../core/faults.js";
import type { Box } from "../reader.js";

/**
 * Never a refusal: "fail" and "unsure" put the paper before a person, with the sentence and the place. A check
 * that does not apply to a paper gives no answer at all.
 */
export interface Check {
  /** Stable word, e.g. "seal.present"; closed in the catalogue of checks. */
  readonly id: string;
  /** "unsure" is weak evidence: worth a look, and often nothing. */
  readonly verdict: "pass" | "fail" | "unsure";
  /** One plain sentence for the officer; may name the values that differ. */
  readonly sentence: Bilingual;
  /** From 0, when it concerns a page. */
  readonly page: number | null;
  readonly box: Box | null;
  /** Which paper of the visit, where papers are compared. */
  readonly paperId?: string;
  /** The form's field that it speaks of, where the form is compared. */
  readonly formKey?: string;
}
