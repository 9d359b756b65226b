// What does the real onoff do on a GPIO folder of files that poll? (Runs inside the namespaces of onoff.test.ts.)
//
// Two inputs, two outputs. The kernel's host and domain name stand in for the value files of the inputs:
// they are the files of a kernel without GPIO that raise EPOLLPRI when their content changes.
import { readFileSync, writeFileSync } from "node:fs";
import { openLines } from "../../src/hal/lines/driver.js";
import { openOnoffBus } from "../../src/hal/lines/onoff-bus.js";
import { eventually, systemClock } from "../contract/wires.js";

const GPIO = "/sys/class/gpio";
const levelAt = (pin: number) => readFileSync(`${GPIO}/gpio${pin}/value`, "utf8").trim();
const drive = (pin: number, level: 0 | 1) => writeFileSync(`${GPIO}/gpio${pin}/value`, String(level));

const heard: string[] = [];
const lines = await openLines({
  bus: await openOnoffBus("pinctrl-bcm2711"),
  offsets: { door: 17, helpButton: 22, cardLamp: 5, trayLamp: 6 },
  activeLow: ["helpButton", "trayLamp"],
  debounceMs: 10,
  clock: systemClock(),
});
lines.onEdge(({ line, value }) => heard.push(`${line} ${value}`));
const directions = [517 - 512, 6].map((offset) =>
  readFileSync(`${GPIO}/gpio${512 + offset}/direction`, "utf8"),
);
const atStart = [await lines.read("door"), await lines.read("helpButton")];
await lines.set("cardLamp", true);
await lines.set("trayLamp", true);
const lamps = [levelAt(517), levelAt(518)];
drive(529, 1);
await eventually("the door's edge", () => heard.length === 1);
drive(534, 0);
await eventually("the button's edge", () => heard.length === 2);
drive(529, 0);
await eventually("the door's other edge", () => heard.length === 3);
const health = await lines.health();
await lines.close();
process.stdout.write(JSON.stringify({ directions, atStart, lamps, heard, health }));
process.exit(0);
