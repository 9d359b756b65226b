// Does a camera read codes as a scanner does: each once, of every kind, only while somebody listens, and with the loop free?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { until } from "./bench.js";
import { clock, processesWith } from "./camera-bench.js";
import { subject, WITHIN_MS } from "./code-reader-camera-bench.js";
import { CARD, codeReaderContract } from "./code-reader-suite.js";

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
  await clock.sleep(1_500);
  assert.equal(codes, [CARD]);
  await hide();
  await clock.sleep(3_500);
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

test.run();
