// Which dots show a text as a QR code that a phone reads off thermal paper?
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { blank, fillRect } from "./bitmap.js";
import type { DotBitmap } from "./printer.js";

/** ISO/IEC 18004, 9.1: four modules of white on each side. */
const QUIET_MODULES = 4;
/** 0.375 mm: below three dots a module, heat spreads into the neighbours. */
const MIN_DOTS_PER_MODULE = 3;

/** Loaded from the installed package: the library would fetch it from a server. It keeps the module itself. */
const load = async (): Promise<void> => {
  const file = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
  await prepareZXingModule({
    overrides: { wasmBinary: new Uint8Array(readFileSync(file)).buffer },
    equalityFn: () => true,
    fireImmediately: true,
  });
};

/**
 * A square with its quiet zone, whole dots a module, at most `sideDots` wide unless that is too small
 * for the text. Error correction M (15 %): slips are folded and scratched.
 */
export const qrBitmap = async (text: string, sideDots: number): Promise<DotBitmap> => {
  await load();
  const { symbol, error } = await writeBarcode(text, { format: "QRCode", options: "ecLevel=M" });
  if (error !== "" || symbol.width === 0) throw new Error(`QR code can not be made: ${error}`);
  const modules = symbol.width + 2 * QUIET_MODULES;
  const scale = Math.max(MIN_DOTS_PER_MODULE, Math.floor(sideDots / modules));
  const bitmap = blank(modules * scale, modules * scale);
  for (let y = 0; y < symbol.height; y++)
    for (let x = 0; x < symbol.width; x++)
      // The matrix is a grey picture: 0 is black.
      if (symbol.data[y * symbol.width + x] === 0)
        fillRect(bitmap, {
          x: (x + QUIET_MODULES) * scale,
          y: (y + QUIET_MODULES) * scale,
          width: scale,
          height: scale,
        });
  return bitmap;
};
