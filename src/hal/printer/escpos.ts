// How does the escpos package encode for us? (It has no types, opens devices itself and reads no status:
// it gets our dots and writes into a buffer.)
import { createRequire } from "node:module";
import type { DotBitmap } from "./printer.js";

interface EscposPixels {
  /** RGBA. */
  readonly data: Uint8Array;
  /** Width, height, channels. */
  readonly shape: readonly [number, number, number];
}

interface EscposImage {
  readonly size: { readonly width: number; readonly height: number };
}

interface EscposPrinter {
  raster(image: EscposImage, mode: "normal"): this;
  hardware(command: "init"): this;
  raw(bytes: Buffer): this;
  flush(): this;
}

interface EscposModule {
  readonly Image: new (pixels: EscposPixels) => EscposImage;
  readonly Printer: new (
    adapter: { write(bytes: Buffer, done?: () => void): void },
    options: Record<string, never>,
  ) => EscposPrinter;
}

const rgbaOf = (bitmap: DotBitmap): EscposPixels => {
  const { widthDots, heightDots, bits } = bitmap;
  const rowBytes = Math.ceil(widthDots / 8);
  const data = new Uint8Array(widthDots * heightDots * 4).fill(0xff);
  for (let y = 0; y < heightDots; y++) {
    for (let x = 0; x < widthDots; x++) {
      const byte = bits[y * rowBytes + (x >> 3)] ?? 0;
      if ((byte & (0x80 >> (x & 7))) !== 0)
        data.fill(0, (y * widthDots + x) * 4, (y * widthDots + x) * 4 + 3);
    }
  }
  return { data, shape: [widthDots, heightDots, 4] };
};

/** Encodes in the order of the calls; `take` gives the bytes and starts afresh. */
export class EscposEncoder {
  readonly #module: EscposModule;
  readonly #printer: EscposPrinter;
  #taken: Uint8Array = new Uint8Array(0);

  constructor() {
    this.#module = createRequire(import.meta.url)("escpos") as EscposModule;
    const adapter = {
      write: (bytes: Buffer) => {
        this.#taken = new Uint8Array(bytes);
      },
    };
    this.#printer = new this.#module.Printer(adapter, {});
  }

  initialise(): this {
    this.#printer.hardware("init");
    return this;
  }

  /** GS v 0, single density: the whole bitmap as one image. */
  raster(bitmap: DotBitmap): this {
    this.#printer.raster(new this.#module.Image(rgbaOf(bitmap)), "normal");
    return this;
  }

  /** A command that the package lacks. */
  raw(bytes: Uint8Array): this {
    this.#printer.raw(Buffer.from(bytes));
    return this;
  }

  take(): Uint8Array {
    this.#printer.flush();
    const taken = this.#taken;
    this.#taken = new Uint8Array(0);
    return taken;
  }
}
