// A kiosk that enqueues sealed submissions and sends them, until it is killed by its test.
import { randomBytes, randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { startLink } from "../../src/sync/link.js";
import {
  loadDeviceKey,
  loadPortalPublicKeys,
  PORTAL_PUBLIC_KEYS_FILE,
} from "../../src/sync/protocol/keys.js";
import { hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { sealSubmission } from "../../src/sync/protocol/submission.js";
import { contentOf, KIOSK, QUICK } from "../sync/rig.js";

const STDOUT = 1;
const [, , dir = "", brokerUrl = ""] = process.argv;
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const store = openStore({ dir: join(dir, "kiosk"), clock, log: silentLog });
const device = loadDeviceKey(join(dir, "keys", "device.pem"));
const [portal] = loadPortalPublicKeys(join(dir, "portal", PORTAL_PUBLIC_KEYS_FILE));
const link = startLink({
  ...{ store, kioskId: KIOSK, url: brokerUrl, clock, log: silentLog, timings: QUICK },
  telemetry: () => ({}),
});
link.watchStatus((status) => {
  if (status.receiptNumber !== null)
    writeSync(STDOUT, `receipt ${status.submissionId} ${status.receiptNumber}\n`);
});

for (let turn = 0; ; turn += 1) {
  const sequence = store.outbox.reserveSequence();
  const sizes = turn % 2 === 0 ? [400_000] : [];
  const sealed = await sealSubmission(
    {
      kiosk: KIOSK,
      submissionId: randomUUID(),
      sequence,
      slipNumber: `${KIOSK}-${sequence}`,
      lookupHash: hashLookupCode(newLookupCode()),
      content: new Pii(contentOf(sizes.length)),
      pages: sizes.map((size) => new Pii({ mediaType: "image/jpeg", bytes: randomBytes(size) })),
      wall: clock.wall(),
    },
    { device, portal },
  );
  store.outbox.enqueue(sealed);
  writeSync(
    STDOUT,
    `enqueued ${sealed.submissionId} ${sealed.documents.map((document) => document.sha256).join(",")}\n`,
  );
  await new Promise((resolve) => setTimeout(resolve, 60));
}
