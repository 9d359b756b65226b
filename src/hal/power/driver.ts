// Is there mains, and how long does the battery last without? (A MAX17048 at the cell, an INA219 at the adapter.)
import type { Clock } from "../../core/clock.js";
import { type Fault, toFault } from "../../core/faults.js";
import type { I2cWire } from "../i2c/i2c-wire.js";
import { withRetries } from "../i2c/retry.js";
import { checkIna219, readIna219 } from "./ina219.js";
import { checkMax17048, readMax17048 } from "./max17048.js";
import type { Power, PowerReading } from "./power.js";

/** The 12 V adapter: below "lost" the charger has switched over; the gap keeps a sagging line from flapping. */
const MAINS_BACK_VOLTS = 10.0;
const MAINS_LOST_VOLTS = 9.0;
/** About ten minutes of the whole kiosk on a 10 Ah cell: enough to end a visit and shut down in order. */
const BATTERY_LOW_FRACTION = 0.1;

export interface PowerOptions {
  readonly wire: I2cWire;
  readonly clock: Clock;
}

/**
 * Throws `FaultError` "power.absent" when a chip does not answer, "power.wrongChip" when it is another one,
 * "power.implausible" when it reads what can not be. Owns the wire.
 */
export const openPower = async (options: PowerOptions): Promise<Power> => {
  const power = new PowerDriver(options);
  try {
    await withRetries(options.clock, "power", async () => {
      await checkMax17048(options.wire);
      await checkIna219(options.wire);
    });
    await power.read();
  } catch (thrown) {
    await power.close();
    throw thrown;
  }
  return power;
};

class PowerDriver implements Power {
  readonly #wire: I2cWire;
  readonly #clock: Clock;
  #mains = true;

  constructor(options: PowerOptions) {
    this.#wire = options.wire;
    this.#clock = options.clock;
  }

  async read(): Promise<PowerReading> {
    const [battery, supply] = await withRetries(
      this.#clock,
      "power",
      async () => [await readMax17048(this.#wire), await readIna219(this.#wire)] as const,
    );
    this.#mains = supply.volts >= (this.#mains ? MAINS_LOST_VOLTS : MAINS_BACK_VOLTS);
    return { mains: this.#mains, batteryFraction: battery.fraction, batteryVolts: battery.volts };
  }

  /** The worse of two: a low battery without mains is the end, without mains alone is a warning. */
  async health(): Promise<Fault | null> {
    try {
      const { mains, batteryFraction } = await this.read();
      if (mains) return null;
      const detail = `no mains, battery at ${Math.round(batteryFraction * 100)} %`;
      return {
        code: batteryFraction < BATTERY_LOW_FRACTION ? "power.batteryLow" : "power.onBattery",
        detail,
      };
    } catch (thrown) {
      return toFault(thrown, "power.absent");
    }
  }

  async close(): Promise<void> {
    await this.#wire.close();
  }
}
