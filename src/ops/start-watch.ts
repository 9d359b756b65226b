// What does systemd hear while the runtime is still starting?
//
// EXTEND_TIMEOUT_USEC of sd_notify(3): the store is looked through and, after an update, copied and brought to a new
// schema before anything else, on the one thread that there is. What that may take is reckoned from its size.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.js";
import { silentAfterMs } from "./health.js";
import { LoopWatch } from "./loop-watch.js";
import type { ServiceManager } from "./service-manager.js";

export interface StartWatchOptions {
  readonly manager: ServiceManager;
  readonly clock: Clock;
  /** Where the log goes. */
  readonly logFile: string;
  readonly storeFolder: string;
}

/** An old card reads and writes a megabyte a second, and the copy, the check and the new schema each go through all. */
const MS_PER_BYTE = 3 / 1_000;
const AT_LEAST_MS = 60_000;
const AT_MOST_MS = 3_600_000;

const bytesIn = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder).reduce(
        (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      )
    : 0;

/** How long the opening of the store in this folder may take, milliseconds. */
export const openingMs = (storeFolder: string): number =>
  Math.min(AT_MOST_MS, Math.round(AT_LEAST_MS + bytesIn(storeFolder) * MS_PER_BYTE));

export const watchStart = ({ manager, clock, logFile, storeFolder }: StartWatchOptions): LoopWatch => {
  manager.tell(
    `EXTEND_TIMEOUT_USEC=${openingMs(storeFolder) * 1_000}`,
    "STATUS=starting: the store is opened",
  );
  return new LoopWatch({ clock, logFile, fd: manager.fd, silentAfterMs: silentAfterMs(manager) });
};
