// What is behind the kernel's files for a processor's warmth, a fan with a tachometer and a panel's light?
//
// The same wire as on a board: a folder that looks like /sys. The fan follows pwm1, its tachometer fan1_input, as the
// pwm-fan driver has them; the panel follows brightness.
import { type FSWatcher, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface SysfsControl {
  /** How warm the processor is. */
  setCelsius(celsius: number): void;
  /** Something holds the fan: it stands whatever it is told. */
  jam(on: boolean): void;
  /** The panel's cable is off: no light whatever it is told. */
  darken(on: boolean): void;
  /** Turns a minute. */
  readonly rpm: number;
  /** 0 … 100. */
  readonly lightPercent: number;
}

const FULL_PWM = 255;
const FULL_RPM = 5_400;
/** A fan does not start below this. */
const LEAST_PWM = 40;
const FULL_LIGHT = 31;
const FULL = 100;
const ROOM_CELSIUS = 45;

export class SysfsSim {
  readonly #dir: string;
  readonly #watchers: readonly FSWatcher[];
  #jammed = false;
  #dark = false;

  /** Makes the files below `dir`; those of a run before are forgotten. */
  constructor(dir: string) {
    this.#dir = dir;
    rmSync(dir, { recursive: true, force: true });
    this.#write("class/thermal/thermal_zone0", { type: "cpu-thermal", temp: String(ROOM_CELSIUS * 1_000) });
    this.#write("class/hwmon/hwmon0", {
      ...{ name: "pwmfan", pwm1: String(FULL_PWM), pwm1_enable: "1", fan1_input: String(FULL_RPM) },
    });
    this.#write("class/backlight/panel", {
      ...{ brightness: String(FULL_LIGHT), max_brightness: String(FULL_LIGHT) },
      actual_brightness: String(FULL_LIGHT),
    });
    this.#watchers = ["class/hwmon/hwmon0/pwm1", "class/backlight/panel/brightness"].map((file) =>
      watch(join(dir, file), { persistent: false }, () => this.#follow()),
    );
  }

  get control(): SysfsControl {
    const sim = this;
    return {
      setCelsius: (celsius) =>
        sim.#write("class/thermal/thermal_zone0", { temp: String(Math.round(celsius * 1_000)) }),
      jam: (on) => {
        sim.#jammed = on;
        sim.#follow();
      },
      darken: (on) => {
        sim.#dark = on;
        sim.#follow();
      },
      get rpm() {
        return sim.#number("class/hwmon/hwmon0/fan1_input");
      },
      get lightPercent() {
        return Math.round((sim.#number("class/backlight/panel/actual_brightness") * FULL) / FULL_LIGHT);
      },
    };
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
  }

  #follow(): void {
    const pwm = this.#number("class/hwmon/hwmon0/pwm1");
    const rpm = this.#jammed || pwm < LEAST_PWM ? 0 : Math.round((pwm * FULL_RPM) / FULL_PWM);
    this.#write("class/hwmon/hwmon0", { fan1_input: String(rpm) });
    const light = this.#dark ? 0 : this.#number("class/backlight/panel/brightness");
    this.#write("class/backlight/panel", { actual_brightness: String(light) });
  }

  /** 0 while a writer has emptied the file and not yet written. */
  #number(file: string): number {
    try {
      return Number(readFileSync(join(this.#dir, file), "utf8"));
    } catch {
      return 0;
    }
  }

  #write(folder: string, files: Readonly<Record<string, string>>): void {
    mkdirSync(join(this.#dir, folder), { recursive: true });
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(this.#dir, folder, name), `${text}\n`);
  }
}
