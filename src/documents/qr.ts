// Which modules of the lookup code are dark?
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { FaultError } from "../core/faults.js";

export interface QrModules {
  /** Modules a side, without the quiet zone. */
  readonly side: number;
  isDark(x: number, y: number): boolean;
}

/** Error correction M (15 %). Throws "document.notMade" when the text does not fit a code. */
export const qrModules = async (text: string): Promise<QrModules> => {
  const file = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
  // Loaded from the installed package: the library would fetch it from a server. It keeps the module itself.
  await prepareZXingModule({
    overrides: { wasmBinary: new Uint8Array(readFileSync(file)).buffer },
    equalityFn: () => true,
    fireImmediately: true,
  });
  const { symbol, error } = await writeBarcode(text, { format: "QRCode", options: "ecLevel=M" });
  if (error !== "" || symbol.width === 0)
    throw new FaultError("document.notMade", `the lookup code can not be drawn: ${error}`);
  const { width: side, data } = symbol;
  // The matrix is a grey picture: 0 is black.
  return { side, isDark: (x, y) => data[y * side + x] === 0 };
};
