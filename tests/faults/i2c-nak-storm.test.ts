// The I2C bus acknowledges nothing, or only now and then: named faults, no hang, no flood, and all comes back.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openClimate } from "../../src/hal/climate/sht31.js";
import type { I2cWire } from "../../src/hal/i2c/i2c-wire.js";
import { I2cNackError } from "../../src/hal/i2c/i2c-wire.js";
import { openMotion, RestingAttitude } from "../../src/hal/motion/driver.js";
import { openPower } from "../../src/hal/power/driver.js";
import { ClimateSim, I2cBusSim, MotionSim, PowerSim } from "../../src/hal/sim/i2c-sim.js";
import { assertFault, eventually, systemClock } from "../contract/wires.js";
import { assertTold, codeOf, directWire, onBoard, watchOthers } from "./board-bench.js";

const clock = systemClock();
const SENSORS = ["power", "climate", "motion"] as const;

/** Seeded, so that a failing storm can be gone through again. */
const random = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const storm = (wire: I2cWire, lost: () => boolean) => {
  const counter = { transfers: 0 };
  const stormy: I2cWire = {
    transfer: async (address, write, readLength) => {
      counter.transfers += 1;
      if (lost()) throw new I2cNackError(address);
      return wire.transfer(address, write, readLength);
    },
    close: () => wire.close(),
  };
  return { stormy, counter };
};

test("all sensors fall silent: each has its own fault, nobody else notices, and they return by themselves", () =>
  onBoard(
    () => {},
    async ({ board, control }) => {
      const others = watchOthers(board, ...SENSORS);
      for (const name of SENSORS) control[name].setAnswering(false);
      for (const name of SENSORS) {
        await eventually(`${name} is told`, () => codeOf(board, name) === `${name}.absent`, 15_000);
        assertTold(board, name, `${name}.absent`);
      }
      for (const name of SENSORS) control[name].setAnswering(true);
      for (const name of SENSORS)
        await eventually(`${name} is back`, () => board[name].status.state === "ready", 15_000);
      assert.equal(others.seen, []);
    },
  ));

for (let seed = 1; seed <= 12; seed++)
  test(`storm ${seed}: every reading is true or a fault, in bounded time and with bounded traffic`, async () => {
    const next = random(seed);
    let loss = 0;
    const sims = { power: new PowerSim(), climate: new ClimateSim(), motion: new MotionSim() };
    const bus = new I2cBusSim([...sims.power.chips, ...sims.climate.chips, ...sims.motion.chips]);
    const { stormy, counter } = storm(directWire(bus), () => next() < loss);
    const power = await openPower({ wire: stormy, clock });
    const climate = await openClimate({ wire: stormy, clock });
    const motion = await openMotion({ wire: stormy, clock, rest: new RestingAttitude(), lookEveryMs: 5 });
    for (let round = 0; round < 12; round++) {
      loss = next();
      const before = counter.transfers;
      const started = clock.monotonicMs();
      const outcomes = await Promise.allSettled([power.read(), climate.read(), motion.read()]);
      assert.ok(clock.monotonicMs() - started < 5_000);
      // Three tries of at most two transfers each; the motion sensor's own look beside it.
      assert.ok(counter.transfers - before < 200, `${counter.transfers - before} transfers`);
      const [p, c, m] = outcomes;
      if (p.status === "fulfilled") assert.is(p.value.mains, true);
      else assert.is(p.reason.code, "power.absent");
      if (c.status === "fulfilled") assert.ok(Math.abs(c.value.celsius - 31) < 0.01);
      else assert.is(c.reason.code, "climate.absent");
      if (m.status === "fulfilled") assert.ok((m.value?.tiltDegrees ?? 90) < 1);
      else assert.is(m.reason.code, "motion.absent");
    }
    loss = 0;
    assert.is(await power.health(), null);
    assert.is(await climate.health(), null);
    // It forgets its failure with its next look.
    await clock.sleep(60);
    assert.is(await motion.health(), null);
    await Promise.all([power.close(), climate.close(), motion.close()]);
  });

test("total loss pauses longer between the tries, then gives up", async () => {
  const at: number[] = [];
  const { stormy } = storm(directWire(new I2cBusSim([])), () => {
    at.push(clock.monotonicMs());
    return true;
  });
  await assertFault("power.absent", /3 tries failed/, () => openPower({ wire: stormy, clock }));
  assert.is(at.length, 3);
  const [first = 0, second = 0, third = 0] = at;
  assert.ok(second - first >= 4, `${second - first} ms`);
  assert.ok(third - second >= 19, `${third - second} ms`);
});

test.run();
