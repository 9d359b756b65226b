// What is a paper of a visit, once it was photographed, read and looked at?
//
// Words of the reading room, said anew: the statechart knows no room but the core.
import type { Bilingual, Fault } from "../core/faults.js";
import type { Pii } from "../core/pii.js";
import type { CitizenRecord } from "./citizen.js";
import type { PageAdvice } from "./events.js";
import type { PixelBox } from "./sight.js";

/** A value that was changed after it was recognised, and by what it was mended ("lexicon", "chip", …). */
export interface PaperCorrection {
  readonly from: string;
  readonly by: string;
}

export interface PaperField {
  readonly key: string;
  readonly label: Bilingual;
  /**
   * "" for handwriting that nothing here can read: the citizen types it. What was read of handwriting is shown beside
   * its picture for a yes, which puts the same value among the corrections, or for another value.
   */
  readonly value: string;
  /** 0 … 1; below 0.8 the screen marks the field. */
  readonly confidence: number;
  readonly source: "print" | "hand" | "mrz" | "qr";
  readonly correction: PaperCorrection | null;
  readonly box: PixelBox | null;
}

/** Speaks for or against a paper, and refuses nothing: "fail" and "unsure" go before a person. */
export interface PaperCheck {
  readonly id: string;
  readonly verdict: "pass" | "fail" | "unsure";
  readonly sentence: Bilingual;
  /** From 0, when it concerns a page. */
  readonly page: number | null;
  readonly box: PixelBox | null;
}

export interface PaperWord {
  readonly text: string;
  readonly box: PixelBox;
}

export interface CapturedPage {
  /** Where the page can fetch the picture; dies with the visit. */
  readonly imageUrl: string;
  /** Rectified JPEG of `widthPx` × `heightPx`. */
  readonly jpeg: Pii<Uint8Array>;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Null: the true size of the page is not known. */
  readonly dpi: number | null;
  readonly text: Pii<string>;
  readonly words: Pii<readonly PaperWord[]>;
  readonly fields: Pii<readonly PaperField[]>;
  readonly checks: Pii<readonly PaperCheck[]>;
  /** "unknown" when no class fits. */
  readonly paperClass: string;
  /** What would make a better picture. */
  readonly advice: PageAdvice | "none";
  /** The citizen wants this picture although there is advice. */
  readonly keptAnyway?: true;
}

/** What the reading of a page may know beforehand. */
export interface CaptureWish {
  /** What was asked for: a class of `core/paper-class`, or "any". */
  readonly paperClass: string;
  /** What the chip says of the citizen; null when no chip was read. Dropped with the effect. */
  readonly known: Pii<CitizenRecord> | null;
}

/** What came through the scanner's slot. */
export interface FedPapers {
  readonly pages: readonly CapturedPage[];
  /** What cut the batch short; its citizen's sentence tells to take the papers back. */
  readonly fault: Fault | null;
}

/** What the portal says of an electronic copy that somebody wants to use again. */
export type StoredAnswer =
  | { readonly result: "found"; readonly copy: StoredCopy }
  /** No such copy, or it is another person's: who asks is not told which. */
  | { readonly result: "unknown" }
  | { readonly result: "revoked" }
  /** Nobody could be asked; the portal looks when it takes the application in. */
  | { readonly result: "unasked" };

export interface StoredCopy {
  /** The portal's name of it; opaque. */
  readonly copy: string;
  readonly title: Bilingual;
  /** yyyy-MM-dd, of its certification. */
  readonly date: string;
}

/** A stored copy in the place of a paper. */
export interface UsedCopy {
  /** Personal: it opens the copy. */
  readonly lookupCode: string;
  /** Null: nobody could be asked yet. */
  readonly copy: StoredCopy | null;
}

/** Where what the card says and what the application says are not the same, by form key or by paper. */
export type Difference =
  | { readonly where: "form"; readonly key: string }
  | { readonly where: "paper"; readonly paperId: string };
