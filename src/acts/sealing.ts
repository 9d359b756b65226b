// With which keys does this kiosk seal and sign?
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../core/clock.js";
import { toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { SealingKey } from "../documents/scan.js";
import { certificatesInPem, openSealKey, type SealKeyStore } from "../documents/seal-key.js";
import type { SealedSubmission } from "../store/store.js";
import { type DeviceKey, loadPortalPublicKeys } from "../sync/protocol/keys.js";
import { type SealRequest, sealSubmission } from "../sync/protocol/submission.js";

export interface SealingParts {
  readonly device: DeviceKey;
  readonly kioskId: string;
  /** The portal's public key file. */
  readonly publicKeysFile: string;
  readonly clock: Clock;
}

export type Sealer = (request: Omit<SealRequest, "kiosk" | "wall">) => Promise<SealedSubmission>;

/** Throws "keys.unusable" at start, not at the first citizen. */
export const makeSealer = ({ device, kioskId, publicKeysFile, clock }: SealingParts): Sealer => {
  loadPortalPublicKeys(publicKeysFile);
  return (request) => {
    // Read each time: a rotated portal key takes effect without a restart.
    const [portal] = loadPortalPublicKeys(publicKeysFile);
    return sealSubmission({ ...request, kiosk: kioskId, wall: clock.wall() }, { device, portal });
  };
};

export interface ScanSealParts {
  readonly stateDir: string;
  /** PEM certificates of the seal, the kiosk's own first; where the portal, or a technician, leaves them. */
  readonly chainFile: string;
  readonly log: Log;
}

/** Where the kiosk's seal key and its certificates lie. */
export const sealFolder = (stateDir: string): string => join(stateDir, "keys");

const takeOver = (store: SealKeyStore, chainFile: string): void => {
  const chain = certificatesInPem(readFileSync(chainFile, "utf8"));
  const known = store.key()?.certificates[0];
  if (known === undefined || !Buffer.from(known).equals(chain[0] ?? Buffer.alloc(0))) store.install(chain);
};

/**
 * The key of the seal on scans, asked for each time: a certificate that comes takes effect without a restart. Null
 * without one; what is wrong with it is logged, and stops no citizen.
 */
export const makeScanSeal = ({ stateDir, chainFile, log }: ScanSealParts): (() => SealingKey | null) => {
  let store: SealKeyStore | null = null;
  return () => {
    try {
      store ??= openSealKey(sealFolder(stateDir));
      if (existsSync(chainFile)) takeOver(store, chainFile);
      return store.key();
    } catch (thrown) {
      log("kiosk.error", { where: "seal of scans", message: toFault(thrown).detail });
      return store?.key() ?? null;
    }
  };
};
