// How is a panel's light set by the kernel's files?
//
// Documentation/ABI/stable/sysfs-class-backlight: brightness 0 … max_brightness; actual_brightness is what the hardware
// shows. For some panels 0 is off, so the least that is ever written is one step.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Fault, FaultError, toFault } from "../../core/faults.js";
import { readWhole, writeWhole } from "../sysfs/attributes.js";
import type { Backlight } from "./backlight.js";

export interface SysfsBacklightOptions {
  readonly sys: string;
  /** Its name below /sys/class/backlight, or "auto" where there is one alone. */
  readonly device: string;
}

const FULL = 100;

const folderOf = ({ sys, device }: SysfsBacklightOptions): string => {
  const folder = join(sys, "class", "backlight");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const [only, ...others] = names;
  const there = names.length === 0 ? "none" : names.join(", ");
  if (device !== "auto") {
    if (names.includes(device)) return join(folder, device);
    throw new FaultError("backlight.absent", `no light "${device}" in ${folder}; there is ${there}`);
  }
  if (only === undefined || others.length > 0)
    throw new FaultError("backlight.absent", `"auto" needs one light in ${folder}; there is ${there}`);
  return join(folder, only);
};

/** Throws `FaultError` "backlight.absent" when there is no such light. Leaves it as it is. */
export const openSysfsBacklight = async (options: SysfsBacklightOptions): Promise<Backlight> => {
  const folder = folderOf(options);
  const most = max(folder);
  const rejecting = <T>(verb: () => T): T => {
    try {
      return verb();
    } catch (thrown) {
      throw new FaultError("backlight.absent", toFault(thrown).detail, { cause: thrown });
    }
  };
  const read = (): number => {
    const actual = join(folder, "actual_brightness");
    return Math.round((readWhole(existsSync(actual) ? actual : join(folder, "brightness")) * FULL) / most);
  };
  let toldPercent: number | null = null;
  return {
    read: async () => rejecting(read),
    set: async (percent) => {
      const steps = Math.max(1, Math.round((Math.min(FULL, Math.max(0, percent)) * most) / FULL));
      rejecting(() => writeWhole(join(folder, "brightness"), steps));
      toldPercent = percent;
    },
    health: async (): Promise<Fault | null> => {
      try {
        const percent = read();
        if (toldPercent !== null && toldPercent > 0 && percent === 0)
          return { code: "backlight.dark", detail: `told ${toldPercent} %, shows nothing` };
        return null;
      } catch (thrown) {
        return toFault(thrown, "backlight.absent");
      }
    },
    // Whoever comes while no runtime looks after it sees a bright screen.
    close: async () => {
      try {
        writeWhole(join(folder, "brightness"), most);
      } catch {
        // It is gone.
      }
    },
  };
};

const max = (folder: string): number => {
  try {
    const most = readWhole(join(folder, "max_brightness"));
    if (most < 1) throw new Error(`${folder} has ${most} steps of light`);
    return most;
  } catch (thrown) {
    throw new FaultError("backlight.absent", toFault(thrown).detail, { cause: thrown });
  }
};
