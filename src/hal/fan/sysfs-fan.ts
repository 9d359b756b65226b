// How is a fan of the board turned by the kernel's files, by how warm the processor is?
//
// Documentation/hwmon/sysfs-interface.rst (pwm1 0 … 255, pwm1_enable 1 = by hand, fan1_input in rpm) and
// Documentation/driver-api/thermal/sysfs-api.rst (temp in millidegrees, cur_state 0 … max_state).
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import { type Fault, FaultError, toFault } from "../../core/faults.js";
import { findInClass, readWhole, writeWhole } from "../sysfs/attributes.js";
import { type FanStep, percentAt, stepFor } from "./curve.js";
import type { Fan, FanReading } from "./fan.js";

/** How the fan is reached. "watch": the kernel has a curve of its own, and only a fan that stands is told. */
export type FanWay = "hwmon" | "cooling" | "watch";

export interface SysfsFanOptions {
  readonly sys: string;
  readonly way: FanWay;
  /** hwmon's `name` or the cooling device's `type`. */
  readonly name: string;
  /** `type` of the thermal zone. */
  readonly zone: string;
  readonly curve: readonly FanStep[];
  readonly clock: Clock;
  readonly lookEveryMs?: number;
}

const FULL_PWM = 255;
const FULL = 100;
const MILLI = 1000;
const LOOK_EVERY_MS = 2_000;
/** A sensor of a processor that runs our program is not outside this. */
const PLAUSIBLE = { min: -40, max: 150 };
/** From here on the board soon slows itself down, fan or not. */
const HOT_CELSIUS = 80;
/** Below this many turns a fan that is told to run stands; the smallest ones idle at 800. */
const STANDS_RPM = 100;
/** A fan that was just told takes this long to turn and its tachometer to count. */
const SPIN_UP_MS = 3_000;

/** Throws `FaultError` "fan.absent" when fan or sensor is not there or can not be written. */
export const openSysfsFan = async (options: SysfsFanOptions): Promise<Fan> => {
  try {
    const fan = new SysfsFan(options);
    await fan.start();
    return fan;
  } catch (thrown) {
    const { detail } = toFault(thrown, "fan.absent");
    throw thrown instanceof FaultError ? thrown : new FaultError("fan.absent", detail, { cause: thrown });
  }
};

class SysfsFan implements Fan {
  readonly #options: SysfsFanOptions;
  readonly #zone: string;
  readonly #fan: string;
  /** What full speed is called. */
  readonly #full: number;
  #step = -1;
  #toldPercent = -1;
  #toldMs: number;
  #timer: unknown = null;
  #trouble: Fault | null = null;
  #testing = false;
  #closed = false;

  constructor(options: SysfsFanOptions) {
    const { sys, way, name, zone, clock } = options;
    this.#options = options;
    this.#zone = findInClass(sys, "thermal", { attribute: "type", wanted: zone });
    this.#fan =
      way === "cooling"
        ? findInClass(sys, "thermal", { attribute: "type", wanted: name })
        : findInClass(sys, "hwmon", { attribute: "name", wanted: name });
    this.#full = way === "cooling" ? readWhole(join(this.#fan, "max_state")) : FULL_PWM;
    this.#toldMs = clock.monotonicMs();
  }

  async start(): Promise<void> {
    const enable = join(this.#fan, "pwm1_enable");
    if (this.#options.way === "hwmon" && existsSync(enable)) writeWhole(enable, 1);
    this.#celsius();
    this.#look();
    if (this.#trouble !== null) throw new FaultError(this.#trouble.code, this.#trouble.detail);
  }

  async read(): Promise<FanReading> {
    try {
      return { celsius: this.#celsius(), percent: this.#percent(), rpm: this.#rpm() };
    } catch (thrown) {
      throw new FaultError("fan.absent", toFault(thrown).detail, { cause: thrown });
    }
  }

  async spin(signal: AbortSignal): Promise<boolean | null> {
    const { way, clock } = this.#options;
    if (way === "watch") return null;
    this.#testing = true;
    try {
      this.#tell(FULL);
      await clock.sleep(SPIN_UP_MS, signal);
      const rpm = this.#rpm();
      return rpm === null ? null : rpm >= STANDS_RPM;
    } catch (thrown) {
      signal.throwIfAborted();
      throw new FaultError("fan.absent", toFault(thrown).detail, { cause: thrown });
    } finally {
      this.#testing = false;
      this.#toldPercent = -1;
    }
  }

  async health(): Promise<Fault | null> {
    if (this.#trouble !== null) return this.#trouble;
    try {
      const { celsius, percent, rpm } = await this.read();
      const settled = this.#options.clock.monotonicMs() - this.#toldMs >= SPIN_UP_MS;
      if (percent > 0 && rpm !== null && rpm < STANDS_RPM && settled)
        return { code: "fan.stalled", detail: `told ${percent} %, turns ${rpm} a minute` };
      if (celsius >= HOT_CELSIUS) return { code: "fan.hot", detail: `processor at ${celsius.toFixed(0)} °C` };
      return null;
    } catch (thrown) {
      return toFault(thrown, "fan.absent");
    }
  }

  /** Nobody looks after it from now on: full speed, whatever the temperature is. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#timer);
    try {
      this.#tell(FULL);
    } catch {
      // It is gone.
    }
  }

  #look(): void {
    if (this.#closed) return;
    const { clock, curve, lookEveryMs = LOOK_EVERY_MS } = this.#options;
    try {
      this.#step = stepFor(curve, this.#celsius(), this.#step);
      if (!this.#testing) this.#tell(percentAt(curve, this.#step));
      this.#trouble = null;
    } catch (thrown) {
      // A sensor that is not believed cools for the worst.
      this.#trouble = toFault(thrown, "fan.absent");
      this.#step = curve.length - 1;
      try {
        this.#tell(FULL);
      } catch {
        // The trouble says it.
      }
    }
    this.#timer = clock.setTimeout(() => this.#look(), lookEveryMs);
  }

  #tell(percent: number): void {
    const { way, clock } = this.#options;
    if (way === "watch" || percent === this.#toldPercent) return;
    const file = join(this.#fan, way === "cooling" ? "cur_state" : "pwm1");
    // Upwards, so that a fan of two states turns at any speed above nothing.
    writeWhole(file, Math.ceil((percent * this.#full) / FULL));
    if (percent > 0 && this.#toldPercent <= 0) this.#toldMs = clock.monotonicMs();
    this.#toldPercent = percent;
  }

  #percent(): number {
    const file = join(this.#fan, this.#options.way === "cooling" ? "cur_state" : "pwm1");
    return Math.round((readWhole(file) * FULL) / Math.max(1, this.#full));
  }

  #rpm(): number | null {
    const file = join(this.#fan, "fan1_input");
    return existsSync(file) ? readWhole(file) : null;
  }

  #celsius(): number {
    const celsius = readWhole(join(this.#zone, "temp")) / MILLI;
    if (celsius < PLAUSIBLE.min || celsius > PLAUSIBLE.max)
      throw new FaultError(
        "fan.absent",
        `${this.#options.zone} says ${celsius.toFixed(0)} °C, which can not be`,
      );
    return celsius;
  }
}
