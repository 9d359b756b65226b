// How does a page of a PDF become a picture?
//
// In a process of its own (`page-source-process.ts`): strangers' PDFs crash their readers. Nothing of a file runs:
// this build of PDFium has no JavaScript, and forms are not opened.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type PDFiumDocument, PDFiumLibrary } from "@hyzyla/pdfium";
import sharp from "sharp";
import { FaultError } from "../core/faults.js";

const DPI = 300;
const POINTS_AN_INCH = 72;
/** An A4 page at 300 dpi; the reader makes larger frames smaller anyway. */
const LONGEST_PX = 3_508;
const SHORTEST_PX = 16;
const JPEG_QUALITY = 92;

const unreadable = (detail: string, cause?: unknown): FaultError =>
  new FaultError("paper.unreadable", detail, cause === undefined ? {} : { cause });

/** What PDFium says when it can not open a file (fpdfview.h, FPDF_GetLastError). */
const refusal = (cause: unknown): FaultError => {
  const said = cause instanceof Error ? cause.message : String(cause);
  if (/password/i.test(said))
    return unreadable("the PDF is locked with a password; save it without one and try again", cause);
  if (/security/i.test(said))
    return unreadable(
      "the PDF is encrypted in a way that can not be opened here; print it to a new PDF",
      cause,
    );
  return unreadable("the PDF is damaged, or breaks off in the middle", cause);
};

export class PdfPages {
  readonly #library: PDFiumLibrary;
  #open: { readonly path: string; readonly document: PDFiumDocument } | null = null;

  private constructor(library: PDFiumLibrary) {
    this.#library = library;
  }

  /** Loads 4 MB of wasm that travel with the program. */
  static async load(): Promise<PdfPages> {
    const file = createRequire(import.meta.url).resolve("@hyzyla/pdfium/pdfium.wasm");
    return new PdfPages(await PDFiumLibrary.init({ wasmBinary: new Uint8Array(readFileSync(file)).buffer }));
  }

  /** Throws "paper.unreadable" for a PDF that is locked, damaged or without pages. */
  async count(path: string): Promise<number> {
    const pages = (await this.#document(path)).getPageCount();
    if (pages < 1) throw unreadable("the PDF has no pages");
    return pages;
  }

  /** `index` from 0; a JPEG file of 300 dpi, of fewer for what is larger than A4. */
  async picture(path: string, index: number): Promise<Uint8Array> {
    const page = (await this.#document(path)).getPage(index);
    const { originalWidth, originalHeight } = page.getOriginalSize();
    const longest = Math.max(originalWidth, originalHeight);
    const scale = Math.min(DPI / POINTS_AN_INCH, LONGEST_PX / longest);
    const [width, height] = [Math.round(originalWidth * scale), Math.round(originalHeight * scale)];
    if (!(Math.min(width, height) >= SHORTEST_PX))
      throw unreadable(`page ${index + 1} of the PDF is damaged or of no size`);
    const { data } = await page.render({ render: "bitmap", width, height });
    const raw = { width, height, channels: 4 as const };
    const jpeg = await sharp(data, { raw }).removeAlpha().jpeg({ quality: JPEG_QUALITY }).toBuffer();
    return new Uint8Array(jpeg);
  }

  async #document(path: string): Promise<PDFiumDocument> {
    if (this.#open?.path === path) return this.#open.document;
    this.#open?.document.destroy();
    this.#open = null;
    try {
      const document = await this.#library.loadDocument(new Uint8Array(readFileSync(path)));
      this.#open = { path, document };
      return document;
    } catch (error) {
      throw refusal(error);
    }
  }
}
