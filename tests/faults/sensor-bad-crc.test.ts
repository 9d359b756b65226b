// Bits flip on the climate sensor's cable: no flipped answer becomes a temperature, and a few are asked again.
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeClimate, encodeClimate, openClimate } from "../../src/hal/climate/sht31.js";
import { ClimateSim, I2cBusSim } from "../../src/hal/sim/i2c-sim.js";
import { assertFault, systemClock } from "../contract/wires.js";
import { directWire } from "./board-bench.js";

const clock = systemClock();

test("one or two bad answers are asked again, and the third is believed", async () => {
  for (const bad of [1, 2]) {
    const sim = new ClimateSim();
    const device = await openClimate({ wire: directWire(new I2cBusSim(sim.chips)), clock });
    sim.control.corrupt(bad);
    assert.ok(Math.abs((await device.read()).celsius - 31) < 0.01);
    await device.close();
  }
});

test("three in a row are a fault that names the checksum; the sensor serves when the cable is whole", async () => {
  const sim = new ClimateSim();
  const device = await openClimate({ wire: directWire(new I2cBusSim(sim.chips)), clock });
  sim.control.corrupt(3);
  await assertFault("climate.absent", /checksum of the temperature/, () => device.read());
  assert.is(await device.health(), null);
  await device.close();
});

test("up to three flipped bits in either word are always seen", () => {
  const bit = fc.integer({ min: 0, max: 23 });
  fc.assert(
    fc.property(
      fc.uniqueArray(bit, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(0, 3),
      fc.double({ min: -39, max: 124, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      (bits, word, celsius, relativeHumidity) => {
        const answer = encodeClimate({ celsius, relativeHumidity });
        for (const at of bits) {
          const index = word + (at >> 3);
          answer[index] = (answer[index] ?? 0) ^ (1 << (at & 7));
        }
        assert.throws(() => decodeClimate(answer), /checksum/);
      },
    ),
    { numRuns: 3_000 },
  );
});

test.run();
