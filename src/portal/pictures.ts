// Which pictures of its pages does a paper hold, as they came from the camera or the scanner?
//
// A scan PDF carries each page's JPEG byte for byte; it is taken out, never drawn anew, so that the officer sees
// what was sealed. Sizes are read from the JPEG itself: boxes are told in its pixels.
import { PDFArray, PDFDict, PDFDocument, PDFName, type PDFPage, PDFRawStream } from "pdf-lib";

export interface Picture {
  readonly jpeg: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

const MARKER = 0xff;
/** SOF0 … SOF15 without DHT, JPG and DAC (ITU-T T.81, table B.1). */
const isFrame = (code: number): boolean =>
  code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;

/** Width and height from the frame header (T.81, B.2.2); undefined when it is no JPEG that can be shown. */
export const jpegSize = (
  bytes: Uint8Array,
): { readonly widthPx: number; readonly heightPx: number } | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (view.getUint8(at) !== MARKER) return undefined;
    const code = view.getUint8(at + 1);
    if (code === MARKER) at += 1;
    else if (isFrame(code)) {
      const size = { heightPx: view.getUint16(at + 5), widthPx: view.getUint16(at + 7) };
      return size.heightPx > 0 && size.widthPx > 0 ? size : undefined;
    } else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
};

const isJpeg = (stream: PDFRawStream): boolean => {
  const { dict } = stream;
  const filter = dict.lookup(PDFName.of("Filter"));
  const only = filter instanceof PDFArray && filter.size() === 1 ? filter.lookup(0) : filter;
  return dict.lookup(PDFName.of("Subtype")) === PDFName.of("Image") && only === PDFName.of("DCTDecode");
};

/** The largest picture of a page is the page; a seal's or a logo's is smaller. */
const pictureOf = (pdfPage: PDFPage): Picture | null => {
  const objects = pdfPage.node.Resources()?.lookup(PDFName.of("XObject"));
  if (!(objects instanceof PDFDict)) return null;
  const pictures = objects.keys().flatMap((key): Picture[] => {
    const stream = objects.lookup(key);
    if (!(stream instanceof PDFRawStream) || !isJpeg(stream)) return [];
    const size = jpegSize(stream.contents);
    return size === undefined ? [] : [{ jpeg: stream.contents, ...size }];
  });
  return pictures.sort((a, b) => b.widthPx * b.heightPx - a.widthPx * a.heightPx)[0] ?? null;
};

const MAX_PAGES = 500;

/** Page by page; null for a page that has none. A file that can not be read has no pages. */
export const picturesIn = async (
  mediaType: string,
  bytes: Uint8Array,
): Promise<readonly (Picture | null)[]> => {
  if (mediaType === "image/jpeg") {
    const size = jpegSize(bytes);
    return [size === undefined ? null : { jpeg: bytes, ...size }];
  }
  if (mediaType !== "application/pdf") return [];
  try {
    const pdf = await PDFDocument.load(bytes, { updateMetadata: false, throwOnInvalidObject: true });
    return pdf.getPages().slice(0, MAX_PAGES).map(pictureOf);
  } catch {
    return [];
  }
};
