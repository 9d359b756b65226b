// How does ops hear, at once and also later, which fault a device has and since when?
//
// One retained message a device: who subscribes later still gets it, and a fault's end overwrites its beginning.
import type { Clock } from "../core/clock.js";
import { FAULTS, type FaultCode } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { type DeviceMessage, topics } from "./protocol/messages.js";
import { encode } from "./protocol/validate.js";
import { type OpenWire, PublishRefused } from "./protocol/wire.js";

export interface DeviceCondition {
  readonly device: string;
  readonly fault: FaultCode | null;
  /** Kiosk's monotonic time, milliseconds. */
  readonly sinceMs: number;
}

export interface DeviceConditions {
  now(): readonly DeviceCondition[];
  /** Calls back when one may have changed; returns the unsubscribe. */
  watch(changed: () => void): () => void;
}

export interface DeviceAlertParts {
  readonly kioskId: string;
  readonly devices: DeviceConditions;
  readonly clock: Clock;
  readonly log: Log;
}

export const deviceMessage = ({ fault, sinceMs }: DeviceCondition, clock: Clock): DeviceMessage => {
  const { epochMs, trust } = clock.wall();
  const ageMs = Math.max(0, clock.monotonicMs() - sinceMs);
  const since = { sinceMs: Math.round(epochMs - ageMs), wallTrust: trust };
  if (fault === null) return { v: 1, code: null, fault, severity: null, ...since };
  const { telemetry, severity } = FAULTS[fault];
  return { v: 1, code: telemetry, fault, severity, ...since };
};

export class DeviceAlerts {
  readonly #parts: DeviceAlertParts;
  /** A broker whose rules do not know the topic is not asked again: mosquitto ends the connection each time. */
  #refused = false;

  constructor(parts: DeviceAlertParts) {
    this.#parts = parts;
  }

  /** Tells how every device is, then each change, until the wire ends. Never rejects. */
  async tell(wire: OpenWire): Promise<void> {
    const { devices, log } = this.#parts;
    const told = new Map<string, FaultCode | null>();
    let wake = () => {};
    const unwatch = devices.watch(() => wake());
    void wire.closed.then(() => wake());
    try {
      while (wire.isOpen && !this.#refused) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        for (const condition of devices.now()) await this.#tellOne(wire, condition, told);
        await changed;
      }
    } catch (thrown) {
      // The next connection begins anew.
      this.#refused = thrown instanceof PublishRefused;
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      log("link.message", { kind: "device", problem });
    } finally {
      unwatch();
    }
  }

  async #tellOne(
    wire: OpenWire,
    condition: DeviceCondition,
    told: Map<string, FaultCode | null>,
  ): Promise<void> {
    const { kioskId, clock } = this.#parts;
    const { device, fault } = condition;
    if (told.has(device) && told.get(device) === fault) return;
    await wire.publish(topics.device(kioskId, device), encode(deviceMessage(condition, clock)), {
      retain: true,
    });
    told.set(device, fault);
  }
}
