// Is the board kept cool and the screen lit by the kernel's files, and what is told when fan, sensor or panel fail?
import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isNight, watchScreenLight } from "../../src/acts/screen-light.js";
import { parseConfig } from "../../src/config.js";
import { silentLog } from "../../src/core/log.js";
import type { View } from "../../src/flows/view.js";
import { openSysfsBacklight } from "../../src/hal/backlight/sysfs-backlight.js";
import {
  curveProblem,
  DEFAULT_CURVE,
  HYSTERESIS_CELSIUS,
  percentAt,
  stepFor,
} from "../../src/hal/fan/curve.js";
import { openSysfsFan, type SysfsFanOptions } from "../../src/hal/fan/sysfs-fan.js";
import { openBoard } from "../../src/hal/open-board.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { SysfsSim } from "../../src/hal/sim/sysfs-sim.js";
import { assertFault, eventually, systemClock } from "../contract/wires.js";
import { SimulatedClock } from "../flows/simulated-clock.js";

const WITHIN_MS = 60_000;
const test = suite("cooling and light");

const withSys = async (work: (dir: string, sim: SysfsSim) => Promise<void>): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-sys-"));
  const sim = new SysfsSim(dir);
  try {
    await work(dir, sim);
  } finally {
    sim.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

const options = (sys: string, more: Partial<SysfsFanOptions> = {}): SysfsFanOptions => ({
  ...{ sys, way: "hwmon", name: "pwmfan", zone: "cpu-thermal", curve: DEFAULT_CURVE },
  ...{ clock: systemClock(), lookEveryMs: 10 },
  ...more,
});

const put = (dir: string, folder: string, files: Readonly<Record<string, string>>): void => {
  mkdirSync(join(dir, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, folder, name), `${text}\n`);
};
const pwmOf = (dir: string): number => Number(readFileSync(join(dir, "class/hwmon/hwmon0/pwm1"), "utf8"));

test("a step is entered at its temperature and left only below it, whatever came before", () => {
  const walk = fc.array(fc.double({ min: -20, max: 110, noNaN: true }), { maxLength: 60 });
  fc.assert(
    fc.property(walk, (celsiuses) => {
      let step = -1;
      for (const celsius of celsiuses) {
        const next = stepFor(DEFAULT_CURVE, celsius, step);
        // Never colder than the curve allows, never more than the hysteresis behind it.
        assert.ok(
          percentAt(DEFAULT_CURVE, next) >= percentAt(DEFAULT_CURVE, stepFor(DEFAULT_CURVE, celsius, -1)),
        );
        const from = DEFAULT_CURVE[next]?.celsius;
        assert.ok(from === undefined || celsius >= from - HYSTERESIS_CELSIUS);
        step = next;
      }
    }),
  );
});

test("a temperature that trembles at a step does not make the fan hunt", () => {
  const speeds: number[] = [];
  let step = -1;
  for (const celsius of [59.5, 60.1, 59.7, 60.2, 58, 57, 60, 56.1, 55.9]) {
    step = stepFor(DEFAULT_CURVE, celsius, step);
    speeds.push(percentAt(DEFAULT_CURVE, step));
  }
  assert.equal(speeds, [30, 50, 50, 50, 50, 50, 50, 50, 30]);
});

test("a curve that falls, doubles or leaves its range is refused where it is written", () => {
  assert.is(curveProblem(DEFAULT_CURVE), null);
  assert.match(curveProblem([]) ?? "", /1 to 8/);
  const step = (celsius: number, percent: number) => ({ celsius, percent });
  assert.match(curveProblem([step(60, 50), step(60, 60)]) ?? "", /rises/);
  assert.match(curveProblem([step(60, 50), step(70, 40)]) ?? "", /rises/);
  assert.match(curveProblem([step(10, 50)]) ?? "", /20 to 100/);
  const toml = (curve: string) => `
[board]
kind = "hardware"
printer.port = "tcp:192.0.2.1:9100"
chipReader.port = "i2c:1"
codeReader.port = "camera:face"
fan = { device = "hwmon:pwmfan", curve = ${curve} }
`;
  const { board } = parseConfig(toml("[{ celsius = 55, percent = 40 }]"), "t");
  assert.equal(board.kind === "hardware" && board.fan.curve, [{ celsius: 55, percent: 40 }]);
  assert.throws(
    () => parseConfig(toml("[{ celsius = 55, percent = 140 }]"), "t"),
    /board\.fan\.curve.*1 to 8 tables/,
  );
});

test("the fan follows the processor over the kernel's files, and runs at full speed once nobody looks after it", () =>
  withSys(async (dir, sim) => {
    const fan = await openSysfsFan(options(dir));
    assert.is(pwmOf(dir), 0);
    sim.control.setCelsius(62);
    await eventually("half speed", () => pwmOf(dir) === 128, WITHIN_MS);
    await eventually("it turns", () => sim.control.rpm > 2_000, WITHIN_MS);
    assert.equal(await fan.read(), { celsius: 62, percent: 50, rpm: sim.control.rpm });
    assert.is(await fan.health(), null);
    sim.control.setCelsius(57);
    await systemClock().sleep(100);
    assert.is(pwmOf(dir), 128, "within the hysteresis");
    sim.control.setCelsius(40);
    await eventually("it rests", () => pwmOf(dir) === 0, WITHIN_MS);
    await fan.close();
    await fan.close();
    assert.is(pwmOf(dir), 255);
  }));

test("a fan that stands is told once it had its time to start; the self-test sees it at once", () =>
  withSys(async (dir, sim) => {
    const clock = new SimulatedClock();
    const fan = await openSysfsFan(options(dir, { clock, lookEveryMs: 2_000 }));
    sim.control.jam(true);
    sim.control.setCelsius(70);
    clock.advance(2_000);
    assert.is(pwmOf(dir), 192);
    assert.is(await fan.health(), null, "it may still be starting");
    clock.advance(4_000);
    await eventually("the tachometer stands", () => sim.control.rpm === 0, WITHIN_MS);
    assert.is((await fan.health())?.code, "fan.stalled");
    const spun = fan.spin(new AbortController().signal);
    clock.advance(3_000);
    assert.is(await spun, false);
    sim.control.jam(false);
    const again = fan.spin(new AbortController().signal);
    assert.is(pwmOf(dir), 255);
    await eventually("full turns", () => sim.control.rpm > 5_000, WITHIN_MS);
    clock.advance(3_000);
    assert.is(await again, true);
    clock.advance(2_000);
    assert.is(pwmOf(dir), 192, "back on its curve");
    await fan.close();
    assert.is(clock.pending, 0);
  }));

test("a sensor that is gone or lies makes the fan cool for the worst, and is told", () =>
  withSys(async (dir, sim) => {
    const fan = await openSysfsFan(options(dir));
    const temp = join(dir, "class/thermal/thermal_zone0/temp");
    unlinkSync(temp);
    await eventually("full speed", () => pwmOf(dir) === 255, WITHIN_MS);
    const fault = await fan.health();
    assert.is(fault?.code, "fan.absent");
    assert.match(fault?.detail ?? "", /temp: ENOENT/);
    await assertFault("fan.absent", /ENOENT/, () => fan.read());
    sim.control.setCelsius(300);
    await eventually("a lie", () => true);
    await assertFault("fan.absent", /300 °C, which can not be/, () => fan.read());
    sim.control.setCelsius(82);
    await eventually("well again", () => pwmOf(dir) === 255, WITHIN_MS);
    await systemClock().sleep(50);
    assert.is((await fan.health())?.code, "fan.hot");
    await fan.close();
  }));

test("a cooling device of the kernel is turned in its own steps; a fan of two states turns at any speed", () =>
  withSys(async (dir, sim) => {
    const device = "class/thermal/cooling_device0";
    const stateOf = (): number => Number(readFileSync(join(dir, device, "cur_state"), "utf8"));
    put(dir, device, { type: "gpio-fan", cur_state: "0", max_state: "1" });
    const fan = await openSysfsFan(options(dir, { way: "cooling", name: "gpio-fan" }));
    sim.control.setCelsius(51);
    await eventually("on", () => stateOf() === 1, WITHIN_MS);
    assert.equal(await fan.read(), { celsius: 51, percent: 100, rpm: null });
    sim.control.setCelsius(40);
    await eventually("off", () => stateOf() === 0, WITHIN_MS);
    await fan.close();
  }));

test("a fan that the kernel turns is only watched", () =>
  withSys(async (dir, sim) => {
    const clock = new SimulatedClock();
    put(dir, "class/hwmon/hwmon0", { pwm1: "100" });
    const fan = await openSysfsFan(options(dir, { way: "watch", clock }));
    sim.control.setCelsius(78);
    clock.advance(10_000);
    assert.is(pwmOf(dir), 100);
    assert.is(await fan.spin(new AbortController().signal), null);
    sim.control.jam(true);
    assert.is((await fan.health())?.code, "fan.stalled");
    await fan.close();
    assert.is(pwmOf(dir), 100);
  }));

test("a fan or zone of another name is refused with what there is", async () =>
  withSys(async (dir) => {
    await assertFault("fan.absent", /no hwmon is "pwmfan2"; there is pwmfan/, () =>
      openSysfsFan(options(dir, { name: "pwmfan2" })),
    );
    await assertFault("fan.absent", /no thermal is "soc-thermal"; there is cpu-thermal/, () =>
      openSysfsFan(options(dir, { zone: "soc-thermal" })),
    );
    await assertFault("fan.absent", /ENOENT/, () => openSysfsFan(options(join(dir, "nowhere"))));
  }));

test("the light is set in the panel's own steps, never to nothing, and full when nobody looks after it", () =>
  withSys(async (dir, sim) => {
    const light = await openSysfsBacklight({ sys: dir, device: "auto" });
    assert.is(await light.read(), 100);
    await light.set(40);
    await eventually("dimmer", () => sim.control.lightPercent === 39, WITHIN_MS);
    await light.set(0);
    assert.is(readFileSync(join(dir, "class/backlight/panel/brightness"), "utf8"), "1\n");
    await light.set(100);
    sim.control.darken(true);
    await eventually("dark", () => sim.control.lightPercent === 0, WITHIN_MS);
    assert.is((await light.health())?.code, "backlight.dark");
    sim.control.darken(false);
    await eventually("lit", () => sim.control.lightPercent === 100, WITHIN_MS);
    await light.set(20);
    await light.close();
    assert.is(readFileSync(join(dir, "class/backlight/panel/brightness"), "utf8"), "31\n");
    await assertFault(
      "backlight.absent",
      /no light "eDP"; there is panel|no light "eDP" in .*; there is panel/,
      () => openSysfsBacklight({ sys: dir, device: "eDP" }),
    );
    put(dir, "class/backlight/other", { max_brightness: "9", brightness: "9" });
    await assertFault("backlight.absent", /needs one light.*other, panel/, () =>
      openSysfsBacklight({ sys: dir, device: "auto" }),
    );
  }));

test("night goes over midnight", () => {
  const night = (minutes: number) => isNight(minutes, 21 * 60, 5 * 60 + 30);
  assert.equal([0, 329, 330, 720, 1_259, 1_260, 1_439].map(night), [
    true,
    true,
    false,
    false,
    false,
    true,
    true,
  ]);
  assert.not.ok(isNight(600, 600, 600));
});

test("the screen is bright while somebody is there, dim after a while, darker at night, and full on a visit at night", () =>
  withSys(async (dir) => {
    const sim = await createSimBoard({ dir: join(dir, "w"), widthDots: 576, model: "epson" });
    const board = openBoard({ wiring: sim.wiring, clock: systemClock(), log: silentLog });
    const clock = new SimulatedClock();
    const watchers = new Set<(view: View) => void>();
    const visit = {
      state: { name: "attract", busy: false, open: false, unansweredPrints: [] },
      watch: (callback: (view: View) => void) => {
        watchers.add(callback);
        return () => watchers.delete(callback);
      },
    };
    const light = sim.control.cooling;
    const shows = (percent: number) =>
      eventually(`${percent} %`, () => Math.abs(light.lightPercent - percent) <= 2, WITHIN_MS);
    await eventually("ready", () => board.backlight.status.state === "ready", WITHIN_MS);
    // The clock begins at 01:00 UTC: 08:00 here.
    const stop = watchScreenLight({
      ...{ board, visit, clock, utcOffsetMinutes: 420 },
      times: {
        ...{ inUsePercent: 100, idlePercent: 60, nightPercent: 20, idleAfterMs: 120_000 },
        ...{ nightFromMinutes: 21 * 60, nightToMinutes: 330 },
      },
    });
    await shows(100);
    clock.advance(150_000);
    await shows(60);
    clock.advance(14 * 3_600_000);
    await shows(20);
    visit.state.open = true;
    for (const tell of watchers) tell({} as View);
    await shows(100);
    visit.state.open = false;
    clock.advance(150_000);
    await shows(20);
    sim.control.lines.setInput("presence", true);
    await shows(100);
    stop();
    await board.close();
    await sim.close();
  }));

test.run();
