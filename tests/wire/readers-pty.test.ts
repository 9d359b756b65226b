// Do both readers come back over real serial lines when the line itself goes away and another one appears?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import type { CodeReader } from "../../src/hal/code-reader/code-reader.js";
import { openSerialScanner } from "../../src/hal/code-reader/serial-scanner.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { openPort } from "../../src/hal/port/open.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { ScannerSim } from "../../src/hal/sim/scanner-sim.js";
import { onEachOpen, supervise } from "../../src/hal/supervisor.js";
import { cardA, clock, faultOf, pattern, until } from "../contract/bench.js";
import { openPtyPair, type PtyPair } from "./pty.js";

const forever = () => new AbortController().signal;

/** A line that is pulled out (both PTYs vanish) and plugged in as another one. */
class PullableLine {
  #pair: PtyPair | null = null;
  #far: BytePort | null = null;
  readonly #attach: (far: BytePort) => void;
  readonly #baudRate: number;

  constructor(baudRate: number, attach: (far: BytePort) => void) {
    this.#baudRate = baudRate;
    this.#attach = attach;
  }

  async plug(): Promise<void> {
    const pair = await openPtyPair();
    this.#far = await openPort(`serial:${pair.b}:${this.#baudRate}`);
    this.#attach(this.#far);
    this.#pair = pair;
  }

  async pull(): Promise<void> {
    const pair = this.#pair;
    this.#pair = null;
    await pair?.close();
    await this.#far?.close();
  }

  async open(): Promise<BytePort> {
    if (this.#pair === null) throw new Error("no such serial line");
    return await openPort(`serial:${this.#pair.a}:${this.#baudRate}`);
  }
}

const QUICK = { clock, log: silentLog, healthEveryMs: 100, retryFirstMs: 50, retryCapMs: 200 };

test("chip reader: the adapter is pulled during a poll and during an APDU", async () => {
  const sim = new Pn532Sim(clock);
  const line = new PullableLine(115_200, (far) => sim.attach(far));
  await line.plug();
  const reader = supervise<ChipReader>({
    ...QUICK,
    part: "chipReader",
    absentFault: "chipReader.absent",
    open: async (signal) => openPn532({ port: await line.open(), clock, log: silentLog }, signal),
  });
  const polling = faultOf(reader.use((device) => device.waitForCard(forever())));
  await until("ready", () => reader.status.state === "ready");
  await clock.sleep(150);
  await line.pull();
  assert.is(await polling, "chipReader.absent");
  await until("absent", () => reader.status.state === "absent");
  sim.control.layCard(cardA((command) => pattern(250, command[2] ?? 0)));
  await line.plug();
  await until("ready again", () => reader.status.state === "ready");
  const card = await reader.use((device) => device.waitForCard(forever()));
  assert.equal([...(await card.transceive(Uint8Array.of(0, 0xb0, 7, 0, 0)))], [...pattern(250, 7)]);
  sim.quirks.cardMs = 500;
  const reading = faultOf(reader.use(() => card.transceive(Uint8Array.of(0, 0xb0, 8, 0, 0))));
  await clock.sleep(50);
  await line.pull();
  assert.is(await reading, "chipReader.absent");
  await line.plug();
  await until("ready a third time", () => reader.status.state === "ready");
  await reader.close();
  await line.pull();
});

test("code reader: the line goes and another one comes", async () => {
  const sim = new ScannerSim();
  const line = new PullableLine(9_600, (far) => sim.attach(far));
  await line.plug();
  const scanner = supervise<CodeReader>({
    ...QUICK,
    part: "codeReader",
    absentFault: "codeReader.absent",
    open: async () => openSerialScanner({ port: await line.open(), clock, log: silentLog }),
  });
  const codes: string[] = [];
  const off = onEachOpen(scanner, (device) => device.onCode((text) => codes.push(text)));
  await until("ready", () => scanner.status.state === "ready");
  await clock.sleep(20);
  sim.control.show("trước");
  await until("first", () => codes.length === 1);
  await line.pull();
  await until("absent", () => scanner.status.state === "absent");
  await line.plug();
  await until("ready again", () => scanner.status.state === "ready");
  await clock.sleep(20);
  sim.control.show("sau");
  await until("second", () => codes.length === 2);
  assert.equal(codes, ["trước", "sau"]);
  off();
  await scanner.close();
  await line.pull();
});

test.run();
