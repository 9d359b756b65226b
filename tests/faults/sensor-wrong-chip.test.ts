// Another chip sits at a sensor's address: it is refused by name with a remedy, and never read.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS, type FaultCode, type FaultError } from "../../src/core/faults.js";
import { openClimate, SHT31_ADDRESS } from "../../src/hal/climate/sht31.js";
import type { I2cWire } from "../../src/hal/i2c/i2c-wire.js";
import { openMotion, RestingAttitude } from "../../src/hal/motion/driver.js";
import { LIS3DH_ADDRESS } from "../../src/hal/motion/lis3dh.js";
import { openPower } from "../../src/hal/power/driver.js";
import { INA219_ADDRESS } from "../../src/hal/power/ina219.js";
import { MAX17048_ADDRESS } from "../../src/hal/power/max17048.js";
import { ClimateSim, I2cBusSim, type I2cChip, MotionSim, PowerSim } from "../../src/hal/sim/i2c-sim.js";
import { faultOf, systemClock } from "../contract/wires.js";
import { directWire } from "./board-bench.js";

const clock = systemClock();

/** The right chips, with `intruder` in the place of the one at its address. */
const busWith = (intruder: I2cChip | null): I2cWire => {
  const right = [...new PowerSim().chips, ...new ClimateSim().chips, ...new MotionSim().chips];
  const chips = right.map((chip) => (chip.address === intruder?.address ? intruder : chip));
  return directWire(new I2cBusSim(chips));
};

const OPEN = {
  power: (wire: I2cWire) => openPower({ wire, clock }),
  climate: (wire: I2cWire) => openClimate({ wire, clock }),
  motion: (wire: I2cWire) => openMotion({ wire, clock, rest: new RestingAttitude() }),
} as const;

/** What really gets soldered there by mistake, and what answers anything. */
const IMPOSTORS: Readonly<Record<string, (length: number, write: Uint8Array) => Uint8Array>> = {
  "a released bus (all ones)": (length) => new Uint8Array(length).fill(0xff),
  "a chip that reads as zeros": (length) => new Uint8Array(length),
  "an EEPROM": (length, write) => Uint8Array.from({ length }, (_, at) => (write[0] ?? 0) + at),
  "an LIS2DW12, whose WHO_AM_I is 0x44": (length) => new Uint8Array(length).fill(0x44),
};

const PLACES: readonly (readonly [part: keyof typeof OPEN, address: number])[] = [
  ["power", MAX17048_ADDRESS],
  ["power", INA219_ADDRESS],
  ["climate", SHT31_ADDRESS],
  ["motion", LIS3DH_ADDRESS],
];

for (const [part, address] of PLACES)
  for (const [what, answer] of Object.entries(IMPOSTORS))
    test(`0x${address.toString(16)}: ${what} is no ${part} sensor`, async () => {
      const intruder: I2cChip = { address, transfer: (write, length) => answer(length, write) };
      const fault: FaultError = await faultOf(() => OPEN[part](busWith(intruder)));
      const code: FaultCode = `${part}.wrongChip`;
      assert.is(fault.code, code);
      assert.match(fault.detail, new RegExp(`0x${address.toString(16)}`));
      assert.ok(
        FAULTS[code].technician.en.includes(`0x${address.toString(16)}`),
        "the remedy names the place",
      );
      const device = await OPEN[part](busWith(null));
      assert.is(await device.health(), null);
      await device.close();
    });

test("an INA219 that is strapped to the climate sensor's address is told from it", async () => {
  const [, ina219] = new PowerSim().chips;
  assert.ok(ina219 !== undefined);
  const strapped: I2cChip = { address: SHT31_ADDRESS, transfer: (...parts) => ina219.transfer(...parts) };
  assert.is((await faultOf(() => OPEN.climate(busWith(strapped)))).code, "climate.wrongChip");
});

test.run();
