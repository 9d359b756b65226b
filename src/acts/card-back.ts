// How does the back of a card on the tray become the key to its chip?
import { zoneKey } from "../chip/zone-key.js";
import type { Clock } from "../core/clock.js";
import { Pii } from "../core/pii.js";
import type { CardClaim } from "../flows/effects.js";
import type { Camera } from "../hal/camera/camera.js";
import type { Supervised } from "../hal/device.js";
import { createMrzReader } from "../ml/mrz/mrz-reader.js";

/** Between two pictures: a hand needs that long to move a card. */
const PAUSE_MS = 400;

export interface CardBackParts {
  readonly camera: Supervised<Camera>;
  readonly clock: Clock;
}

/**
 * Takes pictures until the check digits of a zone hold; ends with the signal only. Pictures live in the reading
 * process, which ends with this.
 */
export const readCardBack = async (parts: CardBackParts, signal: AbortSignal): Promise<CardClaim> => {
  const reader = createMrzReader();
  try {
    for (;;) {
      signal.throwIfAborted();
      const { jpeg } = await parts.camera.use((camera) => camera.still(signal));
      const zone = await reader.read(jpeg, { signal });
      const found = zone === null ? null : zoneKey(zone.rows);
      if (found !== null) return { key: found.key, citizen: new Pii(found.citizen) };
      await parts.clock.sleep(PAUSE_MS, signal);
    }
  } finally {
    await reader.close();
  }
};
