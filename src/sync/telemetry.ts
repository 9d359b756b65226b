// Which figures does a kiosk tell about itself?
import type { Clock } from "../core/clock.js";
import type { Store } from "../store/store.js";
import type { TelemetryMessage } from "./protocol/messages.js";

export const telemetryMessage = (
  store: Store,
  clock: Clock,
  readings: TelemetryMessage["readings"],
): TelemetryMessage => {
  const { epochMs, trust } = clock.wall();
  const { queued, bytes, oldestAgeMs, quarantined, accepted } = store.outbox.stats();
  return {
    v: 1,
    atMs: Math.round(epochMs),
    wallTrust: trust,
    queue: { queued, bytes, oldestAgeMs, quarantined, accepted },
    storeUsed: store.quota().usedFraction,
    readings,
  };
};
