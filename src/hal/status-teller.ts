// Who is told what of a device's state, and what of it is logged?
import type { Part } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { DeviceStatus } from "./device.js";

const faultIn = (status: DeviceStatus) => ("fault" in status ? status.fault : null);

/** The present status and its watchers. Repeated states are told (the wait changed) but logged once. */
export class StatusTeller {
  readonly #part: Part;
  readonly #log: Log;
  readonly #watchers = new Set<(status: DeviceStatus) => void>();
  #status: DeviceStatus = { state: "opening" };

  constructor(part: Part, log: Log) {
    this.#part = part;
    this.#log = log;
  }

  get status(): DeviceStatus {
    return this.#status;
  }

  watch(watcher: (status: DeviceStatus) => void): () => void {
    this.#watchers.add(watcher);
    this.#tell(watcher);
    return () => this.#watchers.delete(watcher);
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
  set(status: DeviceStatus, detail?: string): void {
    const before = this.#status;
    this.#status = status;
    const same = before.state === status.state && faultIn(before)?.code === faultIn(status)?.code;
    if (!same || detail !== undefined) this.#logChange(status, detail);
    if (same && (status.state === "ready" || status.state === "opening")) return;
    for (const watcher of [...this.#watchers]) this.#tell(watcher);
  }

  #logChange(status: DeviceStatus, detail: string | undefined): void {
    const fault = faultIn(status);
    const said = detail ?? fault?.detail;
    this.#log("device.state", {
      device: this.#part,
      state: status.state,
      ...(fault === null ? {} : { fault: fault.code }),
      ...(said === undefined ? {} : { detail: said }),
    });
  }

  /** A watcher's mistake must not stop the device's loop. */
  #tell(watcher: (status: DeviceStatus) => void): void {
    try {
      watcher(this.#status);
    } catch (thrown) {
      this.#log("kiosk.error", { where: `watcher of ${this.#part}`, message: String(thrown) });
    }
  }
}
