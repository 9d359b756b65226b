// What is the state of the whole kiosk, without a word about the citizen?
import type { Clock } from "../core/clock.js";
import { type Fault, type FaultCode, FaultError, technicianRemedy, toFault } from "../core/faults.js";
import type { Board, DeviceName } from "../hal/board.js";
import type { DeviceStatus, Presence } from "../hal/device.js";
import type { QuotaLevel, Store } from "../store/store.js";
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

/** Where the kiosk's own key lies. */
export interface DeviceKeyReport {
  readonly where: string;
  /** SHA-256 of its public half. */
  readonly fingerprint: string;
  /** What keeps it from signing. */
  readonly fault: FaultCode | null;
}

export interface Trouble {
  readonly of: "link" | "store" | "deviceKey";
  readonly fault: FaultCode;
  readonly detail: string;
  readonly remedy: { readonly vi: string; readonly en: string };
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
  readonly deviceKey: DeviceKeyReport;
  /** What somebody has to do something about beside the devices. */
  readonly troubles: readonly Trouble[];
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
  "fan",
  "backlight",
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

/** Beside the devices: a store that was damaged, as long as it has to be told. */
export const storeCondition = (store: Pick<Store, "damage" | "onDamage">, clock: Clock) => ({
  now: (): { readonly device: "store"; readonly fault: FaultCode | null; readonly sinceMs: number } => {
    try {
      const damage = store.damage();
      const agoMs = damage === null ? 0 : Math.max(0, clock.wall().epochMs - damage.sinceMs);
      return { device: "store", fault: damage?.fault ?? null, sinceMs: clock.monotonicMs() - agoMs };
    } catch (thrown) {
      return {
        device: "store",
        fault: toFault(thrown, "store.unwritable").code,
        sinceMs: clock.monotonicMs(),
      };
    }
  },
  watch: (changed: () => void): (() => void) => store.onDamage(changed),
});

/** As the queue keeps it: the portal knew neither this kiosk nor its key. */
const NOT_ENROLLED = /^portal: (unknownKiosk|badManifest)$/;
const HELD_LOOKED_AT = 20;

const troubleOf = (of: Trouble["of"], fault: Fault): Trouble => ({
  ...{ of, fault: fault.code, detail: fault.detail, remedy: technicianRemedy(fault) },
});

const ofStore = (store: Pick<Store, "damage">): readonly Trouble[] => {
  try {
    const damage = store.damage();
    if (damage === null) return [];
    const lost = damage.lost.length === 0 ? "" : `${damage.lost.length} may be lost; `;
    return [troubleOf("store", new FaultError(damage.fault, `${lost}see ${damage.folders.join(", ")}`))];
  } catch (thrown) {
    return [troubleOf("store", toFault(thrown, "store.unwritable"))];
  }
};

const ofKey = (store: Pick<Store, "outbox">, trouble: Fault | null): readonly Trouble[] => {
  if (trouble !== null) return [troubleOf("deviceKey", trouble)];
  try {
    const { rows } = store.outbox.held(HELD_LOOKED_AT);
    const refused = rows.find(({ reason }) => reason !== null && NOT_ENROLLED.test(reason));
    if (refused === undefined) return [];
    return [troubleOf("deviceKey", { code: "keys.notEnrolled", detail: refused.reason ?? "" })];
  } catch {
    // The store's own trouble says it.
    return [];
  }
};

/** How much waits, and how full the store is. */
export const queueReport = (store: Pick<Store, "outbox" | "quota">): KioskStatus["queue"] => {
  const stats = store.outbox.stats();
  const { level, usedFraction } = store.quota();
  return {
    queued: stats.queued,
    bytes: stats.bytes,
    oldestAgeSeconds: stats.oldestAgeMs === null ? null : Math.round(stats.oldestAgeMs / 1_000),
    quarantined: stats.quarantined,
    accepted: stats.accepted,
    quota: level,
    usedFraction,
  };
};

/** Why the link was refused, a store that mended itself or could not, a key that can not sign or that nobody knows. */
export const standingTroubles = (
  link: { readonly fault?: Fault | null | undefined },
  store: Pick<Store, "damage" | "outbox">,
  deviceKey: { readonly trouble: Fault | null },
): readonly Trouble[] => [
  ...(link.fault === null || link.fault === undefined ? [] : [troubleOf("link", link.fault)]),
  ...ofStore(store),
  ...ofKey(store, deviceKey.trouble),
];

/** A device's figure for ops: a glitch is not worth an alert, a quarantine is. */
export const reading = ({ state, fault, inGrace, quarantined }: DeviceReport): string =>
  inGrace ? "ready" : `${fault ?? state}${quarantined ? " (quarantined)" : ""}`;

export const deviceReading = (board: Board, device: DeviceName): string => {
  const report = reportDevices(board).find((each) => each.device === device);
  return report === undefined ? "not there" : reading(report);
};
