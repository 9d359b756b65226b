// What of the OpenJPEG build does this room use? (The package has no types of its own.)

declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  import type { OpenJpegDecoderModule, OpenJpegOptions } from "@cornerstonejs/codec-openjpeg/wasmjs";

  const load: (options: OpenJpegOptions) => Promise<OpenJpegDecoderModule>;

  export { load as default };
}

declare module "@cornerstonejs/codec-openjpeg/wasmjs" {
  export interface OpenJpegOptions {
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
    readonly locateFile?: (name: string) => string;
  }
  export interface FrameInfo {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned: boolean;
  }
  export interface J2KDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    getDecodedBuffer(): Uint8Array;
    decode(): void;
    getFrameInfo(): FrameInfo;
    getColorSpace(): number;
    delete(): void;
  }
  export interface J2KEncoder {
    getDecodedBuffer(frame: FrameInfo): Uint8Array;
    getEncodedBuffer(): Uint8Array;
    setCompressionRatio(layer: number, ratio: number): void;
    setQuality(lossless: boolean, layers: number): void;
    encode(): void;
    delete(): void;
  }
  export interface OpenJpegDecoderModule {
    readonly J2KDecoder: new () => J2KDecoder;
  }
  export interface OpenJpegModule extends OpenJpegDecoderModule {
    readonly J2KEncoder: new () => J2KEncoder;
  }
  const load: (options: OpenJpegOptions) => Promise<OpenJpegModule>;

  export { load as default };
}
