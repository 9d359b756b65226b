// How does the escpos package itself encode a picture? (What ours is compared with, in bytes and in time.)
import { createRequire } from "node:module";
import type { DotBitmap } from "../../src/hal/printer/printer.js";

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
  flush(): this;
}

interface EscposModule {
  readonly Image: new (pixels: EscposPixels) => EscposImage;
  readonly Printer: new (
    adapter: { write(bytes: Buffer, done?: () => void): void },
    options: Record<string, never>,
  ) => EscposPrinter;
}

/** As the package wants it: four bytes a dot. */
export const rgbaOf = (bitmap: DotBitmap): EscposPixels => {
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

/** The bytes of GS v 0 as the package makes them. */
export const escposRaster = (pixels: EscposPixels): Uint8Array => {
  const { Image, Printer } = createRequire(import.meta.url)("escpos") as EscposModule;
  let taken = new Uint8Array(0);
  const printer = new Printer(
    {
      write: (bytes) => {
        taken = new Uint8Array(bytes);
      },
    },
    {},
  );
  printer.raster(new Image(pixels), "normal").flush();
  return taken;
};
