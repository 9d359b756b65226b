// How often is a chip asked again before it counts as gone, and which fault is it then?
import type { Clock } from "../../core/clock.js";
import { type FaultCode, FaultError } from "../../core/faults.js";
import { ImplausibleError, WrongChipError } from "./chip-errors.js";

/** The devices on the I2C bus that know these three faults. */
export type SensorPart = "power" | "climate" | "motion";

/** A missed acknowledge or a flipped bit is normal next to a motor or a long cable; three in a row are not. */
const TRIES = 3;
/** The first pause; the second is four times as long, past the pulse of a printer's stepper (20 ms). */
const PAUSE_MS = 5;

/**
 * Runs `verb` up to three times, pausing longer each time; then throws `FaultError` "PART.wrongChip",
 * "PART.implausible" or "PART.absent" with the last reason. Ends within three times what `verb` may take.
 */
export const withRetries = async <T>(clock: Clock, part: SensorPart, verb: () => Promise<T>): Promise<T> => {
  let last: unknown;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await clock.sleep(PAUSE_MS * 4 ** (attempt - 1));
    try {
      return await verb();
    } catch (thrown) {
      last = thrown;
    }
  }
  const reason = last instanceof Error ? last.message : String(last);
  throw new FaultError(faultOf(part, last), `${TRIES} tries failed, the last: ${reason}`, { cause: last });
};

const faultOf = (part: SensorPart, thrown: unknown): FaultCode => {
  if (thrown instanceof WrongChipError) return `${part}.wrongChip`;
  return thrown instanceof ImplausibleError ? `${part}.implausible` : `${part}.absent`;
};
