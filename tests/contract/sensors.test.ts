// Do the sensors read true over the wire of the simulated board, and do their codecs refuse what can not be?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  crc8,
  decodeClimate,
  decodeStatus,
  encodeClimate,
  encodeStatus,
} from "../../src/hal/climate/sht31.js";
import { openI2cBus } from "../../src/hal/i2c/i2c-bus-wire.js";
import type { I2cWire } from "../../src/hal/i2c/i2c-wire.js";
import { socketI2cWire } from "../../src/hal/i2c/socket-wire.js";
import { decodeAcceleration, encodeAcceleration } from "../../src/hal/motion/lis3dh.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { openPower } from "../../src/hal/power/driver.js";
import { decodeSupply, encodeSupply } from "../../src/hal/power/ina219.js";
import { decodeBattery, encodeBattery } from "../../src/hal/power/max17048.js";
import { near, sensorsSuite } from "./sensors-suite.js";
import { assertFault, systemClock, wireTo } from "./wires.js";

const clock = systemClock();
const ports: BytePort[] = [];

sensorsSuite(test, {
  open: async (bus) => {
    const port = wireTo(bus);
    ports.push(port);
    return socketI2cWire(port, clock);
  },
  pull: async () => {
    for (const port of ports.splice(0)) await port.close();
  },
});

test("another chip at the gauge's address is refused by its version", async () => {
  const wire: I2cWire = { transfer: async () => Uint8Array.of(0xab, 0xcd), close: async () => {} };
  await assertFault("power.wrongChip", /version 0xabcd/, () => openPower({ wire, clock }));
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
      fc.double({ min: -39.9, max: 124.9, noNaN: true }),
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
      fc.double({ min: 0, max: 26, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (volts, amperes) => {
        const { bus, shunt } = encodeSupply({ volts, amperes });
        const decoded = decodeSupply(bus, shunt);
        near(decoded.volts, volts, 4e-3);
        near(decoded.amperes, amperes, 1e-4);
      },
    ),
  );
  const axis = fc.double({ min: -2.048, max: 2.047, noNaN: true });
  fc.assert(
    fc.property(axis, axis, axis, (x, y, z) => {
      fc.pre(Math.hypot(x, y, z) > 0.21);
      const decoded = decodeAcceleration(encodeAcceleration({ x, y, z }));
      near(decoded.x, x, 1e-3);
      near(decoded.y, y, 1e-3);
      near(decoded.z, z, 1e-3);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff }), (status) => {
      // Table 18: the reserved bits are zero on every SHT31.
      assert.is(decodeStatus(encodeStatus(status & ~0x500c)), status & ~0x500c);
    }),
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
        inRange(celsius, -40, 125);
        inRange(relativeHumidity, 0, 100);
      });
      orError(() => {
        const { fraction, volts } = decodeBattery(one, other);
        inRange(fraction, 0, 1);
        inRange(volts, 2, 5);
      });
      orError(() => inRange(decodeSupply(one, other).volts, 0, 26));
      orError(() => {
        const { x, y, z } = decodeAcceleration(one);
        for (const axis of [x, y, z]) inRange(axis, -2.048, 2.047);
      });
      orError(() => inRange(decodeStatus(one), 0, 0xffff));
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
