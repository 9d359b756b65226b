// What does the paper reader take and give?
//
// The reader lives behind processes of its own: pictures go in, words and fields come out, and nothing of a
// visit stays there after `forget()`.

export type Stage = "decoding" | "finding" | "reading" | "extracting";

export interface ReadRequest {
  /** JPEG, PNG, WebP, TIFF, GIF or AVIF file as it came. */
  readonly image: Uint8Array;
  readonly signal?: AbortSignal;
  readonly onProgress?: (stage: Stage, fraction: number) => void;
}

export interface Word {
  readonly text: string;
  /** 0 … 1. */
  readonly confidence: number;
  /** Pixels of the rectified page. */
  readonly box: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

export interface ReadField {
  readonly key: string;
  readonly label: { readonly vi: string; readonly en: string };
  readonly value: string;
  readonly confidence: number;
  readonly box: Word["box"] | null;
}

export interface PageQuality {
  /** Variance-of-Laplacian based, 0 (blurred) … 1. */
  readonly sharpness: number;
  /** Mean luminance before flattening, 0 … 1. */
  readonly brightness: number;
  /** Largest clipped-highlight area as a fraction of the page. */
  readonly glare: number;
  /** Degrees taken out by deskewing. */
  readonly skewDegrees: number;
  readonly verdict: "good" | "poor";
  readonly advice: "none" | "tooDark" | "blurred" | "glare" | "noPage" | "tooSmall";
}

export interface ReadPage {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Rectified, upright colour page. */
  readonly jpeg: Uint8Array;
  readonly text: string;
  readonly words: readonly Word[];
  readonly meanConfidence: number;
  readonly paperClass: "birthCertificate" | "diploma" | "unknown";
  readonly fields: readonly ReadField[];
  readonly quality: PageQuality;
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
