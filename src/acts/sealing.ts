// With which keys does this kiosk seal and sign?
import { join } from "node:path";
import type { Clock } from "../core/clock.js";
import type { SealedSubmission } from "../store/store.js";
import { loadDeviceKey, loadPortalPublicKeys } from "../sync/protocol/keys.js";
import { type SealRequest, sealSubmission } from "../sync/protocol/submission.js";

export interface SealingParts {
  readonly stateDir: string;
  readonly kioskId: string;
  /** The portal's public key file. */
  readonly publicKeysFile: string;
  readonly clock: Clock;
}

export type Sealer = (request: Omit<SealRequest, "kiosk" | "wall">) => Promise<SealedSubmission>;

export const deviceKeyFile = (stateDir: string): string => join(stateDir, "keys", "device.pem");

/** Throws "keys.unusable" at start, not at the first citizen. */
export const makeSealer = ({ stateDir, kioskId, publicKeysFile, clock }: SealingParts): Sealer => {
  const device = loadDeviceKey(deviceKeyFile(stateDir));
  loadPortalPublicKeys(publicKeysFile);
  return (request) => {
    // Read each time: a rotated portal key takes effect without a restart.
    const [portal] = loadPortalPublicKeys(publicKeysFile);
    return sealSubmission({ ...request, kiosk: kioskId, wall: clock.wall() }, { device, portal });
  };
};
