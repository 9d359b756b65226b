// A kiosk that works as long as it lives: `kiosk-process DIR LINK_URL ONLOOKER SEED`. Killed by its test.
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { startLink } from "../../src/sync/link.js";
import {
  loadDeviceKey,
  loadPortalPublicKeys,
  PORTAL_PUBLIC_KEYS_FILE,
} from "../../src/sync/protocol/keys.js";
import { hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { sealSubmission } from "../../src/sync/protocol/submission.js";
import { contentOf, KIOSK } from "../sync/rig.js";
import { OnlookerLog } from "./oracle.js";
import { WORN } from "./timings.js";

/** More would only wait for the end of the soak. */
const MOST_WAITING = 12;
const SIZES = [[], [], [], [4_000], [24_000], [60_000, 9_000], [250_000]] as const;

const [, , dir = "", url = "", onlooker = "", seed = "1"] = process.argv;
const random = seededRandom(Number(seed));
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const log = new OnlookerLog(onlooker);
const device = loadDeviceKey(join(dir, "keys", "device.pem"));
const store = openStore({ dir: join(dir, "kiosk"), clock, log: silentLog });
const [portal] = loadPortalPublicKeys(join(dir, "portal", PORTAL_PUBLIC_KEYS_FILE));
const link = startLink({
  ...{ store, kioskId: KIOSK, url, clock, log: silentLog, timings: WORN },
  telemetry: () => ({}),
});
link.watchStatus(({ submissionId, receiptNumber }) => {
  if (receiptNumber !== null) log.write("receipt", submissionId, receiptNumber);
});

const visit = async (): Promise<void> => {
  const sequence = store.outbox.reserveSequence();
  const pages = random.pick(SIZES);
  const sealed = await sealSubmission(
    {
      kiosk: KIOSK,
      submissionId: randomUUID(),
      sequence,
      slipNumber: `${KIOSK}-${String(sequence).padStart(6, "0")}`,
      lookupHash: hashLookupCode(newLookupCode()),
      content: new Pii(contentOf(pages.length)),
      pages: pages.map((size) => new Pii({ mediaType: "image/jpeg", bytes: randomBytes(size) })),
      wall: clock.wall(),
    },
    { device, portal },
  );
  const hashes = sealed.documents.map(({ sha256 }) => sha256).join(",");
  log.write("sealed", sealed.submissionId, sealed.slipNumber, hashes);
  store.outbox.enqueue(sealed);
  log.write("enqueued", sealed.submissionId);
};

for (;;) {
  if (store.outbox.stats().queued < MOST_WAITING) await visit();
  await clock.sleep(random.between(40, 500));
}
