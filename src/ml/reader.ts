// What does the paper reader take and give?
//
// The reader lives behind processes of its own: pictures go in, words and fields come out, and nothing of a
// visit stays there after `forget()`.
import type { KnownPaperClass, PaperClass } from "../core/paper-class.js";
import type { Check } from "./checks/check.js";

export type Stage = "decoding" | "finding" | "reading" | "extracting";

export interface ReadRequest {
  /** JPEG, PNG, WebP, TIFF, GIF or AVIF file as it came. */
  readonly image: Uint8Array;
  /** What the citizen was asked for; a hint, never a constraint. */
  readonly expect?: KnownPaperClass | "any";
  /**
   * What is known for sure about the person, by card field (dates yyyy-MM-dd): mends slips of the reading, and
   * each mend says so.
   */
  readonly known?: Readonly<Record<string, string>>;
  /** Where the picture comes from; without it: a camera. */
  readonly source?: "camera" | "scanner" | "file";
  /** yyyy-MM-dd; without it nothing is said about dates to come. */
  readonly today?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (stage: Stage, fraction: number) => void;
}

/** Pixels of the rectified page. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A reading that was changed after recognition. */
export interface Correction {
  /** What the recogniser read. */
  readonly from: string;
  readonly by: "lexicon" | "chip" | "pattern" | "mrz" | "qr";
}

export interface Word {
  readonly text: string;
  /** 0 … 1. */
  readonly confidence: number;
  readonly box: Box;
  readonly correction?: Correction;
}

export type Script = "print" | "hand";

/** What the model for handwriting made of a line, whatever its field may be. */
export interface HandText {
  /** "" below the model's threshold: nobody is shown a guess. */
  readonly text: string;
  /** That all of it is right, 0 … 1. */
  readonly confidence: number;
  /** The same of each character. */
  readonly letters: readonly number[];
  readonly sure: boolean;
}

/** In reading order. */
export interface TextLine {
  readonly box: Box;
  readonly script: Script;
  /** Indexes into the page's words, [from, to). */
  readonly from: number;
  readonly to: number;
  /** Of handwriting, where a model for it is installed. */
  readonly hand?: HandText;
}

export interface Table {
  readonly box: Box;
  /** Row by row; a cell that spans is in its first place, "" in the others. */
  readonly rows: readonly (readonly string[])[];
}

export interface PageCode {
  readonly kind: "qr" | "barcode" | "mrz";
  readonly text: string;
  readonly box: Box | null;
}

export interface ReadField {
  readonly key: string;
  readonly label: { readonly vi: string; readonly en: string };
  /** "" for handwriting that nothing here can read: the citizen types it. */
  readonly value: string;
  readonly confidence: number;
  readonly box: Box | null;
  readonly source: "print" | "hand" | "mrz" | "qr";
  readonly correction: Correction | null;
}

/** One instruction to the citizen at a time; the first that applies, in this order. */
export const ADVICE = [
  "noPage",
  "twoPages",
  "cutOff",
  "tooDark",
  "finger",
  "blurred",
  "glare",
  "shadow",
  "tooSmall",
] as const;
export type Advice = (typeof ADVICE)[number];

export interface PageQuality {
  /** Variance-of-Laplacian based, 0 (blurred) … 1. */
  readonly sharpness: number;
  /** Mean luminance before flattening, 0 … 1. */
  readonly brightness: number;
  /** Largest clipped-highlight area as a fraction of the page. */
  readonly glare: number;
  /** Depth of the deepest shadow edge on the paper, 0 … 1 of the paper's brightness. */
  readonly shadow: number;
  /** Part of the page that a finger or another thing covers, 0 … 1. */
  readonly covered: number;
  /** Degrees taken out by deskewing. */
  readonly skewDegrees: number;
  readonly verdict: "good" | "poor";
  readonly advice: Advice | "none";
}

export interface ReadPage {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Of the rectified page; null when the page's true size is not known. */
  readonly dpi: number | null;
  /** Rectified, upright colour page. */
  readonly jpeg: Uint8Array;
  readonly text: string;
  readonly words: readonly Word[];
  readonly lines: readonly TextLine[];
  readonly tables: readonly Table[];
  readonly codes: readonly PageCode[];
  readonly meanConfidence: number;
  readonly paperClass: PaperClass;
  readonly fields: readonly ReadField[];
  readonly quality: PageQuality;
  /** What speaks for and against this page; nothing is refused by it. */
  readonly checks: readonly Check[];
}

export interface PaperReader {
  /** Throws `FaultError` "paper.unreadable" | "paper.tooLarge" | "paper.absent". */
  read(request: ReadRequest): Promise<ReadPage>;
  /**
   * Ends the processes, at once or with the page under way, so that no pixel or word of the visit stays in
   * memory.
   */
  forget(): Promise<void>;
  close(): Promise<void>;
}
