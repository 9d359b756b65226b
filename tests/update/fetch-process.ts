// A kiosk that fetches an update until it is killed: `fetch-process DIR BROKER_URL PUBLIC_KEY`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { startLink } from "../../src/sync/link.js";
import { UpdateJournal } from "../../src/update/journal.js";
import { Keeper } from "../../src/update/keeper.js";
import { reportOf } from "../../src/update-kiosk.js";
import { testClock } from "../store/fixtures.js";
import { KIOSK, QUICK } from "../sync/rig.js";
import { RUNNING } from "./parts.js";
import { COMPATIBLE } from "./releases.js";

const [, , dir = "", url = "", publicKey = ""] = process.argv;
const keeper = new Keeper({
  ...{ journal: new UpdateJournal(join(dir, "update"), testClock), clock: testClock, log: silentLog },
  installer: { inspect: async () => ({ compatible: COMPATIBLE, version: "", build: "11" }) },
  keys: () => [readFileSync(publicKey, "utf8")],
  running: () => RUNNING,
});
startLink({
  store: openStore({ dir: join(dir, "fetching-store"), clock: testClock, log: silentLog }),
  ...{ kioskId: KIOSK, url, clock: testClock, log: silentLog, telemetry: () => ({}) },
  timings: { ...QUICK, updateLookMs: 50 },
  updates: {
    ...{ sink: keeper, report: () => reportOf(keeper.status()), busy: () => false },
    // Slow enough to be met in the middle.
    bytesPerSecond: 600_000,
  },
});
