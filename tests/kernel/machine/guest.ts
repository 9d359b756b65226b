// What do the lines drivers do on a real GPIO kernel? (Runs inside the machine of lines-machine.test.ts.)
//
// gpio-sim's own sysfs is the world outside: "pull" puts a level on an input, "value" shows an output. Documented
// in the kernel's Documentation/admin-guide/gpio/gpio-sim.rst.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { SystemClock } from "../../../src/core/clock.js";
import { openCdevBus } from "../../../src/hal/lines/cdev-bus.js";
import { openLines } from "../../../src/hal/lines/driver.js";
import type { LineBus } from "../../../src/hal/lines/line-bus.js";
import type { Lines } from "../../../src/hal/lines/lines.js";
import { openOnoffBus } from "../../../src/hal/lines/onoff-bus.js";

const CHIP = "gpio3";
const WITHIN_MS = 10_000;
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });

const platform = "/sys/devices/platform/gpio-sim.0";
const folder = readdirSync(platform)
  .map((name) => `${platform}/${name}`)
  .find((path) => existsSync(`${path}/sim_gpio31`));
const pull = (offset: number, up: boolean) =>
  writeFileSync(`${folder}/sim_gpio${offset}/pull`, up ? "pull-up" : "pull-down");
const shown = (offset: number) => readFileSync(`${folder}/sim_gpio${offset}/value`, "utf8").trim();

const until = async (what: string, holds: () => boolean): Promise<void> => {
  const end = clock.monotonicMs() + WITHIN_MS;
  while (!holds()) {
    if (clock.monotonicMs() > end) throw new Error(`never: ${what}`);
    await clock.sleep(5);
  }
};

const openOn = (bus: LineBus, offsets: Record<string, number>): Promise<Lines> =>
  openLines({ bus, offsets, activeLow: ["helpButton", "trayLamp"], debounceMs: 15, clock });

const refusal = async (open: () => Promise<unknown>): Promise<string> => {
  try {
    await open();
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  return "it was given";
};

type Open = (label: string) => Promise<LineBus>;

const tryOut = async (open: Open, other: Open): Promise<Record<string, unknown>> => {
  pull(17, false);
  pull(22, true);
  const lines = await openOn(await open(CHIP), { door: 17, helpButton: 22, cardLamp: 5, trayLamp: 6 });
  const heard: string[] = [];
  lines.onEdge(({ line, value }) => heard.push(`${line} ${value}`));
  const dark = [shown(5), shown(6)];
  await lines.set("cardLamp", true);
  await lines.set("trayLamp", true);
  const lit = [shown(5), shown(6)];
  pull(17, true);
  await until("the door opens", () => heard.length === 1);
  pull(22, false);
  await until("the button", () => heard.length === 2);
  pull(17, false);
  await until("the door closes", () => heard.length === 3);
  const health = await lines.health();
  const held = await refusal(async () => openOn(await other(CHIP), { door: 17 }));
  await lines.close();
  const again = await openOn(await open(CHIP), { door: 17, cardLamp: 5 });
  const reopened = shown(5);
  await again.close();
  return { dark, lit, heard, health, held, reopened, unknown: await refusal(() => open("nope")) };
};

const cdev: Open = (label) => openCdevBus(label, clock);
for (const [name, open, other] of [
  ["sysfs", openOnoffBus, cdev],
  ["cdev", cdev, openOnoffBus],
] as const) {
  const result = await tryOut(open, other).catch((thrown: unknown) => ({ failed: String(thrown) }));
  process.stdout.write(`RESULT ${name} ${JSON.stringify(result)}\n`);
}
process.exit(0);
