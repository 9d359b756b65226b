// Somebody hits, tips or carries the cabinet: ops and the technician know within seconds, and the visit goes on.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import { openMotion, RestingAttitude } from "../../src/hal/motion/driver.js";
import { I2cBusSim, MotionSim } from "../../src/hal/sim/i2c-sim.js";
import { eventually, systemClock } from "../contract/wires.js";
import { assertTold, codeOf, directWire, onBoard, watchOthers } from "./board-bench.js";

test("a blow shows at the console and in the telemetry, and disturbs no other device", () =>
  onBoard(
    () => {},
    async ({ board, control }) => {
      const others = watchOthers(board, "motion");
      control.motion.knock(1.5);
      await eventually("it is told", () => codeOf(board, "motion") === "motion.tampered", 10_000);
      assertTold(board, "motion", "motion.tampered");
      assert.is(FAULTS["motion.tampered"].severity, "notice");
      assert.is(board.motion.status.state, "faulted", "the sensor itself is open and watches on");
      assert.equal(others.seen, []);
    },
  ));

test("a tipped cabinet stays told while the sensor is pulled and put back", () =>
  onBoard(
    () => {},
    async ({ board, control }) => {
      control.motion.tilt(35);
      await eventually("it is told", () => codeOf(board, "motion") === "motion.tampered", 10_000);
      control.motion.setAnswering(false);
      await eventually("it is away", () => codeOf(board, "motion") === "motion.absent", 10_000);
      assertTold(board, "motion", "motion.absent");
      control.motion.setAnswering(true);
      await eventually("it is told again", () => codeOf(board, "motion") === "motion.tampered", 15_000);
      control.motion.tilt(0);
      await eventually("it stands", () => board.motion.status.state === "ready", 15_000);
    },
  ));

test("a blow stands for a minute, then the report is clean; a second one starts the minute anew", async () => {
  const sim = new MotionSim();
  const real = systemClock();
  let ahead = 0;
  const clock = {
    ...bound(real),
    monotonicMs: () => real.monotonicMs() + ahead,
  };
  const wire = directWire(new I2cBusSim(sim.chips));
  const device = await openMotion({ wire, clock, rest: new RestingAttitude(), lookEveryMs: 10 });
  let knocks = 0;
  device.onKnock(() => {
    knocks += 1;
  });
  sim.control.knock(1);
  await eventually("the first", () => knocks === 1);
  ahead += 55_000;
  assert.is((await device.health())?.code, "motion.tampered");
  sim.control.knock(1);
  await eventually("the second", () => knocks === 2);
  ahead += 55_000;
  assert.is((await device.health())?.code, "motion.tampered");
  ahead += 10_000;
  assert.is(await device.health(), null);
  await device.close();
});

const bound = (clock: ReturnType<typeof systemClock>) => ({
  wall: () => clock.wall(),
  sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
  setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, ms),
  clearTimeout: (handle: unknown) => clock.clearTimeout(handle),
});

test.run();
