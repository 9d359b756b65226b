// How often is a chip asked again before it counts as gone?
import type { Clock } from "../../core/clock.js";
import { type FaultCode, FaultError } from "../../core/faults.js";

/** A missed acknowledge or a flipped bit is normal next to a motor or a long cable; three in a row are not. */
const TRIES = 3;
const PAUSE_MS = 5;

/** Runs `verb` up to three times; then throws `FaultError` `code` with the last reason. */
export const withRetries = async <T>(clock: Clock, code: FaultCode, verb: () => Promise<T>): Promise<T> => {
  let last: unknown;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await clock.sleep(PAUSE_MS);
    try {
      return await verb();
    } catch (thrown) {
      last = thrown;
    }
  }
  const reason = last instanceof Error ? last.message : String(last);
  throw new FaultError(code, `${TRIES} tries failed, the last: ${reason}`, { cause: last });
};
