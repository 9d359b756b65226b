// Of which type are the two builds of OpenJPEG? (The package has no types of its own.)

declare module "@cornerstonejs/codec-openjpeg/decodewasmjs" {
  const load: import("./openjpeg.js").LoadDecoder;
  export = load;
}

declare module "@cornerstonejs/codec-openjpeg/wasmjs" {
  const load: import("./openjpeg.js").LoadCodec;
  export = load;
}
