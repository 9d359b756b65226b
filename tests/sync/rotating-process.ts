// A kiosk's link in a process of its own, to be killed at a step: `rotating-process STATE ID URL AUTHORITY [STEP]`.
// It says "settled" when it is connected with a pair whose time has not come and no other pair is left over.
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { deviceKeyFile } from "../../src/acts/device-key.js";
import { certificateFolder } from "../../src/certificate-command.js";
import type { Log } from "../../src/core/log.js";
import { requestSealCertificate } from "../../src/documents/certificates.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { Pairs } from "../../src/sync/certificates/pairs.js";
import { dueMs } from "../../src/sync/certificates/rotation.js";
import { startLink } from "../../src/sync/link.js";
import { loadDeviceKey } from "../../src/sync/protocol/keys.js";
import { testClock } from "../store/fixtures.js";
import { PATIENT } from "./tls-rig.js";

const STDOUT = 1;
const [, , stateDir = "", kioskId = "", url = "", authority = "", fatalStep = ""] = process.argv;
const log: Log = (event, fields) => {
  if (event !== "link.certificate" || !("step" in fields)) return;
  writeSync(STDOUT, `step ${fields.step}\n`);
  if (fields.step === fatalStep) process.kill(process.pid, "SIGKILL");
};
const store = openStore({ dir: join(stateDir, "store"), clock: testClock, log });
const pairs = new Pairs(certificateFolder(stateDir));
const device = loadDeviceKey(deviceKeyFile(stateDir));
const link = startLink({
  ...{ store, kioskId, url, clock: testClock, log, version: "test", timings: PATIENT },
  telemetry: () => ({}),
  certificates: {
    pairs,
    authority: () => readFileSync(authority),
    makeRequest: requestSealCertificate,
    sign: (bytes) => device.sign(bytes),
    atRest: async () => {},
  },
});
const timer = setInterval(() => {
  const current = pairs.get("current");
  const isFresh = current !== null && dueMs(current) > Date.now();
  const isAlone = pairs.get("next") === null && pairs.get("previous") === null;
  if (link.state !== "up" || !isFresh || !isAlone) return;
  clearInterval(timer);
  writeSync(STDOUT, "settled\n");
  void link.close().then(() => {
    store.close();
    process.exit(0);
  });
}, 50);
