// Host and reader are at different bit rates, as after a restart, a power cut, or with a poor port: they find each other.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { clock, faultOf } from "../contract/bench.js";
import { misread, uartPair } from "../wire/uart.js";
import { fileCard, forever, isBlock, readBlock } from "./reader-bench.js";

const open = async (sim: Pn532Sim, refused: readonly number[] = []) => {
  const [near, far] = uartPair(115_200, 115_200);
  for (const baud of refused) near.refused.add(baud);
  sim.attach(far);
  const reader = await openPn532({ port: near, clock, log: silentLog });
  return { reader, near };
};

test("the wire garbles what is sent at another rate", () => {
  const sent = Uint8Array.of(0x00, 0x00, 0xff, 0x02, 0xfe, 0xd4, 0x02, 0x2a, 0x00);
  assert.equal([...misread(sent, 115_200, 115_200)], [...sent]);
  for (const [from, to] of [
    [115_200, 921_600],
    [921_600, 115_200],
    [9_600, 115_200],
  ] as const) {
    assert.not.equal([...misread(sent, from, to)], [...sent]);
  }
});

test("raised together; found again after the kiosk was killed; and after the reader's power was cut", async () => {
  const sim = new Pn532Sim(clock);
  for (const story of ["first start", "kiosk killed", "power cut"]) {
    if (story === "power cut") {
      sim.control.setPlugged(false);
      sim.control.setPlugged(true);
    }
    const { reader, near } = await open(sim);
    assert.is(near.baudRate, 921_600, story);
    assert.is(sim.baudRate, 921_600, story);
    sim.control.layCard(fileCard());
    const card = await reader.waitForCard(forever());
    assert.ok(isBlock(await readBlock(card, 1), 1), story);
    await reader.close();
  }
});

test("a port without the fast rate stays at 115200, and so does the chip", async () => {
  const sim = new Pn532Sim(clock);
  const { reader, near } = await open(sim, [921_600]);
  assert.is(near.baudRate, 115_200);
  assert.is(sim.baudRate, 115_200);
  assert.is(await reader.health(), null);
  await reader.close();
});

test("a cable that does not carry the fast rate brings both ends back to 115200, either way", async () => {
  for (const poorEnd of ["near", "far"] as const) {
    const sim = new Pn532Sim(clock);
    const [near, far] = uartPair(115_200, 115_200);
    (poorEnd === "near" ? near : far).cleanUpToBaud = 115_200;
    sim.attach(far);
    const reader = await openPn532({ port: near, clock, log: silentLog });
    assert.is(near.baudRate, 115_200, poorEnd);
    assert.is(sim.baudRate, 115_200, poorEnd);
    sim.control.layCard(fileCard());
    const card = await reader.waitForCard(forever());
    assert.ok(isBlock(await readBlock(card, 4), 4), poorEnd);
    await reader.close();
  }
});

test("a reader that something else left at another of its rates is found, and brought to the fast one", async () => {
  for (const left of [9_600, 460_800, 1_288_000]) {
    const sim = new Pn532Sim(clock);
    const [first, far] = uartPair(115_200, 115_200);
    sim.attach(far);
    // A crash leaves the chip where it was.
    await (await openPn532({ port: first, clock, log: silentLog, fastBaud: left })).close();
    assert.is(sim.baudRate, left);
    const { reader, near } = await open(sim);
    assert.is(near.baudRate, 921_600, `${left}`);
    assert.is(sim.baudRate, 921_600, `${left}`);
    assert.is(await reader.health(), null);
    await reader.close();
  }
});

test("a reader that can not be reached at any rate is silent", async () => {
  const sim = new Pn532Sim(clock);
  sim.control.setPlugged(false);
  assert.is(await faultOf(open(sim)), "chipReader.silent");
});

test.run();
