// Which way leads to the pins of the wiring, and under which numbers?
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import type { PortOpener } from "../open-reader.js";
import { openPort } from "../port/open.js";
import { openCdevBus } from "./cdev-bus.js";
import { openEvdevBus } from "./evdev-bus.js";
import type { LineBus } from "./line-bus.js";
import { manyChips, pinOf } from "./many-chips.js";
import { openOnoffBus, SYSFS_GPIO } from "./onoff-bus.js";
import { socketLineBus } from "./socket-bus.js";

export interface LineWiring {
  readonly bus: string;
  readonly chip: string;
  readonly chips?: Readonly<Record<string, string>>;
  readonly offsets: Readonly<Record<string, number>>;
}

export interface OpenedLineBus {
  readonly bus: LineBus;
  /** Line name to pin number of `bus`; negative: not wired. */
  readonly offsets: Readonly<Record<string, number>>;
}

/** Throws `FaultError` "lines.absent" when a chip can not be had. */
export const openLineBus = async (
  wiring: LineWiring,
  clock: Clock,
  openWire: PortOpener = openPort,
): Promise<OpenedLineBus> => {
  const { bus, chip, chips = {}, offsets } = wiring;
  if (bus.startsWith("unix:")) return { bus: socketLineBus(await openWire(bus), clock), offsets };
  const astray = Object.keys(chips).filter((line) => offsets[line] === undefined);
  if (astray.length > 0)
    throw new FaultError("lines.absent", `lines.chips names lines without an offset: ${astray.join(", ")}`);
  const chipOf = (line: string) => chips[line] ?? chip;
  const wired = Object.entries(offsets).filter(([, offset]) => offset >= 0);
  const labels = [...new Set(wired.map(([line]) => chipOf(line)))];
  const opened: LineBus[] = [];
  try {
    for (const label of labels) opened.push(await openChip(bus, label, clock));
  } catch (thrown) {
    for (const half of opened) await half.close();
    throw thrown;
  }
  return {
    bus: manyChips(opened),
    offsets: Object.fromEntries(
      wired.map(([line, offset]) => [line, pinOf(labels.indexOf(chipOf(line)), offset)]),
    ),
  };
};

/** A "chip" that is an input device of the kernel; its "pins" are the switches of it. */
const EVDEV = "evdev:";

/** Sysfs tells edges by interrupt, so it goes first; kernels are built without it since it is deprecated. */
const openChip = async (bus: string, label: string, clock: Clock): Promise<LineBus> => {
  if (label.startsWith(EVDEV)) return openEvdevBus(label.slice(EVDEV.length), clock);
  const sysfs = bus === "gpio-sysfs" || (bus === "gpio" && existsSync(join(SYSFS_GPIO, "export")));
  return sysfs ? openOnoffBus(label) : openCdevBus(label, clock);
};
