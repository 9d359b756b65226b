// What is the state of the whole kiosk, without a word about the citizen?
import { type Fault, type FaultCode, technicianRemedy } from "../core/faults.js";
import type { Board, DeviceName } from "../hal/board.js";
import type { DeviceStatus, Presence } from "../hal/device.js";
import type { QuotaLevel } from "../store/store.js";
import type { LogLine } from "./log.js";

export interface DeviceReport {
  readonly device: DeviceName;
  readonly state: DeviceStatus["state"];
  /** "inconclusive": asked and no answer, but not proven gone. */
  readonly presence: Presence;
  /** Lost too often; opened again only seldom until it is restarted or plugged in anew. */
  readonly quarantined: boolean;
  /** The trouble may still be a glitch. */
  readonly inGrace: boolean;
  /** Kiosk's monotonic time at which this state began, milliseconds. */
  readonly sinceMs: number;
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
  "scanner",
  "lines",
  "power",
  "climate",
  "motion",
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
      presence: status.presence,
      quarantined: status.state === "absent" && status.quarantined,
      inGrace: status.inGrace,
      sinceMs: Math.round(status.sinceMs),
      fault: fault?.code ?? null,
      detail: fault?.detail ?? null,
      remedy: fault === null ? null : technicianRemedy(fault),
    };
  });

interface Condition {
  readonly device: DeviceName;
  readonly fault: FaultCode | null;
  readonly sinceMs: number;
}

/** What ops is alerted of: neither a glitch nor a device that is still being opened says anything yet. */
export const deviceConditions = (board: Board) => ({
  now: (): readonly Condition[] =>
    reportDevices(board).filter(({ state, inGrace }) => state !== "opening" && !inGrace),
  watch: (changed: () => void): (() => void) => {
    const stops = DEVICE_NAMES.map((device) => board[device].watch(changed));
    return () => {
      for (const stop of stops) stop();
    };
  },
});

/** A device's figure for ops: a glitch is not worth an alert, a quarantine is. */
export const reading = ({ state, fault, inGrace, quarantined }: DeviceReport): string =>
  inGrace ? "ready" : `${fault ?? state}${quarantined ? " (quarantined)" : ""}`;

export const deviceReading = (board: Board, device: DeviceName): string => {
  const report = reportDevices(board).find((each) => each.device === device);
  return report === undefined ? "not there" : reading(report);
};
