// Does the chip reader do what its interface says, on every wire?
//
// With `--bench ADDRESS` (as in [board] chipReader.port) the same reader is asked on real hardware, by hand.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { openPcsc } from "../../src/hal/chip-reader/pcsc/driver.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { i2cPort } from "../../src/hal/chip-reader/pn532/i2c-transport.js";
import { Pn532I2cFace } from "../../src/hal/sim/pn532-i2c-face.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { PcscdBench, pcscdMissing } from "../wire/pcscd.js";
import type { VpcdSlot } from "../wire/vpcd.js";
import { cardA, clock, faultOf, memoryWire, ptyWire, type TestWire, thrownBy, until } from "./bench.js";
import { benchAddress, hardwareSuite } from "./chip-reader-hardware.js";
import {
  contract,
  type Far,
  farOf,
  forever,
  type Place,
  PN532_PLACE,
  type Pn532Subject,
  pn532Contract,
  withinOf,
} from "./chip-reader-suite.js";

const overSerial = (name: string, makeWire: () => Promise<TestWire>): Place<Pn532Subject> => ({
  ...PN532_PLACE,
  name,
  lengthStep: 1,
  open: async () => {
    const wire = await makeWire();
    const sim = new Pn532Sim(clock);
    const [near, far] = await wire.open();
    sim.attach(far);
    const reader = await openPn532({ port: near, clock, log: silentLog });
    const close = async () => {
      await reader.close();
      await wire.close();
    };
    return { reader, sim, far: farOf(sim), close };
  },
});

const overI2c: Place<Pn532Subject> = {
  ...PN532_PLACE,
  name: "I2C",
  lengthStep: 29,
  open: async () => {
    const sim = new Pn532Sim(clock);
    const port = i2cPort({ wire: new Pn532I2cFace(sim), clock });
    const reader = await openPn532({ port, clock, log: silentLog, transport: "i2c" });
    return { reader, sim, far: farOf(sim), close: () => reader.close() };
  },
};

const farSlot = (slot: VpcdSlot): Far => ({
  layCard: (card) => slot.layCard(card),
  liftCard: () => slot.liftCard(),
  liftAfter: (apdus) => slot.liftAfter(apdus),
  setCardMs: (ms) => {
    slot.quirks.cardMs = ms;
  },
  setMemoryCard: (on) => {
    slot.quirks.memoryCard = on;
  },
  fieldOn: () => slot.powered,
});

/** The driver on the machine's own PC/SC service, with a card that a program plays behind a slot of it. */
const overPcsc = (bench: () => PcscdBench): Place => ({
  name: "PC/SC through a real pcscd",
  lengthStep: 29,
  shortestCommand: 4,
  shortestAnswer: 2,
  countsActivations: false,
  open: async () => {
    const { names, slots, env } = bench();
    const slot = slots[1];
    slot.reset();
    const reader = await openPcsc({ clock, log: silentLog, reader: names[1], env });
    const close = async () => {
      slot.liftCard();
      await reader.close();
    };
    return { reader, far: farSlot(slot), close };
  },
});

const PN532_PLACES: readonly Place<Pn532Subject>[] = [
  overSerial("sim over a memory wire", async () => memoryWire()),
  overSerial("sim over a real PTY", () => ptyWire(115_200)),
  overI2c,
];

for (const place of PN532_PLACES) {
  const test = suite(`chip reader: ${place.name}`);
  contract(withinOf(test, place), place);
  pn532Contract(withinOf(test, place));
  test.run();
}

const missing = pcscdMissing();
const pcsc = suite("chip reader: PC/SC through a real pcscd");
if (missing === null) {
  let bench: PcscdBench | null = null;
  pcsc.before(async () => {
    bench = await PcscdBench.start();
  });
  pcsc.after(async () => {
    await bench?.close();
  });
  const place = overPcsc(() => {
    if (bench === null) throw new Error("no service");
    return bench;
  });
  contract(withinOf(pcsc, place), place);
} else {
  pcsc.skip(missing, () => {});
  process.stdout.write(`chip reader: PC/SC is not tested here: ${missing}\n`);
}
pcsc.run();

// What only a serial line has: a bit rate.
const rate = suite("chip reader: bit rate of the line");

rate("is raised to 921600, kept over a restart of the kiosk, and given back by a power cut", async () => {
  const wire = memoryWire();
  const sim = new Pn532Sim(clock);
  for (const cut of [false, false, true, false]) {
    if (cut) {
      sim.control.setPlugged(false);
      sim.control.setPlugged(true);
      assert.is(sim.baudRate, 115_200);
    }
    const [near, far] = await wire.open();
    sim.attach(far);
    const reader = await openPn532({ port: near, clock, log: silentLog });
    assert.is(sim.baudRate, 921_600);
    sim.control.layCard(cardA());
    assert.is((await reader.waitForCard(forever())).type, "A");
    await reader.close();
  }
});

rate("stays where it is when the chip refuses", async () => {
  const sim = new Pn532Sim(clock);
  sim.quirks.refuseFastBaud = true;
  const [near, far] = await memoryWire().open();
  sim.attach(far);
  const reader = await openPn532({ port: near, clock, log: silentLog });
  assert.is(sim.baudRate, 115_200);
  assert.is(await reader.health(), null);
  await reader.close();
});

rate.run();

const silence = suite("chip reader: nobody there");
silence(
  "an open on a dead line ends with chipReader.silent, in bounded time, and lets the port go",
  async () => {
    const [near, far] = await memoryWire().open();
    let closed = false;
    far.onClose(() => {
      closed = true;
    });
    const started = clock.monotonicMs();
    assert.is(await faultOf(openPn532({ port: near, clock, log: silentLog })), "chipReader.silent");
    assert.ok(clock.monotonicMs() - started < 15_000);
    await until("port closed", () => closed);
  },
);
silence("an open that is given up ends at once and lets the port go", async () => {
  const [near, far] = await memoryWire().open();
  let closed = false;
  far.onClose(() => {
    closed = true;
  });
  const leave = new AbortController();
  const opening = thrownBy(openPn532({ port: near, clock, log: silentLog }, leave.signal));
  await clock.sleep(100);
  const reason = new Error("the kiosk stops");
  leave.abort(reason);
  const aborted = clock.monotonicMs();
  assert.is(await opening, reason);
  assert.ok(clock.monotonicMs() - aborted < 2_000);
  await until("port closed", () => closed);
});
silence.run();

const address = benchAddress(process.argv);
if (address !== null) hardwareSuite(address);
