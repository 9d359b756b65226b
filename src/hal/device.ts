// What does every device have in common, and how is one used without knowing whether it is up?
import type { Fault, Part } from "../core/faults.js";

/** A device that is open. Every verb throws `FaultError` when the device, not the caller, fails. */
export interface Device {
  /** Asks the device how it is; `null` when it can serve. Never throws. */
  health(): Promise<Fault | null>;
  /** Releases the wire. Safe to call twice; never throws. */
  close(): Promise<void>;
}

/** Whether it can do its work. */
export type DeviceState =
  | { readonly state: "opening" }
  | { readonly state: "ready" }
  /** Open, but it can not do its work now (paper out): the device is kept open. */
  | { readonly state: "faulted"; readonly fault: Fault }
  /**
   * Not open; the supervisor tries again in `retryInMs`. In quarantine that is seldom: it was lost too often
   * in a short time, and each opening may move paper or draw current.
   */
  | {
      readonly state: "absent";
      readonly fault: Fault;
      readonly retryInMs: number;
      readonly quarantined: boolean;
    };

/**
 * Whether it is there. "inconclusive": asked and no answer, or not asked yet, but not proven gone; it stays
 * in service for the grace.
 */
export type Presence = "connected" | "disconnected" | "inconclusive";

export type DeviceStatus = DeviceState & {
  readonly presence: Presence;
  /** Monotonic time at which this state, fault and presence began. */
  readonly sinceMs: number;
  /**
   * The trouble is so young that it may be a glitch (a USB adapter that re-enumerates): no fault to a citizen
   * yet, and `use` waits for the device to come back.
   */
  readonly inGrace: boolean;
};

/** A device as the rest of the program sees it: always there, perhaps not ready. */
export interface Supervised<D extends Device> {
  readonly part: Part;
  readonly status: DeviceStatus;
  /**
   * Until this monotonic time its keeper may be waiting for the device or for its next turn; a keeper that is still
   * waiting later hangs. Left out: nobody keeps it.
   */
  readonly dueMs?: number;
  /** Calls back now and at every change. Returns the unsubscribe. */
  watch(callback: (status: DeviceStatus) => void): () => void;
  /**
   * Runs `verb` on the open device; throws `FaultError` with the standing fault when it is absent: at once, or
   * after the rest of the grace when it was lost just now.
   * A verb that throws a fault of the wire makes the supervisor reopen this device, and no other.
   */
  use<R>(verb: (device: D) => Promise<R>): Promise<R>;
  /** Closes and reopens, on a technician's word; also out of quarantine. */
  restart(reason: string): Promise<void>;
}
