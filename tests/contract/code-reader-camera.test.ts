// Does a camera read codes as a scanner does: each once, of every kind, only while somebody listens, and with the loop free?
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { silentLog } from "../../src/core/log.js";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import type { CodeReader } from "../../src/hal/code-reader/code-reader.js";
import { openCodeReader } from "../../src/hal/open-code-reader.js";
import { ScannerSim } from "../../src/hal/sim/scanner-sim.js";
import { SocketPlug } from "../../src/hal/sim/socket-plug.js";
import { supervise } from "../../src/hal/supervisor.js";
import { until } from "./bench.js";
import { bench, clock, processesWith } from "./camera-bench.js";
import { CARD, codeReaderContract } from "./code-reader-suite.js";

const WITHIN_MS = 30_000;

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

const subject = async (port = "camera:face", fallback = "") => {
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

codeReaderContract("a camera", async () => {
  const made = await subject();
  return { ...made, reader: await made.open() };
});

test("every kind of code that cards, phones and slips carry", async () => {
  const { open, show, close } = await subject();
  const reader = await open();
  const codes: string[] = [];
  reader.onCode((text) => codes.push(text));
  for (const kind of ["QRCode", "DataMatrix", "PDF417", "Code128"] as const) {
    await show(`K01-000123 ${kind}`, kind);
    await until(kind, () => codes.at(-1) === `K01-000123 ${kind}`, WITHIN_MS);
  }
  assert.is(codes.length, 4);
  await reader.close();
  await close();
});

test("a code that is held is told once, and once more when it comes again", async () => {
  const { open, show, hide, close } = await subject();
  const reader = await open();
  const codes: string[] = [];
  reader.onCode((text) => codes.push(text));
  await show(CARD);
  await until("the code", () => codes.length === 1, WITHIN_MS);
  await clock.sleep(3_000);
  assert.equal(codes, [CARD]);
  await hide();
  await clock.sleep(4_000);
  await show(CARD);
  await until("again", () => codes.length === 2, WITHIN_MS);
  await reader.close();
  await close();
});

test("nobody listens: no camera runs; and the event loop stays free while one does", async () => {
  const { board, open, show, close } = await subject();
  const reader = await open();
  const streams = async () =>
    (await processesWith(board.folder)).filter((line) => line.includes("framerate")).length;
  await clock.sleep(300);
  assert.is(await streams(), 0);
  const codes: string[] = [];
  const off = reader.onCode((text) => codes.push(text));
  await show(CARD);
  await until("the code", () => codes.length === 1, WITHIN_MS);
  assert.is(await streams(), 1);
  let longestMs = 0;
  for (let last = performance.now(), round = 0; round < 60; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    longestMs = Math.max(longestMs, performance.now() - last);
    last = performance.now();
  }
  assert.ok(longestMs < 2_000, `the loop stood for ${longestMs} ms`);
  off();
  for (let round = 0; round < 100 && (await streams()) > 0; round++) await clock.sleep(50);
  assert.is(await streams(), 0, "the stream ends with the last listener");
  await reader.close();
  await close();
});

test("the camera stalls and is unplugged: the reader says so and reads on when it is back", async () => {
  const { board, camera, open, show, close } = await subject();
  const reader = await open();
  const codes: string[] = [];
  reader.onCode((text) => codes.push(text));
  await show("one more 1");
  await until("the first", () => codes.length === 1, WITHIN_MS);
  board.sim.control.setPlugged("face", false);
  await until("absent", () => camera.status.state === "absent", WITHIN_MS);
  assert.is((await reader.health())?.code, "codeReader.absent");
  board.sim.control.setPlugged("face", true);
  await show("one more 2");
  await until("the second", () => codes.includes("one more 2"), WITHIN_MS);
  assert.is(await reader.health(), null);
  await reader.close();
  await close();
});

test("the scanner is away and the camera stands in; the scanner comes back and serves again", async () => {
  const folder = await bench();
  const sim = new ScannerSim();
  const plug = new SocketPlug(join(folder.folder, "code.sock"), (port) => sim.attach(port));
  const made = await subject(`unix:${plug.path}`, "camera:face");
  const standIn = await made.open();
  assert.is((await standIn.health())?.code, "codeReader.standIn");
  const codes: string[] = [];
  standIn.onCode((text) => codes.push(text));
  await made.show(CARD);
  await until("by the camera", () => codes.length === 1, WITHIN_MS);
  await plug.setPlugged(true);
  let said: string | undefined;
  for (let round = 0; round < 150 && said !== "codeReader.absent"; round++) {
    await clock.sleep(100);
    said = (await standIn.health())?.code;
  }
  assert.is(said, "codeReader.absent", "so that the supervisor opens it anew");
  await standIn.close();
  const scanner = await made.open();
  scanner.onCode((text) => codes.push(text));
  assert.is(await scanner.health(), null);
  await clock.sleep(50);
  sim.control.show("by the scanner");
  await until("by the scanner", () => codes.at(-1) === "by the scanner", WITHIN_MS);
  await scanner.close();
  await plug.setPlugged(false);
  await folder.close();
  await made.close();
});

test.run();
