// The scanner is unplugged and comes back, and a spark hits the cable: everybody gets the next right code.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { CodeReader } from "../../src/hal/code-reader/code-reader.js";
import { openSerialScanner } from "../../src/hal/code-reader/serial-scanner.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { ScannerSim } from "../../src/hal/sim/scanner-sim.js";
import { onEachOpen, supervise } from "../../src/hal/supervisor.js";
import { clock, until } from "../contract/bench.js";

const QR = "001099000001|010000001|Nguyễn Văn Thử|01011999|Nam|Thôn Ví Dụ, Xã Mẫu|01012024";

test("unplugged and plugged in again under supervision: listeners are attached to the new one", async () => {
  const sim = new ScannerSim();
  const scanner = supervise<CodeReader>({
    part: "codeReader",
    absentFault: "codeReader.absent",
    open: () => {
      const [near, far] = memoryPair();
      sim.attach(far);
      return openSerialScanner({ port: near, clock, log: silentLog });
    },
    clock,
    log: silentLog,
    healthEveryMs: 50,
    retryFirstMs: 20,
    retryCapMs: 80,
  });
  const states: string[] = [];
  scanner.watch((status) => states.push(status.state));
  const codes: string[] = [];
  const off = onEachOpen(scanner, (device) => device.onCode((text) => codes.push(text)));
  await until("ready", () => scanner.status.state === "ready");
  await clock.sleep(10);
  sim.control.show("one");
  await until("first code", () => codes.length === 1);
  sim.control.setPlugged(false);
  await until("absent", () => scanner.status.state === "absent");
  sim.control.show("lost");
  await clock.sleep(300);
  assert.is(scanner.status.state, "absent", "a wire without a scanner is not taken for one");
  assert.is(states.filter((state) => state === "ready").length, 1);
  sim.control.setPlugged(true);
  await until("ready again", () => scanner.status.state === "ready");
  await clock.sleep(10);
  sim.control.show(QR);
  await until("second code", () => codes.length === 2);
  assert.equal(codes, ["one", QR]);
  sim.control.injectGarbage(Uint8Array.of(0xc3, 0x28, 0x0d));
  await until("faulted", () => scanner.status.state === "faulted");
  sim.control.show("again");
  await until("ready after a good code", () => scanner.status.state === "ready");
  off();
  await scanner.close();
});

test.run();
