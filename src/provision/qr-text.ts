// How does a text become a QR code on a terminal of 80 × 24 without colours?
//
// Two modules stand in one character: half blocks (U+2580, U+2584, U+2588). Light modules are drawn and dark ones left
// empty, as on a terminal letters shine and the ground is dark; `inverted` is for the others.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";

/** One line of characters a row. */
export type QrPicture = readonly string[];

/** ISO/IEC 18004, 9.1. */
const QUIET_MODULES = 4;
/** Version 5: with its quiet zone 45 modules are 23 rows, all that 24 leave without scrolling. */
const MOST_MODULES = 37;
/** ISO/IEC 18004, table 7: version 5-L, alphanumeric. */
export const LONGEST_CODE = 154;

const load = async (): Promise<void> => {
  const file = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
  // Loaded from the installed package: the library would fetch it from a server. It keeps the module itself.
  await prepareZXingModule({
    overrides: { wasmBinary: new Uint8Array(readFileSync(file)).buffer },
    equalityFn: () => true,
    fireImmediately: true,
  });
};

interface Grid {
  /** Modules a side with the quiet zone. */
  readonly whole: number;
  isLight(x: number, y: number): boolean;
}

/** Error correction L: a screen has no folds. */
const gridOf = async (text: string, mostModules: number): Promise<Grid> => {
  await load();
  const { symbol, error } = await writeBarcode(text, { format: "QRCode", options: "ecLevel=L" });
  if (error !== "" || symbol.width === 0 || symbol.width > mostModules)
    throw new Error(
      `${text.length} characters make no QR code of ${mostModules} modules: ${error || symbol.width}`,
    );
  const { width: side, data } = symbol;
  const isLight = (x: number, y: number): boolean => {
    const [column, row] = [x - QUIET_MODULES, y - QUIET_MODULES];
    const inside = column >= 0 && row >= 0 && column < side && row < side;
    // The matrix is a grey picture: 0 is black.
    return !(inside && data[row * side + column] === 0);
  };
  return { whole: side + 2 * QUIET_MODULES, isLight };
};

/** Version 40. */
const LARGEST_MODULES = 177;
const PIXELS = 6;

/** For a sheet of paper or a telephone's screen: grey pixels, dark modules 0. */
export const qrPixels = async (
  text: string,
): Promise<{ readonly side: number; readonly pixels: Uint8Array }> => {
  const { whole, isLight } = await gridOf(text, LARGEST_MODULES);
  const side = whole * PIXELS;
  const pixels = Uint8Array.from({ length: side * side }, (_pixel, at) =>
    isLight(Math.floor((at % side) / PIXELS), Math.floor(at / side / PIXELS)) ? 255 : 0,
  );
  return { side, pixels };
};

/** Throws when the text does not fit 80 × 24. */
export const qrPicture = async (text: string, inverted = false): Promise<QrPicture> => {
  const { whole, isLight } = await gridOf(text, MOST_MODULES);
  const shines = (x: number, y: number): boolean => y < whole && isLight(x, y) !== inverted;
  return Array.from({ length: Math.ceil(whole / 2) }, (_row, half) =>
    Array.from({ length: whole }, (_column, x) => {
      const [upper, lower] = [shines(x, 2 * half), shines(x, 2 * half + 1)];
      if (upper && lower) return "█";
      return upper ? "▀" : lower ? "▄" : " ";
    }).join(""),
  );
};
