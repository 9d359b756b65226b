// Which codes are printed on a page: QR, bars, machine-readable rows, and where?
//
// What a code says is text here and nothing more: who trusts it, and how far, is decided elsewhere.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { OpenCv } from "@techstark/opencv-js";
import { prepareZXingModule, type ReaderOptions, type ReadResult, readBarcodes } from "zxing-wasm/reader";
import { findZones, type Zone } from "../mrz/find-zone.js";
import { Glyphs } from "../mrz/glyphs.js";
import { CERTAIN_MEAN, type ReadZone, readZone } from "../mrz/read-zone.js";
import type { Gray } from "../page/raster.js";
import type { Box, PageCode, TextLine, Word } from "../reader.js";
import { cutGray, zoneArea } from "./zone-area.js";
import { zoneText } from "./zone-text.js";

export interface CodeReading {
  /**
   * Squares and bars. `page` is upright and not flattened: a dense QR loses modules when its light is evened out with
   * the paper's.
   */
  readSymbols(page: Gray): Promise<readonly PageCode[]>;
  /**
   * Machine-readable rows, at most one group; `words` and `lines` of the same pixels say where they may be. Where the
   * page has lost them or shows them badly (a card lies askew on a dark sheet that was taken for the page), `frame`
   * may show them better: then they have no place on the page.
   */
  readZone(
    page: Gray,
    words: readonly Word[],
    lines: readonly Pick<TextLine, "box" | "from" | "to">[],
    frame: () => Gray,
  ): readonly PageCode[];
}

/** What papers carry: QR and DataMatrix of offices, PDF417 of old licences, the bars of registers and parcels. */
const OPTIONS: ReaderOptions = {
  formats: ["QRCode", "MicroQRCode", "DataMatrix", "PDF417", "Code128", "Code39", "EAN13", "ITF"],
  tryHarder: true,
  tryInvert: false,
  tryRotate: true,
  tryDownscale: true,
  maxNumberOfSymbols: 8,
  textMode: "Plain",
};
const SQUARE: ReadonlySet<string> = new Set(["QRCode", "MicroQRCode", "DataMatrix"]);
/** Bars without a check of their own are also found in ruled tables and frames. */
const SHORTEST_BARS = 4;
/** Places tried for machine-readable rows: each takes up to a second. */
const MOST_ZONES = 3;
/** Other print that is taken for OCR-B stays below this; a zone at dusk comes to 0.92. */
const LEAST_ZONE_MEAN = 0.82;
/** Half a letter above and below the rows' middle lines, of a row's length. */
const HALF_LETTER = 0.022;

const boxAround = (points: readonly { readonly x: number; readonly y: number }[], more: number): Box => {
  const x = Math.min(...points.map((point) => point.x)) - more;
  const y = Math.min(...points.map((point) => point.y)) - more;
  const w = Math.max(...points.map((point) => point.x)) + more - x;
  const h = Math.max(...points.map((point) => point.y)) + more - y;
  return { x: Math.round(x), y: Math.round(y), w: Math.round(w), h: Math.round(h) };
};

/** The module's own way is a fetch over the network. */
const wasmBinary = (): ArrayBuffer => {
  const file = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
  return new Uint8Array(readFileSync(file)).buffer;
};

/** The decoder takes image files; this one is a header and the pixels. */
const asPgm = ({ width, height, data }: Gray): Uint8Array => {
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`);
  const file = new Uint8Array(header.length + data.length);
  file.set(header);
  file.set(data, header.length);
  return file;
};

const toCode = ({ format, text, position }: ReadResult): PageCode | null => {
  const square = SQUARE.has(format);
  if (!square && text.length < SHORTEST_BARS) return null;
  const { topLeft, topRight, bottomLeft, bottomRight } = position;
  return {
    kind: square ? "qr" : "barcode",
    text: text.normalize("NFC"),
    box: boxAround([topLeft, topRight, bottomLeft, bottomRight], 0),
  };
};

interface FoundZone {
  readonly zone: Zone;
  readonly read: ReadZone;
}

const bestZone = (cv: OpenCv, glyphs: Glyphs, part: Gray): FoundZone | null => {
  let best: FoundZone | null = null;
  for (const zone of findZones(cv, part, MOST_ZONES)) {
    const read = readZone(glyphs, part, zone);
    if (read !== null && read.mean > (best?.read.mean ?? LEAST_ZONE_MEAN)) best = { zone, read };
    if ((best?.read.mean ?? 0) >= CERTAIN_MEAN) break;
  }
  return best;
};

const toZoneCode = ({ zone, read }: FoundZone, area: Box): PageCode => {
  const corners = zone.quad.map(({ x, y }) => ({ x: x + area.x, y: y + area.y }));
  return { kind: "mrz", text: zoneText(read), box: boxAround(corners, zone.length * HALF_LETTER) };
};

export const inReadingOrder = (a: PageCode, b: PageCode): number =>
  (a.box?.y ?? 0) - (b.box?.y ?? 0) || (a.box?.x ?? 0) - (b.box?.x ?? 0);

/** Loads what reads codes: 1 MB of wasm and the 37 shapes of OCR-B, once a process. */
export const openCodeReading = async (cv: OpenCv): Promise<CodeReading> => {
  const glyphs = new Glyphs();
  await prepareZXingModule({
    overrides: { wasmBinary: wasmBinary() },
    equalityFn: () => true,
    fireImmediately: true,
  });
  return {
    readSymbols: async (page) => {
      const found = await readBarcodes(asPgm(page), OPTIONS);
      return found.flatMap((result) => (result.isValid ? (toCode(result) ?? []) : []));
    },
    readZone: (page, words, lines, frame) => {
      const area = zoneArea(page, words, lines);
      if (area === null) return [];
      const found = bestZone(cv, glyphs, cutGray(page, area));
      if (found !== null && found.read.mean >= CERTAIN_MEAN) return [toZoneCode(found, area)];
      const elsewhere = bestZone(cv, glyphs, frame());
      if (elsewhere !== null && elsewhere.read.mean > (found?.read.mean ?? 0))
        return [{ kind: "mrz", text: zoneText(elsewhere.read), box: null }];
      return found === null ? [] : [toZoneCode(found, area)];
    },
  };
};
