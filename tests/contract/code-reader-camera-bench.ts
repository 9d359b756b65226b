// What do the tests of reading codes by a camera share: codes held before a simulated camera?
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import sharp from "sharp";
import * as assert from "uvu/assert";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { silentLog } from "../../src/core/log.js";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import type { CodeReader } from "../../src/hal/code-reader/code-reader.js";
import { openCodeReader } from "../../src/hal/open-code-reader.js";
import { supervise } from "../../src/hal/supervisor.js";
import { bench, clock, processesWith } from "./camera-bench.js";

export const WITHIN_MS = 30_000;

const wasm = createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm");
await prepareZXingModule({
  overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer },
  fireImmediately: true,
});

type Kind = "QRCode" | "DataMatrix" | "PDF417" | "Code128";

/** A code on a phone or a card that somebody holds before the camera. */
const held = async (text: string, kind: Kind = "QRCode"): Promise<Uint8Array> => {
  const { image, error } = await writeBarcode(text, { format: kind, scale: 6, addQuietZones: true });
  if (image === null) throw new Error(error);
  return new Uint8Array(
    await sharp(Buffer.from(await image.arrayBuffer()))
      .resize({ width: 560, height: 420, fit: "inside", kernel: "nearest" })
      .extend({ top: 30, bottom: 30, left: 40, right: 40, background: "#fff" })
      .rotate(3, { background: "#fff" })
      .jpeg()
      .toBuffer(),
  );
};

export const subject = async (port = "camera:face", fallback = "") => {
  const board = await bench();
  const wiring = board.wiring({ camera: "imx708", widthPx: 800, heightPx: 600 });
  const camera = supervise({
    part: "faceCamera",
    absentFault: "faceCamera.absent",
    open: (signal) => openLibcamera({ wiring, part: "faceCamera", clock }, signal),
    clock,
    log: silentLog,
    healthEveryMs: 60_000,
    retryFirstMs: 50,
    retryCapMs: 200,
  });
  const open = (): Promise<CodeReader> =>
    openCodeReader({
      wiring: { port, fallback },
      cameras: { document: { camera, wiring }, face: { camera, wiring } },
      clock,
      log: silentLog,
    });
  return {
    board,
    camera,
    open,
    show: async (text: string, kind?: Kind) => board.sim.control.setFace(await held(text, kind)),
    hide: async () => board.sim.control.setFace(null),
    close: async () => {
      await camera.close();
      assert.equal(await processesWith(board.folder), [], "nothing of the command is left");
      await board.close();
    },
  };
};
