// The reader is unplugged and plugged in again: the supervisor says so, brings it back, and touches nothing else.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { clock, faultOf, thrownBy, until } from "../contract/bench.js";
import { fileCard, forever, isBlock, readBlock, superviseSim } from "./reader-bench.js";

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

test("wires pulled while polling: silent, then absent at once for the next, then back by itself", async () => {
  const { reader, sim, opened } = superviseSim();
  const waiting = faultOf(reader.use((device) => device.waitForCard(forever())));
  await until("ready", () => reader.status.state === "ready");
  await clock.sleep(100);
  sim.control.setPlugged(false);
  assert.is(await waiting, "chipReader.silent");
  await until("absent", () => reader.status.state === "absent");
  const asked = clock.monotonicMs();
  assert.is(await faultOf(reader.use((device) => device.waitForCard(forever()))), "chipReader.silent");
  assert.ok(clock.monotonicMs() - asked < 2_000, "who asks an absent reader is told at once");
  sim.control.setPlugged(true);
  await until("ready again", () => reader.status.state === "ready", 8_000);
  assert.ok(opened() >= 2);
  assert.is(sim.baudRate, 921_600, "and at the fast rate again");
  sim.control.layCard(fileCard());
  const card = await reader.use((device) => device.waitForCard(forever()));
  assert.ok(isBlock(await readBlock(card, 1), 1));
  await reader.close();
});

test("wires pulled between visits: the health question finds it", async () => {
  const { reader, sim } = superviseSim();
  await until("ready", () => reader.status.state === "ready");
  sim.control.setPlugged(false);
  await until("absent", () => reader.status.state === "absent", 8_000);
  assert.is(reader.status.state === "absent" && reader.status.fault.code, "chipReader.silent");
  sim.control.setPlugged(true);
  await until("ready again", () => reader.status.state === "ready", 8_000);
  await reader.close();
});

test("the USB adapter is pulled in the middle of an APDU: absent at once, reopened, the card is still there", async () => {
  const fars: BytePort[] = [];
  const { reader, sim, opened } = superviseSim(() => {
    const pair = memoryPair();
    fars.push(pair[1]);
    return pair;
  });
  sim.quirks.cardMs = 300;
  const laid = fileCard();
  sim.control.layCard(laid);
  const card = await reader.use((device) => device.waitForCard(forever()));
  const reading = faultOf(reader.use(() => readBlock(card, 0)));
  await clock.sleep(50);
  const pulled = clock.monotonicMs();
  await fars[0]?.close();
  assert.is(await reading, "chipReader.absent");
  assert.ok(clock.monotonicMs() - pulled < 2_000);
  await until("ready again", () => opened() === 2 && reader.status.state === "ready");
  assert.is(await faultOf(readBlock(card, 0)), "card.lost", "a card of the old reader is not one of the new");
  sim.quirks.cardMs = 0;
  const again = await reader.use((device) => device.waitForCard(forever()));
  assert.ok(isBlock(await readBlock(again, 7), 7));
  await reader.close();
});

test("a technician's restart cuts a poll and brings a fresh reader", async () => {
  const { reader, sim, opened } = superviseSim();
  const waiting = thrownBy(reader.use((device) => device.waitForCard(forever())));
  await until("ready", () => reader.status.state === "ready");
  await reader.restart("self-test");
  assert.is(reader.status.state, "ready");
  assert.is(opened(), 2);
  const thrown = await waiting;
  assert.instance(thrown, FaultError);
  assert.is((thrown as FaultError).code, "chipReader.absent");
  sim.control.layCard(fileCard());
  assert.is((await reader.use((device) => device.waitForCard(forever()))).type, "A");
  await reader.close();
});

test("no rejection went unobserved", () => assert.equal(unhandled, []));

test.run();
