// What of the OpenJPEG build does this room use?

export interface OpenJpegOptions {
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}

export interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

export interface J2KDecoder {
  /** Room for the picture in the library's memory. */
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  /** 1 sRGB, 2 grey, 3 sYCC; 0 when the picture does not say. */
  getColorSpace(): number;
}

export interface J2KEncoder {
  getDecodedBuffer(frame: FrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  setCompressionRatio(layer: number, ratio: number): void;
  setQuality(lossless: boolean, layers: number): void;
  encode(): void;
}

export type LoadDecoder = (
  options: OpenJpegOptions,
) => Promise<{ readonly J2KDecoder: new () => J2KDecoder }>;
export type LoadCodec = (
  options: OpenJpegOptions,
) => Promise<{ readonly J2KDecoder: new () => J2KDecoder; readonly J2KEncoder: new () => J2KEncoder }>;
