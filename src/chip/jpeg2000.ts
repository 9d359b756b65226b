// How large does a JPEG 2000 picture say it is, and how do its samples become red, green and blue?
import type { FrameInfo } from "./openjpeg.js";

export interface DecodedPicture {
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly channels: 1 | 3;
  /** Eight bits a channel, interleaved. */
  readonly pixels: Uint8Array;
}

/** Marker SOC followed by SIZ: where the codestream starts (ISO/IEC 15444-1 clause A.5.1). */
const CODESTREAM = Buffer.from("ff4fff51", "hex");
/** The JP2 boxes before the codestream are short. */
const SEARCH_BYTES = 8_192;
const OPJ_CLRSPC_SYCC = 3;

/** Size out of the SIZ marker, before anything is decoded; `null` when there is none. */
export const sizeOf = (
  encoded: Uint8Array,
): { readonly widthPixels: number; readonly heightPixels: number; readonly components: number } | null => {
  const at = Buffer.from(encoded.subarray(0, SEARCH_BYTES)).indexOf(CODESTREAM);
  if (at < 0 || encoded.length < at + 42) return null;
  const view = new DataView(encoded.buffer, encoded.byteOffset + at, 42);
  return {
    widthPixels: view.getUint32(8) - view.getUint32(16),
    heightPixels: view.getUint32(12) - view.getUint32(20),
    components: view.getUint16(40),
  };
};

/** Samples of more than eight bits come in two bytes each, the lower first. */
const toBytes = (samples: Uint8Array, { bitsPerSample }: FrameInfo): Uint8Array => {
  if (bitsPerSample <= 8) {
    const scale = 255 / ((1 << bitsPerSample) - 1);
    return scale === 1 ? Uint8Array.from(samples) : samples.map((sample) => Math.round(sample * scale));
  }
  const pixels = new Uint8Array(samples.length >> 1);
  const shift = bitsPerSample - 8;
  for (let index = 0; index < pixels.length; index += 1)
    pixels[index] = ((samples[2 * index] ?? 0) | ((samples[2 * index + 1] ?? 0) << 8)) >> shift;
  return pixels;
};

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** ITU-R BT.601 as sYCC uses it (IEC 61966-2-1 annex G). */
const fromYcc = (pixels: Uint8Array): Uint8Array => {
  const rgb = new Uint8Array(pixels.length);
  for (let at = 0; at + 2 < pixels.length; at += 3) {
    const [y = 0, cb = 128, cr = 128] = pixels.subarray(at, at + 3);
    rgb[at] = clamp(y + 1.402 * (cr - 128));
    rgb[at + 1] = clamp(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128));
    rgb[at + 2] = clamp(y + 1.772 * (cb - 128));
  }
  return rgb;
};

/** Throws for a picture that is neither grey nor of three colours. */
export const toRgb = (info: FrameInfo, samples: Uint8Array, colourSpace: number): DecodedPicture => {
  const { width, height, componentCount } = info;
  if (componentCount !== 1 && componentCount !== 3) throw new Error(`${componentCount} components`);
  const pixels = toBytes(samples, info);
  if (width === 0 || height === 0 || pixels.length !== width * height * componentCount)
    throw new Error("nothing was decoded");
  const converted = colourSpace === OPJ_CLRSPC_SYCC && componentCount === 3 ? fromYcc(pixels) : pixels;
  return { widthPixels: width, heightPixels: height, channels: componentCount, pixels: converted };
};
