// Which codes are on a picture? (In a thread of its own: a picture takes tens to hundreds of milliseconds.)
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parentPort } from "node:worker_threads";
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";

export interface DecodeTask {
  readonly id: number;
  readonly jpeg: Uint8Array;
}

export interface DecodeAnswer {
  readonly id: number;
  /** What each code holds, as bytes where the symbol has them. */
  readonly codes: readonly Uint8Array[];
}

/** Cards, phones and papers carry the first; slips of other offices and parcels the rest. */
const OPTIONS: ReaderOptions = {
  formats: ["QRCode", "DataMatrix", "PDF417", "Code128"],
  tryHarder: true,
  tryInvert: true,
  tryRotate: true,
  maxNumberOfSymbols: 4,
  textMode: "Plain",
};

/** The module's own way is a fetch over the network. */
const wasmBinary = (): ArrayBuffer => {
  const file = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
  return new Uint8Array(readFileSync(file)).buffer;
};

const ready = prepareZXingModule({ overrides: { wasmBinary: wasmBinary() }, fireImmediately: true });

parentPort?.on("message", async ({ id, jpeg }: DecodeTask) => {
  await ready;
  // What is no picture has no code on it.
  const found = await readBarcodes(jpeg, OPTIONS).catch(() => []);
  const codes = found.filter(({ isValid }) => isValid).map(({ bytes }) => bytes);
  parentPort?.postMessage({ id, codes } satisfies DecodeAnswer);
});
