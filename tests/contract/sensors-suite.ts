// What must the sensors on the I2C bus do, whatever bus they hang on?
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { openClimate } from "../../src/hal/climate/sht31.js";
import { I2cNackError, type I2cWire } from "../../src/hal/i2c/i2c-wire.js";
import { openMotion, RestingAttitude } from "../../src/hal/motion/driver.js";
import type { Motion, Tilt } from "../../src/hal/motion/motion.js";
import { openPower } from "../../src/hal/power/driver.js";
import { ClimateSim, I2cBusSim, MotionSim, PowerSim } from "../../src/hal/sim/i2c-sim.js";
import { assertFault, eventually, systemClock } from "./wires.js";

const clock = systemClock();
/** Soon enough for a test; a kiosk looks every second. */
const LOOK_EVERY_MS = 20;

/** One way from the drivers to the simulated chips. */
export interface SensorWay {
  /** A wire to a bus with these chips; each device has one of its own. */
  open(bus: I2cBusSim): Promise<I2cWire>;
  /** The bus of the last opening leaves. */
  pull(): Promise<void>;
}

export const near = (actual: number, wanted: number, within: number): void =>
  assert.ok(Math.abs(actual - wanted) <= within, `${actual} is not within ${within} of ${wanted}`);

/** A wire that loses some transfers. */
export const noisy = (wire: I2cWire, lose: (transfer: number) => boolean): I2cWire => {
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

export const sensorsSuite = (test: Test, way: SensorWay): void => {
  const bench = async () => {
    const power = new PowerSim();
    const climate = new ClimateSim();
    const motion = new MotionSim();
    const bus = new I2cBusSim([...power.chips, ...climate.chips, ...motion.chips]);
    const controls = { power: power.control, climate: climate.control, motion: motion.control };
    return { ...controls, wire: await way.open(bus), another: () => way.open(bus) };
  };
  const openAt = (wire: I2cWire, rest = new RestingAttitude()): Promise<Motion> =>
    openMotion({ wire, clock, rest, lookEveryMs: LOOK_EVERY_MS });

  test("mains and battery read as they are", async () => {
    const { power, wire } = await bench();
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
    const { power, wire } = await bench();
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
    const { power, wire } = await bench();
    const device = await openPower({ wire, clock });
    power.setAnswering(false);
    assert.is((await device.health())?.code, "power.absent");
    await assertFault("power.absent", /0x36 does not acknowledge/, () => device.read());
    power.setAnswering(true);
    assert.is(await device.health(), null);
    await device.close();
  });

  test("temperature and humidity read as they are; a hot cabinet is a fault", async () => {
    const { climate, wire } = await bench();
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
    const { wire } = await bench();
    const device = await openClimate({ wire, clock });
    const readings = await Promise.all([device.read(), device.read(), device.health()]);
    near(readings[0].celsius, 31, 0.01);
    near(readings[1].celsius, 31, 0.01);
    assert.is(readings[2], null);
    await device.close();
  });

  test("one flipped bit is asked again; flipped bits without end are a fault that names the checksum", async () => {
    const { climate, wire } = await bench();
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
    const { wire } = await bench();
    // Bursts of two losses, then clean for a while.
    const device = await openPower({ wire: noisy(wire, (count) => count % 7 < 2), clock });
    for (let round = 0; round < 20; round++) assert.is((await device.read()).mains, true);
    await device.close();
  });

  test("a storm without end is a fault within a bounded time, and never a wrong reading", async () => {
    const { wire } = await bench();
    let storm = false;
    const device = await openPower({ wire: noisy(wire, () => storm), clock });
    storm = true;
    const started = clock.monotonicMs();
    await assertFault("power.absent", /3 tries failed/, () => device.read());
    assert.ok(clock.monotonicMs() - started < 5_000);
    await device.close();
  });

  test("a bus that is pulled out is the fault of each of its devices, at once", async () => {
    const { wire, another } = await bench();
    const power = await openPower({ wire, clock });
    const climate = await openClimate({ wire: await another(), clock });
    await way.pull();
    const started = clock.monotonicMs();
    assert.is((await power.health())?.code, "power.absent");
    assert.is((await climate.health())?.code, "climate.absent");
    assert.ok(clock.monotonicMs() - started < 5_000);
    await Promise.all([power.close(), climate.close(), power.close()]);
  });

  test("a cabinet at rest weighs 1 g and stands upright", async () => {
    const { wire } = await bench();
    const device = await openAt(wire);
    const reading = await device.read();
    near(reading?.acceleration.z ?? 0, 1, 0.01);
    near(reading?.tiltDegrees ?? 90, 0, 0.5);
    assert.is(await device.health(), null);
    await device.close();
  });

  test("a blow is heard however short, is told once, and stands for ops to see; a footstep is not", async () => {
    const { motion, wire } = await bench();
    const device = await openAt(wire);
    const knocks: number[] = [];
    device.onKnock(({ atMs }) => knocks.push(atMs));
    motion.knock(0.2);
    await clock.sleep(6 * LOOK_EVERY_MS);
    assert.equal(knocks, []);
    motion.knock(1.2);
    await eventually("the knock", () => knocks.length > 0);
    await clock.sleep(6 * LOOK_EVERY_MS);
    assert.is(knocks.length, 1);
    const fault = await device.health();
    assert.is(fault?.code, "motion.tampered");
    assert.match(fault?.detail ?? "", /a blow/);
    await device.close();
  });

  test("a cabinet that is tipped is told when it leans and when it stands again", async () => {
    const { motion, wire } = await bench();
    const device = await openAt(wire);
    const tilts: Tilt[] = [];
    device.onTilt((tilt) => tilts.push(tilt));
    motion.tilt(9);
    await clock.sleep(6 * LOOK_EVERY_MS);
    assert.equal(tilts, []);
    motion.tilt(32);
    await eventually("it leans", () => tilts.length === 1);
    assert.is(tilts[0]?.tilted, true);
    near(tilts[0]?.degrees ?? 0, 32, 1);
    assert.match((await device.health())?.detail ?? "", /tilted by 32 degrees/);
    motion.tilt(3);
    await eventually("it stands", () => tilts.length === 2);
    assert.is(tilts[1]?.tilted, false);
    assert.is(await device.health(), null);
    await device.close();
  });

  test("a sensor that comes back on a tipped cabinet still knows how it stood", async () => {
    const { motion, wire, another } = await bench();
    const rest = new RestingAttitude();
    await (await openAt(wire, rest)).close();
    motion.tilt(40);
    const device = await openAt(await another(), rest);
    near((await device.read())?.tiltDegrees ?? 0, 40, 1);
    await device.close();
  });

  test("a sensor whose supply dropped out is reopened rather than believed", async () => {
    const { motion, wire } = await bench();
    const device = await openAt(wire);
    motion.brownOut();
    const fault = await device.health();
    assert.ok(fault?.code === "motion.absent" || fault?.code === "motion.implausible", fault?.code);
    await device.close();
  });
};
