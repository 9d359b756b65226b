// A kiosk's store and link in a process of its own, to be killed: `obeying-process DIR BROKER_URL KEYS_FILE`.
// A file "visit" in DIR: a citizen is there. What is done goes to DIR/done.log; a self-test never ends.
import { appendFileSync, existsSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { startLink } from "../../src/sync/link.js";
import { testClock } from "../store/fixtures.js";
import { KIOSK, QUICK } from "./rig.js";

const STDOUT = 1;
const [, , dir = "", url = "", keysFile = ""] = process.argv;
const store = openStore({ dir: join(dir, "kiosk"), clock: testClock, log: silentLog });
const link = startLink({
  ...{ store, kioskId: KIOSK, url, clock: testClock, log: silentLog, version: "test", timings: QUICK },
  telemetry: () => ({}),
  obedience: {
    keys: () => (existsSync(keysFile) ? [readFileSync(keysFile, "utf8")] : []),
    atRest: async (signal) => {
      while (existsSync(join(dir, "visit"))) await testClock.sleep(20, signal);
    },
    run: async (command) => {
      appendFileSync(join(dir, "done.log"), `${command.name}\n`);
      if (command.name === "selfTest") return new Promise(() => undefined);
      if (command.name !== "restartRuntime") return "as told";
      setImmediate(() => void link.close().then(() => process.exit(0)));
      return new Promise(() => undefined);
    },
  },
});
writeSync(STDOUT, "ready\n");
