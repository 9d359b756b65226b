// What is a scanned paper on its way to a certified electronic copy?
//
// Three signatures, three meanings (they must never be mixed up): the device's seal says "scanned at this kiosk,
// unchanged"; the officer's and the agency's make a certified copy of it (Decree 45/2020/NĐ-CP, article 10). A file
// that nobody competent has signed says so on every page.
import type { Bilingual } from "../core/faults.js";

/** A word for the invisible text layer. */
export interface ScanWord {
  readonly text: string;
  /** Pixels of the page's picture, top left origin. */
  readonly box: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

export interface ScanPage {
  /** Baseline or progressive JPEG, grey or RGB; it stands in the PDF byte for byte. */
  readonly jpeg: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Null: the true size is not known; the page is put on A4. */
  readonly dpi: number | null;
  readonly words: readonly ScanWord[];
}

export interface Scan {
  readonly title: Bilingual;
  readonly pages: readonly ScanPage[];
  readonly kiosk: { readonly id: string; readonly place: Bilingual };
  /** Wall time and how far it is to be trusted ("trusted", "floor", …). */
  readonly scannedAt: { readonly epochMs: number; readonly trust: string };
  /** UUID. */
  readonly submission: string;
  /** Text of the QR on every page; null: none. */
  readonly lookupCode: string | null;
}

/** A signing key that perhaps never leaves its token. */
export interface SealingKey {
  /** DER; the leaf first, then its issuers. */
  readonly certificates: readonly Uint8Array[];
  readonly algorithm: "ecdsa-p256-sha256" | "rsa-pkcs1-sha256";
  /** Over the SHA-256 of `data`; ECDSA answers r ‖ s (64 bytes). Throws `FaultError` "keys.unusable". */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** What the officer adds when a scan becomes a certified copy. */
export interface CopyStatement {
  /** "số chứng thực". */
  readonly registerNumber: string;
  /** "quyển số", e.g. "01-SCT/BS". */
  readonly book: string;
  /** yyyy-MM-dd. */
  readonly date: string;
  readonly authority: string;
  readonly officer: { readonly name: string; readonly position: string };
}
