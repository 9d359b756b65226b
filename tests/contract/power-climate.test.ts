// Do battery, mains and climate read true, and does a noisy or dead I2C bus become one clear fault?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { crc8, decodeClimate, encodeClimate, openClimate } from "../../src/hal/climate/sht31.js";
import { openI2cBus } from "../../src/hal/i2c/i2c-bus-wire.js";
import { I2cNackError, type I2cWire } from "../../src/hal/i2c/i2c-wire.js";
import { socketI2cWire } from "../../src/hal/i2c/socket-wire.js";
import { openPower } from "../../src/hal/power/driver.js";
import { decodeSupply, encodeSupply } from "../../src/hal/power/ina219.js";
import { decodeBattery, encodeBattery } from "../../src/hal/power/max17048.js";
import { ClimateSim, I2cBusSim, PowerSim } from "../../src/hal/sim/i2c-sim.js";
import { assertFault, systemClock, wireTo } from "./wires.js";

const clock = systemClock();
const near = (actual: number, wanted: number, within: number) =>
  assert.ok(Math.abs(actual - wanted) <= within, `${actual} is not within ${within} of ${wanted}`);

const bench = () => {
  const power = new PowerSim();
  const climate = new ClimateSim();
  const bus = new I2cBusSim([...power.chips, ...climate.chips]);
  const port = wireTo(bus);
  return { power: power.control, climate: climate.control, wire: socketI2cWire(port, clock), port };
};

/** A wire that loses some transfers. */
const noisy = (wire: I2cWire, lose: (transfer: number) => boolean): I2cWire => {
  let count = 0;
  return {
    transfer: async (address, write, readLength) => {
      count += 1;
      if (lose(count)) throw new I2cNackError(address);
      return wire.transfer(address, write, readLength);
    },
    close: () => wire.close(),
  };
};

test("mains and battery read as they are", async () => {
  const { power, wire } = bench();
  const device = await openPower({ wire, clock });
  power.setBattery(0.5);
  const reading = await device.read();
  assert.is(reading.mains, true);
  near(reading.batteryFraction, 0.5, 0.001);
  near(reading.batteryVolts, 3.75, 0.001);
  power.setMains(false);
  assert.is((await device.read()).mains, false);
  await device.close();
});

test("without mains ops are warned; nearly empty as well takes the kiosk out of service", async () => {
  const { power, wire } = bench();
  const device = await openPower({ wire, clock });
  assert.is(await device.health(), null);
  power.setBattery(0.05);
  assert.is(await device.health(), null);
  power.setMains(false);
  assert.is((await device.health())?.code, "power.batteryLow");
  power.setBattery(0.6);
  assert.is((await device.health())?.code, "power.onBattery");
  power.setMains(true);
  assert.is(await device.health(), null);
  await device.close();
});

test("a gauge that stops answering is power.absent, and serves again when it answers", async () => {
  const { power, wire } = bench();
  const device = await openPower({ wire, clock });
  power.setAnswering(false);
  assert.is((await device.health())?.code, "power.absent");
  await assertFault("power.absent", /0x36 does not acknowledge/, () => device.read());
  power.setAnswering(true);
  assert.is(await device.health(), null);
  await device.close();
});

test("temperature and humidity read as they are; a hot cabinet is a fault", async () => {
  const { climate, wire } = bench();
  const device = await openClimate({ wire, clock });
  climate.set(-12.5, 99);
  const reading = await device.read();
  near(reading.celsius, -12.5, 0.01);
  near(reading.relativeHumidity, 99, 0.01);
  climate.set(61, 20);
  assert.is((await device.health())?.code, "climate.hot");
  await device.close();
});

test("two readings asked for at once do not spoil each other's measurement", async () => {
  const { wire } = bench();
  const device = await openClimate({ wire, clock });
  const readings = await Promise.all([device.read(), device.read(), device.health()]);
  near(readings[0].celsius, 31, 0.01);
  near(readings[1].celsius, 31, 0.01);
  assert.is(readings[2], null);
  await device.close();
});

test("one flipped bit is asked again; flipped bits without end are a fault that names the checksum", async () => {
  const { climate, wire } = bench();
  const device = await openClimate({ wire, clock });
  climate.corrupt(1);
  near((await device.read()).celsius, 31, 0.01);
  climate.corrupt(1_000);
  await assertFault("climate.absent", /checksum of the temperature/, () => device.read());
  climate.corrupt(0);
  assert.is(await device.health(), null);
  await device.close();
});

test("a storm in which two of three transfers are lost now and then is ridden out", async () => {
  const { wire } = bench();
  // Bursts of two losses, then clean for a while.
  const device = await openPower({ wire: noisy(wire, (count) => count % 7 < 2), clock });
  for (let round = 0; round < 20; round++) assert.is((await device.read()).mains, true);
  await device.close();
});

test("a storm without end is a fault within a bounded time, and never a wrong reading", async () => {
  const { wire } = bench();
  let storm = false;
  const device = await openPower({ wire: noisy(wire, () => storm), clock });
  storm = true;
  const started = clock.monotonicMs();
  await assertFault("power.absent", /3 tries failed/, () => device.read());
  assert.ok(clock.monotonicMs() - started < 5_000);
  await device.close();
});

test("a bus that is pulled out is the fault of each of its devices, at once", async () => {
  const { wire, port } = bench();
  const power = await openPower({ wire, clock });
  const climate = await openClimate({ wire, clock });
  await port.close();
  const started = clock.monotonicMs();
  assert.is((await power.health())?.code, "power.absent");
  assert.is((await climate.health())?.code, "climate.absent");
  assert.ok(clock.monotonicMs() - started < 5_000);
  await Promise.all([power.close(), climate.close(), power.close()]);
});

test("another chip at the gauge's address is refused by its version", async () => {
  const wire: I2cWire = { transfer: async () => Uint8Array.of(0xab, 0xcd), close: async () => {} };
  await assertFault("power.absent", /version 0xabcd/, () => openPower({ wire, clock }));
});

test("an I2C bus that the kernel does not have is refused, not a crash", async () => {
  const open = async () => openPower({ wire: await openI2cBus(250), clock });
  let message = "";
  await open().catch((thrown: unknown) => {
    message = String(thrown);
  });
  assert.match(message, /ENOENT|absent/);
});

test("the checksum is the datasheet's: 0xBEEF gives 0x92", () => {
  assert.is(crc8(Uint8Array.of(0xbe, 0xef)), 0x92);
});

test("the codecs give back what was put in, to one step of the chip", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -45, max: 130, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      (celsius, relativeHumidity) => {
        const decoded = decodeClimate(encodeClimate({ celsius, relativeHumidity }));
        near(decoded.celsius, celsius, 175 / 65535);
        near(decoded.relativeHumidity, relativeHumidity, 100 / 65535);
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 2.01, max: 4.99, noNaN: true }),
      (fraction, volts) => {
        const { vcell, soc } = encodeBattery({ fraction, volts });
        const decoded = decodeBattery(vcell, soc);
        near(decoded.fraction, fraction, 1 / 25600);
        near(decoded.volts, volts, 78.125e-6);
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 32, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (volts, amperes) => {
        const { bus, shunt } = encodeSupply({ volts, amperes });
        const decoded = decodeSupply(bus, shunt);
        near(decoded.volts, volts, 4e-3);
        near(decoded.amperes, amperes, 1e-4);
      },
    ),
  );
});

test("whatever bytes a chip answers, decoding gives a value in range or an error", () => {
  const inRange = (value: number, low: number, high: number) =>
    assert.ok(value >= low && value <= high, `${value}`);
  const orError = (decode: () => void) => {
    try {
      decode();
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown.name === "Assertion") throw thrown;
    }
  };
  const bytes = fc.uint8Array({ maxLength: 8 });
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      orError(() => {
        const { celsius, relativeHumidity } = decodeClimate(one);
        inRange(celsius, -45, 130);
        inRange(relativeHumidity, 0, 100);
      });
      orError(() => {
        const { fraction, volts } = decodeBattery(one, other);
        inRange(fraction, 0, 1);
        inRange(volts, 2, 5);
      });
      orError(() => inRange(decodeSupply(one, other).volts, 0, 32.8));
    }),
    { numRuns: 2_000 },
  );
});

test("a single flipped bit anywhere in an answer of the climate sensor is always seen", () => {
  const answer = encodeClimate({ celsius: 24.3, relativeHumidity: 71 });
  for (let bit = 0; bit < answer.length * 8; bit++) {
    const flipped = answer.slice();
    const at = bit >> 3;
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => decodeClimate(flipped), /checksum/);
  }
});

test.run();
