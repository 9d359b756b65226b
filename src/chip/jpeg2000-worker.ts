// How does one JPEG 2000 picture become pixels, away from the thread that holds the visit?
//
// The decoder is WebAssembly made from C and the picture comes from a card: it runs alone in a worker that is ended
// after one picture, so a hang or a broken heap ends with it.
import { parentPort, workerData } from "node:worker_threads";
import loadOpenJpeg from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import { type DecodedPicture, toRgb } from "./jpeg2000.js";

const decode = async (encoded: Uint8Array): Promise<DecodedPicture> => {
  // The library prints its progress otherwise.
  const { J2KDecoder } = await loadOpenJpeg({ print: () => {}, printErr: () => {} });
  const decoder = new J2KDecoder();
  decoder.getEncodedBuffer(encoded.length).set(encoded);
  decoder.decode();
  const info = decoder.getFrameInfo();
  return toRgb(info, decoder.getDecodedBuffer(), decoder.getColorSpace());
};

const answer = async (): Promise<void> => {
  try {
    parentPort?.postMessage({ picture: await decode(workerData as Uint8Array) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};

await answer();
