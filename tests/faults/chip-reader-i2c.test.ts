// On I2C the chip does not acknowledge for a while, for ever, or acknowledges and is never ready.
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { type I2cWire, i2cPort } from "../../src/hal/chip-reader/pn532/i2c-transport.js";
import { I2cNackError } from "../../src/hal/i2c/i2c-wire.js";
import { Pn532I2cFace } from "../../src/hal/sim/pn532-i2c-face.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { clock, until } from "../contract/bench.js";
import { assertFault } from "../contract/wires.js";
import { FILE_BLOCKS, fileCard, forever, isBlock, readBlock } from "./reader-bench.js";

const ADDRESS = 0x24;

/** A bus on which the chip now and then misses its address; transfers closer than the chip bears are seen. */
class StormyBus implements I2cWire {
  readonly sim = new Pn532Sim(clock);
  readonly #face = new Pn532I2cFace(this.sim);
  /** So many next transfers are not acknowledged. */
  refusals = 0;
  neverReady = false;
  closestMs = Number.POSITIVE_INFINITY;
  #lastEndMs = Number.NEGATIVE_INFINITY;

  async write(bytes: Uint8Array): Promise<void> {
    await this.#transfer(() => this.#face.write(bytes));
  }

  async read(length: number): Promise<Uint8Array> {
    return await this.#transfer(async () => {
      const answer = await this.#face.read(length);
      return this.neverReady ? new Uint8Array(length) : answer;
    });
  }

  /** A bus outlives its users. */
  async close(): Promise<void> {}

  async #transfer<T>(work: () => Promise<T>): Promise<T> {
    this.closestMs = Math.min(this.closestMs, clock.monotonicMs() - this.#lastEndMs);
    try {
      if (this.refusals > 0) {
        this.refusals -= 1;
        throw new I2cNackError(ADDRESS);
      }
      return await work();
    } finally {
      this.#lastEndMs = clock.monotonicMs();
    }
  }
}

const openOn = (wire: I2cWire, signal?: AbortSignal) =>
  openPn532({ port: i2cPort({ wire, clock }), clock, log: silentLog, transport: "i2c" }, signal);

test("storms of missing acknowledges at any moment: every block once and right, 5 ms between transfers", async () => {
  const bus = new StormyBus();
  const reader = await openOn(bus);
  const laid = fileCard();
  bus.sim.control.layCard(laid);
  const card = await reader.waitForCard(forever());
  let block = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.nat(20), async (refusals, afterMs) => {
      block = (block + 1) % FILE_BLOCKS;
      const before = laid.heard.length;
      const reading = readBlock(card, block);
      await clock.sleep(afterMs);
      bus.refusals = refusals;
      assert.ok(isBlock(await reading, block));
      assert.is(laid.heard.length, before + 1);
      bus.refusals = refusals;
      assert.ok(isBlock(await readBlock(card, block), block), "the storm meets the command itself");
      bus.refusals = 0;
    }),
    { numRuns: 25 },
  );
  // A timer may fire a little before its millisecond is over.
  assert.ok(bus.closestMs > 4, `${bus.closestMs} ms`);
  await reader.close();
});

test("a chip that does not acknowledge any more is absent, in bounded time, at any use", async () => {
  const bus = new StormyBus();
  const reader = await openOn(bus);
  bus.sim.control.layCard(fileCard());
  const card = await reader.waitForCard(forever());
  bus.refusals = Number.POSITIVE_INFINITY;
  const started = clock.monotonicMs();
  await assertFault("chipReader.absent", /acknowledge/, () => readBlock(card, 0));
  assert.ok(clock.monotonicMs() - started < 10_000);
  assert.is((await reader.health())?.code, "chipReader.absent");
  await assertFault("chipReader.absent", /acknowledge/, () => reader.waitForCard(forever()));
  await reader.close();
});

test("a bus that a chip holds down is absent after a few of its time-outs, with the kernel's reason", async () => {
  let transfers = 0;
  const stuck = async (): Promise<never> => {
    transfers += 1;
    throw new Error("ETIMEDOUT, the bus is stuck");
  };
  await assertFault("chipReader.absent", /ETIMEDOUT, the bus is stuck/, () =>
    openOn({ read: stuck, write: stuck, close: async () => {} }),
  );
  assert.ok(transfers <= 8, `${transfers} transfers`);
});

test("nobody at the address: absent at the opening", async () => {
  const bus = new StormyBus();
  bus.refusals = Number.POSITIVE_INFINITY;
  await assertFault("chipReader.absent", /0x24 does not acknowledge/, () => openOn(bus));
});

test("a chip that stays in its low-battery state acknowledges and is never ready: silent, in bounded time", async () => {
  const bus = new StormyBus();
  bus.neverReady = true;
  const started = clock.monotonicMs();
  await assertFault("chipReader.silent", /0x14 was not acknowledged/, () => openOn(bus));
  assert.ok(clock.monotonicMs() - started < 15_000);
  bus.neverReady = false;
  const reader = await openOn(bus);
  assert.is(await reader.health(), null);
  bus.neverReady = true;
  await assertFault("chipReader.silent", /not acknowledged|no echo/, () => reader.waitForCard(forever()));
  await reader.close();
});

test("an opening that is given up in a storm ends at once", async () => {
  const bus = new StormyBus();
  bus.refusals = 30;
  const leave = new AbortController();
  const opening = openOn(bus, leave.signal).catch((thrown: unknown) => thrown);
  await clock.sleep(20);
  const reason = new Error("the kiosk stops");
  leave.abort(reason);
  let ended: unknown = null;
  void opening.then((thrown) => {
    ended = thrown;
  });
  await until("ended", () => ended !== null);
  assert.is(ended, reason);
});

test.run();
