// What is the state of the whole kiosk, without a word about the citizen?
import { type Fault, type FaultCode, technicianRemedy } from "../core/faults.js";
import type { Board, DeviceName } from "../hal/board.js";
import type { DeviceStatus } from "../hal/device.js";
import type { QuotaLevel } from "../store/store.js";
import type { LogLine } from "./log.js";

export interface DeviceReport {
  readonly device: DeviceName;
  readonly state: DeviceStatus["state"];
  readonly fault: FaultCode | null;
  readonly detail: string | null;
  /** What a technician does about it. */
  readonly remedy: { readonly vi: string; readonly en: string } | null;
}

export interface KioskStatus {
  readonly kioskId: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly screen: { readonly url: string; readonly connected: boolean };
  readonly devices: readonly DeviceReport[];
  /** State names only. */
  readonly visit: { readonly state: string; readonly busy: boolean };
  readonly queue: {
    readonly queued: number;
    readonly bytes: number;
    readonly oldestAgeSeconds: number | null;
    readonly quarantined: number;
    readonly accepted: number;
    readonly quota: QuotaLevel;
    readonly usedFraction: number;
  };
  readonly link: string;
  readonly clock: { readonly epochMs: number; readonly trust: string };
  readonly log: readonly LogLine[];
}

export const DEVICE_NAMES = [
  "printer",
  "chipReader",
  "codeReader",
  "documentCamera",
  "faceCamera",
  "lines",
  "power",
  "climate",
  "speaker",
] as const satisfies readonly DeviceName[];

const standingFault = (status: DeviceStatus): Fault | null =>
  status.state === "faulted" || status.state === "absent" ? status.fault : null;

export const reportDevices = (board: Board): readonly DeviceReport[] =>
  DEVICE_NAMES.map((device) => {
    const { status } = board[device];
    const fault = standingFault(status);
    return {
      device,
      state: status.state,
      fault: fault?.code ?? null,
      detail: fault?.detail ?? null,
      remedy: fault === null ? null : technicianRemedy(fault),
    };
  });
