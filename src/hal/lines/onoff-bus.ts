// How are the pins of a real GPIO chip claimed, read and set through the kernel's sysfs?
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Gpio } from "onoff";
import { CausedError, causeOfErrno } from "../../core/causes.js";
import { FaultError } from "../../core/faults.js";
import { errnoOf } from "../port/open-error.js";
import type { Level, LineBus } from "./line-bus.js";

/** The place is fixed in onoff; it is a parameter here so that the search can be tested on a copy. */
export const SYSFS_GPIO = "/sys/class/gpio";

/**
 * First sysfs number of the chip with this label. The number base is dynamic (512 on recent Pi kernels,
 * 0 on older ones), and "the first chip" may be another one, so only the label says which.
 * Throws `FaultError` "lines.absent".
 */
export const chipBase = async (label: string, sysfs: string = SYSFS_GPIO): Promise<number> => {
  let entries: string[];
  try {
    entries = await readdir(sysfs);
  } catch (cause) {
    throw new FaultError("lines.absent", `no ${sysfs}: the kernel has no sysfs GPIO (CONFIG_GPIO_SYSFS)`, {
      cause,
      why: { kind: "missing", at: sysfs },
    });
  }
  const seen: string[] = [];
  for (const entry of entries.filter((name) => /^gpiochip\d+$/.test(name)).sort()) {
    const found = (await readFile(join(sysfs, entry, "label"), "utf8")).trim();
    if (found === label) return parseBase(await readFile(join(sysfs, entry, "base"), "utf8"), entry);
    seen.push(found);
  }
  const others = seen.length === 0 ? "there is none" : `there are: ${seen.join(", ")}`;
  throw new FaultError("lines.absent", `no GPIO chip is labelled "${label}"; ${others}`, {
    why: { kind: "missing", at: label },
  });
};

const parseBase = (text: string, entry: string): number => {
  if (!/^\d+\s*$/.test(text)) throw new FaultError("lines.absent", `${entry}/base is not a number`);
  return Number(text);
};

/** Throws `FaultError` "lines.absent" without sysfs, without the chip or without the permission. */
export const openOnoffBus = async (chip: string): Promise<LineBus> => {
  const base = await chipBase(chip);
  // Loaded on need: its native part is of no use where there is no GPIO.
  const onoff = await import("onoff");
  if (!onoff.Gpio.accessible)
    throw new FaultError("lines.absent", `no permission to write ${SYSFS_GPIO}/export (group gpio?)`, {
      why: { kind: "denied", at: `${SYSFS_GPIO}/export` },
    });
  return new OnoffBus(base, onoff.Gpio);
};

class OnoffBus implements LineBus {
  readonly #base: number;
  readonly #Gpio: typeof Gpio;
  readonly #pins = new Map<number, Gpio>();
  readonly #listeners = new Set<(offset: number, level: Level) => void>();
  #open = true;

  constructor(base: number, gpio: typeof Gpio) {
    this.#base = base;
    this.#Gpio = gpio;
  }

  get open(): boolean {
    return this.#open;
  }

  async claimInput(offset: number): Promise<Level> {
    // Debouncing is the driver's: onoff's own would hide that a contact is worn.
    const pin = this.#claim(offset, "in");
    this.#endQuietly(pin);
    pin.watch((error, value) => {
      if (error != null || !this.#open) return;
      for (const listener of [...this.#listeners]) listener(offset, value);
    });
    return pin.read();
  }

  async claimOutput(offset: number, initial: Level): Promise<void> {
    // "high" and "low" set direction and level in one step; "out" would first drive low.
    this.#claim(offset, initial === 1 ? "high" : "low");
  }

  async read(offset: number): Promise<Level> {
    return this.#pin(offset).read();
  }

  async set(offset: number, level: Level): Promise<void> {
    await this.#pin(offset).write(level);
  }

  onEdge(listener: (offset: number, level: Level) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#listeners.clear();
    for (const pin of this.#pins.values()) {
      try {
        pin.unexport();
      } catch {
        // The chip went away: there is nothing left to unexport.
      }
    }
    this.#pins.clear();
  }

  #claim(offset: number, direction: "in" | "high" | "low"): Gpio {
    let pin: Gpio;
    try {
      pin = new this.#Gpio(this.#base + offset, direction, direction === "in" ? "both" : "none");
    } catch (cause) {
      throw refused(`pin ${offset}: ${whyNot(cause)}`, `${SYSFS_GPIO}/gpio${this.#base + offset}`, cause);
    }
    this.#pins.set(offset, pin);
    // onoff passes over a refusal when an earlier process left the pin exported.
    const wanted = direction === "in" ? "in" : "out";
    if (pin.direction() !== wanted) throw new Error(`pin ${offset} can not be made an ${wanted}put`);
    if (wanted === "in" && pin.edge() !== "both") throw new Error(`pin ${offset} reports no edges`);
    return pin;
  }

  /**
   * onoff reads the level in its poll callback and lets a failure of that fly out of the event loop, which
   * would end the process when a chip (a USB expander) is pulled. The read is made safe instead.
   */
  #endQuietly(pin: Gpio): void {
    const readSync = pin.readSync.bind(pin);
    pin.readSync = () => {
      try {
        return readSync();
      } catch {
        this.#open = false;
        pin.unwatchAll();
        return 0;
      }
    };
  }

  #pin(offset: number): Gpio {
    if (!this.#open) throw new Error("the GPIO chip is gone or closed");
    const pin = this.#pins.get(offset);
    if (pin === undefined) throw new Error(`pin ${offset} was not claimed`);
    return pin;
  }
}

/** What the kernel's refusal of an export or a direction means on a board. */
const REFUSALS: Readonly<Record<string, string>> = {
  EBUSY: "a driver of the kernel uses it (overlay in config.txt?)",
  EINVAL: "the chip has no such pin",
  EACCES: "no permission (group gpio?)",
  EIO: "it can not be what the wiring says, an output is used as interrupt or the other way round",
};

/** With its cause where the errno says it; what the chip itself can not do stays with the wiring. */
const refused = (message: string, at: string, cause: unknown): Error => {
  const why = causeOfErrno(errnoOf(cause), at);
  return why?.kind === "busy" || why?.kind === "denied"
    ? new CausedError(message, why, { cause })
    : new Error(message, { cause });
};

const whyNot = (thrown: unknown): string => {
  const { code, message } = thrown as NodeJS.ErrnoException;
  const meaning = REFUSALS[code ?? ""];
  return meaning === undefined ? message : `${code}, ${meaning}`;
};
