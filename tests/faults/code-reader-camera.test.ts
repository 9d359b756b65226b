// The camera that reads codes stalls or goes; the scanner goes and a camera stands in until it is back.
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ScannerSim } from "../../src/hal/sim/scanner-sim.js";
import { SocketPlug } from "../../src/hal/sim/socket-plug.js";
import { until } from "../contract/bench.js";
import { bench, clock } from "../contract/camera-bench.js";
import { subject, WITHIN_MS } from "../contract/code-reader-camera-bench.js";
import { CARD } from "../contract/code-reader-suite.js";

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
