// What does every device have in common, and how is one used without knowing whether it is up?
import type { Fault, Part } from "../core/faults.js";

/** A device that is open. Every verb throws `FaultError` when the device, not the caller, fails. */
export interface Device {
  /** Asks the device how it is; `null` when it can serve. Never throws. */
  health(): Promise<Fault | null>;
  /** Releases the wire. Safe to call twice; never throws. */
  close(): Promise<void>;
}

export type DeviceStatus =
  | { readonly state: "opening" }
  | { readonly state: "ready" }
  /** Open, but it can not do its work now (paper out): the device is kept open. */
  | { readonly state: "faulted"; readonly fault: Fault }
  /** Not open; the supervisor tries again in `retryInMs`. */
  | { readonly state: "absent"; readonly fault: Fault; readonly retryInMs: number };

/** A device as the rest of the program sees it: always there, perhaps not ready. */
export interface Supervised<D extends Device> {
  readonly part: Part;
  readonly status: DeviceStatus;
  /** Calls back now and at every change. Returns the unsubscribe. */
  watch(callback: (status: DeviceStatus) => void): () => void;
  /**
   * Runs `verb` on the open device; throws `FaultError` with the standing fault at once when it is absent.
   * A verb that throws a fault of the wire makes the supervisor reopen this device, and no other.
   */
  use<R>(verb: (device: D) => Promise<R>): Promise<R>;
  /** Closes and reopens, on a technician's word. */
  restart(reason: string): Promise<void>;
}
