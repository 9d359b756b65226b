// A sensor reads what can not be: it is a fault of its own, and nothing is shut down or warned of by it.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { crc8, openClimate, SHT31_MEASURE } from "../../src/hal/climate/sht31.js";
import type { I2cWire } from "../../src/hal/i2c/i2c-wire.js";
import { openMotion, RestingAttitude } from "../../src/hal/motion/driver.js";
import { LIS3DH_ADDRESS, LIS3DH_REGISTER } from "../../src/hal/motion/lis3dh.js";
import { openPower } from "../../src/hal/power/driver.js";
import { INA219_ADDRESS, INA219_REGISTER } from "../../src/hal/power/ina219.js";
import { MAX17048_ADDRESS, MAX17048_REGISTER } from "../../src/hal/power/max17048.js";
import { ClimateSim, I2cBusSim, MotionSim, PowerSim } from "../../src/hal/sim/i2c-sim.js";
import { assertFault, systemClock } from "../contract/wires.js";
import { directWire } from "./board-bench.js";

const clock = systemClock();

/** The right chips, of which one register reads `bytes`. */
const lying = (address: number, register: number, bytes: readonly number[]): I2cWire => {
  const sims = [...new PowerSim().chips, ...new MotionSim().chips];
  const wire = directWire(new I2cBusSim(sims));
  return {
    transfer: async (at, write, length) =>
      at === address && write[0] === register && length > 0
        ? Uint8Array.from(bytes)
        : wire.transfer(at, write, length),
    close: async () => {},
  };
};

const POWER_LIES: readonly (readonly [what: RegExp, address: number, register: number, bytes: number[]])[] = [
  [/0\.00 V/, MAX17048_ADDRESS, MAX17048_REGISTER.VCELL, [0, 0]],
  [/5\.12 V/, MAX17048_ADDRESS, MAX17048_REGISTER.VCELL, [0xff, 0xff]],
  [/256 % full/, MAX17048_ADDRESS, MAX17048_REGISTER.SOC, [0xff, 0xff]],
  [/32\.\d V at an input for 26 V/, INA219_ADDRESS, INA219_REGISTER.BUS_VOLTAGE, [0xff, 0xfe]],
  [/across the shunt/, INA219_ADDRESS, INA219_REGISTER.SHUNT_VOLTAGE, [0x7f, 0xff]],
];

for (const [what, address, register, bytes] of POWER_LIES)
  test(`power: ${what.source} is refused, and never taken for an empty battery`, () =>
    assertFault("power.implausible", what, () =>
      openPower({ wire: lying(address, register, bytes), clock }),
    ));

for (const [celsius, raw] of [
  ["-45", 0x0000],
  ["130", 0xffff],
] as const)
  test(`climate: ${celsius} °C with a right checksum is refused, and never taken for a hot cabinet`, async () => {
    const bus = directWire(new I2cBusSim(new ClimateSim().chips));
    const pair = Uint8Array.of(raw >> 8, raw & 0xff);
    const word = [...pair, crc8(pair)];
    let measuring = false;
    const wire: I2cWire = {
      transfer: async (address, write, length) => {
        if (write.length > 0) measuring = Buffer.compare(write, SHT31_MEASURE) === 0;
        const answer = await bus.transfer(address, write, length);
        return measuring && length === 6 ? Uint8Array.from([...word, ...word]) : answer;
      },
      close: async () => {},
    };
    await assertFault("climate.implausible", new RegExp(`${celsius} °C`), () => openClimate({ wire, clock }));
  });

for (const [what, bytes] of [
  ["0.00 g", [0, 0, 0, 0, 0, 0]],
  ["3.55 g", [0x00, 0x80, 0x00, 0x80, 0x00, 0x80]],
] as const)
  test(`motion: ${what} at rest is refused, and never taken for a blow`, () => {
    const wire = lying(LIS3DH_ADDRESS, LIS3DH_REGISTER.OUT_X_L | 0x80, bytes);
    return assertFault("motion.implausible", new RegExp(what.replace(".", "\\.")), () =>
      openMotion({ wire, clock, rest: new RestingAttitude() }),
    );
  });

test("an overflow that the current monitor admits is no reading", () =>
  assertFault("power.absent", /OVF/, () =>
    openPower({ wire: lying(INA219_ADDRESS, INA219_REGISTER.BUS_VOLTAGE, [0x5e, 0xa3]), clock }),
  ));

test("what is refused leaves the kiosk serving: every one of these faults is a notice", async () => {
  const { FAULTS } = await import("../../src/core/faults.js");
  for (const part of ["power", "climate", "motion"] as const)
    assert.is(FAULTS[`${part}.implausible`].severity, "notice");
});

test.run();
