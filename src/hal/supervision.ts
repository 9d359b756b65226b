// With which patience is a device kept, and what does its keeper need to know of it?
import type { Clock } from "../core/clock.js";
import { FAULTS, type FaultCode, type Part } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { Device } from "./device.js";
import type { FlapLimit } from "./flaps.js";

/** "appeared": something was plugged in where the device is wired; "gone": it was pulled. */
export type PlugEvent = "appeared" | "gone";

/** Calls back for one device's place; returns the unsubscribe. */
export type PlugWatch = (callback: (event: PlugEvent) => void) => () => void;

export interface SuperviseOptions<D extends Device> {
  readonly part: Part;
  /** What an open that failed with anything but a `FaultError` means. */
  readonly absentFault: FaultCode;
  /** One attempt. The signal ends it; a device that arrives after that is closed again unseen. */
  readonly open: (signal: AbortSignal) => Promise<D>;
  readonly clock: Clock;
  readonly log: Log;
  readonly healthEveryMs: number;
  /** A USB adapter re-enumerates and a PN532 boots well within this. */
  readonly openWithinMs?: number;
  /** `health` must answer also while verbs run; only a device at rest is doubted for not answering. */
  readonly healthWithinMs?: number;
  /** How long a device may take to let go of its wire before it is given up. */
  readonly closeWithinMs?: number;
  /** First wait before a reopen; doubles up to the cap. */
  readonly retryFirstMs?: number;
  readonly retryCapMs?: number;
  /** Share of a wait that chance may take off it: devices behind one hub do not all come back at once. */
  readonly retryJitter?: number;
  /** Only a device that held this long starts again at the first wait and leaves quarantine by itself. */
  readonly stableAfterMs?: number;
  /** How long a device that was there may be away, or not answer, before that is a fault. */
  readonly graceMs?: number;
  /** How often a device may be lost before it goes into quarantine. */
  readonly flapLimit?: FlapLimit;
  /** Wait between tries in quarantine. */
  readonly quarantineRetryMs?: number;
  /** Faults that mean "the wire, reopen it"; by default this part's absent, silent, stalled, failed. */
  readonly wireFaults?: readonly FaultCode[];
  /** Wakes the supervisor when the device is plugged in. */
  readonly plugs?: PlugWatch;
  /** 0 … 1, for the jitter. */
  readonly random?: () => number;
}

/** The times and limits of `SuperviseOptions`, for a board that wants others than these. */
export type Patience = Partial<
  Pick<SuperviseOptions<Device>, Exclude<keyof typeof PATIENCE, "random" | "plugs">>
>;

export const PATIENCE = {
  openWithinMs: 15_000,
  healthWithinMs: 5_000,
  closeWithinMs: 2_000,
  retryFirstMs: 250,
  retryCapMs: 30_000,
  retryJitter: 0.25,
  stableAfterMs: 10_000,
  // A CH340 or CP2102 that a spark threw off the bus is back within two seconds.
  graceMs: 3_000,
  // A loose plug comes and goes every few seconds; a person who tries cables does not do it eight times.
  flapLimit: { losses: 8, withinMs: 120_000 },
  quarantineRetryMs: 600_000,
  random: Math.random,
  plugs: (() => () => {}) as PlugWatch,
} as const;

export const wireFaultsOf = (part: Part): readonly FaultCode[] =>
  (Object.keys(FAULTS) as FaultCode[]).filter(
    (code) => FAULTS[code].part === part && /\.(absent|silent|stalled|failed)$/.test(code),
  );
