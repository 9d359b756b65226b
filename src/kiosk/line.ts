// What does this kiosk tell the portal, and which of the portal's words does it take?
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deviceKeyCondition } from "../acts/device-key.js";
import { queueParts } from "../acts/numbering.js";
import type { Obeying } from "../acts/obeying.js";
import { certificateFolder } from "../certificate-command.js";
import { portalKeys } from "../courier.js";
import { requestSealCertificate } from "../documents/certificates.js";
import { kioskFigures } from "../ops/figures.js";
import { deviceConditions, reading, reportDevices, storeCondition } from "../ops/status.js";
import { packageVersion } from "../package-root.js";
import { Pairs } from "../sync/certificates/pairs.js";
import type { DeviceConditions } from "../sync/device-alerts.js";
import { startLink } from "../sync/link.js";
import type { Link, LinkOptions } from "../sync/link-view.js";
import { offlineLink } from "../sync/offline.js";
import { type KioskUpdates, updateFigures } from "../update-kiosk.js";
import type { Ground } from "./ground.js";

export interface LineParts {
  readonly updates: KioskUpdates;
  readonly obeying: Obeying;
  /** Since the start. */
  readonly visits: () => number;
}

const conditionsOf = (
  { board, store, clock, deviceKey }: Ground,
  updates: KioskUpdates,
): DeviceConditions => {
  const devices = deviceConditions(board);
  const stored = storeCondition(store, clock);
  const keyed = deviceKeyCondition(deviceKey);
  return {
    now: () => [...devices.now(), stored.now(), keyed.now(), updates.condition()],
    watch: (changed) => {
      const stops = [devices, stored, keyed, updates.keeper].map((each) => each.watch(changed));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
};

/** Mutual TLS with a certificate of this kiosk's own; not where the broker is the launcher's, on the loopback. */
const certificatesOf = (
  { config, stateDir, deviceKey, linkUrl }: Ground,
  obeying: Obeying,
): Pick<LinkOptions, "certificates"> =>
  linkUrl.startsWith("mqtts:")
    ? {
        certificates: {
          pairs: new Pairs(certificateFolder(stateDir)),
          authority: () => (config.link.authority === "" ? undefined : readFileSync(config.link.authority)),
          makeRequest: requestSealCertificate,
          sign: (bytes) => deviceKey.sign(bytes),
          atRest: obeying.atRest,
        },
      }
    : {};

const updatesOf = ({ config: { update } }: Ground, updates: KioskUpdates): Pick<LinkOptions, "updates"> =>
  update.keys.length > 0
    ? {
        updates: {
          ...{ sink: updates.keeper, report: updates.report, busy: updates.busy },
          bytesPerSecond: update.kilobytesPerSecond * 1_024,
        },
      }
    : {};

export const openLine = (ground: Ground, { updates, obeying, visits }: LineParts): Link => {
  const { config, stateDir, linkUrl, startedAt, store, board, readManifest, clock, log } = ground;
  if (linkUrl === "") return offlineLink();
  return startLink({
    store,
    kioskId: config.kiosk.id,
    url: linkUrl,
    version: packageVersion(),
    readManifest,
    telemetry: () => ({
      ...Object.fromEntries(reportDevices(board).map((report) => [report.device, reading(report)])),
      ...(updates.line() !== null && { update: updates.line() }),
    }),
    figures: async () => ({
      ...(await kioskFigures({ board, stateDir, visits, startedAt })),
      ...updateFigures(updates.status()),
    }),
    telemetryDir: join(stateDir, "telemetry"),
    devices: conditionsOf(ground, updates),
    ...certificatesOf(ground, obeying),
    queue: queueParts(config),
    ...updatesOf(ground, updates),
    obedience: {
      keys: () => portalKeys(config.commands.keys),
      atRest: obeying.atRest,
      run: obeying.run,
    },
    clock,
    log,
  });
};
