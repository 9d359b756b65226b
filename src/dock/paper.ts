// How do the printer's dots become a picture on a screen, and what would a phone read from it?
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { bitmapToPng } from "../hal/printer/bitmap.js";
import type { PrintedSlip } from "../hal/sim/far-ends.js";

export const slipPng = (slip: PrintedSlip): Promise<Uint8Array> => bitmapToPng(slip.page);

/** The module's own way is a fetch over the network. */
const wasmBinary = (): ArrayBuffer => {
  const file = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
  return new Uint8Array(readFileSync(file)).buffer;
};

/** The first QR on the picture, or null. */
export const readCode = async (png: Uint8Array): Promise<string | null> => {
  await prepareZXingModule({
    overrides: { wasmBinary: wasmBinary() },
    equalityFn: () => true,
    fireImmediately: true,
  });
  const found = await readBarcodes(png, { formats: ["QRCode"], tryHarder: true });
  return found[0]?.text ?? null;
};
