// Who is told what of a device's state, and what of it is logged?
import type { Clock } from "../core/clock.js";
import type { Part } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { DeviceState, DeviceStatus, Presence } from "./device.js";

const faultIn = (status: DeviceState) => ("fault" in status ? status.fault : null);

const sameState = (a: DeviceState, b: DeviceState): boolean =>
  a.state === b.state &&
  faultIn(a)?.code === faultIn(b)?.code &&
  (a.state !== "absent" || b.state !== "absent" || a.quarantined === b.quarantined);

export interface TellerParts {
  readonly part: Part;
  readonly log: Log;
  readonly clock: Clock;
  /** How long a device that was there may be away or silent before that is a fault. */
  readonly graceMs: number;
}

/** The present status and its watchers. Repeated states are told (the wait changed) but logged once. */
export class StatusTeller {
  readonly #parts: TellerParts;
  readonly #watchers = new Set<(status: DeviceStatus) => void>();
  #status: DeviceStatus;
  #graceTimer: unknown = null;

  constructor(parts: TellerParts) {
    this.#parts = parts;
    this.#status = {
      state: "opening",
      presence: "inconclusive",
      sinceMs: parts.clock.monotonicMs(),
      inGrace: false,
    };
  }

  get status(): DeviceStatus {
    return this.#status;
  }

  watch(watcher: (status: DeviceStatus) => void): () => void {
    this.#watchers.add(watcher);
    this.#tell(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Resolves when a use can be judged: past "opening", and past the grace of a device that is just away. */
  settled(): Promise<void> {
    const waits = ({ state, inGrace }: DeviceStatus) =>
      state === "opening" || (state === "absent" && inGrace);
    if (!waits(this.#status)) return Promise.resolve();
    return new Promise((resolve) => {
      const watcher = (status: DeviceStatus) => {
        if (waits(status)) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** Resolves when the status is past "opening". */
  opened(): Promise<void> {
    if (this.#status.state !== "opening") return Promise.resolve();
    return new Promise((resolve) => {
      const watcher = (status: DeviceStatus) => {
        if (status.state === "opening") return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  /** `detail` goes to the log in place of the fault's own. */
  set(state: DeviceState, presence: Presence, detail?: string): void {
    const before = this.#status;
    const same = sameState(before, state) && before.presence === presence;
    const now = this.#parts.clock.monotonicMs();
    const inGrace = this.#graceFor(before, state, presence);
    this.#status = { ...state, presence, sinceMs: same ? before.sinceMs : now, inGrace };
    if (!same || detail !== undefined) this.#logChange(detail);
    if (same && (state.state === "ready" || state.state === "opening")) return;
    this.#tellAll();
  }

  /** Ends the grace now: the device is closed for good, in quarantine, or was restarted by hand. */
  endGrace(): void {
    if (this.#graceTimer === null) return;
    this.#parts.clock.clearTimeout(this.#graceTimer);
    this.#graceTimer = null;
    if (!this.#status.inGrace) return;
    this.#status = { ...this.#status, inGrace: false };
    this.#tellAll();
  }

  /** The grace starts when a device that was there stops being so, and runs on through every try to reopen it. */
  #graceFor(before: DeviceStatus, state: DeviceState, presence: Presence): boolean {
    const quarantined = state.state === "absent" && state.quarantined;
    if (presence === "connected" || quarantined || state.state === "opening") {
      this.#parts.clock.clearTimeout(this.#graceTimer);
      this.#graceTimer = null;
      return false;
    }
    if (before.presence === "connected" && this.#parts.graceMs > 0)
      this.#graceTimer = this.#parts.clock.setTimeout(() => this.endGrace(), this.#parts.graceMs);
    return this.#graceTimer !== null;
  }

  #logChange(detail: string | undefined): void {
    const { part, log } = this.#parts;
    const status = this.#status;
    const fault = faultIn(status);
    const said = detail ?? fault?.detail;
    log("device.state", {
      device: part,
      state: status.state,
      presence: status.presence,
      ...(fault === null ? {} : { fault: fault.code }),
      ...(fault?.why === undefined ? {} : { cause: fault.why.kind }),
      ...(said === undefined ? {} : { detail: said }),
    });
  }

  #tellAll(): void {
    for (const watcher of [...this.#watchers]) this.#tell(watcher);
  }

  /** A watcher's mistake must not stop the device's loop. */
  #tell(watcher: (status: DeviceStatus) => void): void {
    try {
      watcher(this.#status);
    } catch (thrown) {
      this.#parts.log("kiosk.error", { where: `watcher of ${this.#parts.part}`, message: String(thrown) });
    }
  }
}
