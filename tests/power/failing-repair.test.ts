// The power goes while a damaged store is being repaired, at each moment of it: does the next start finish the work?
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { seededRandom } from "../../src/ml/samples/random.js";
import { withFolder } from "../store/fixtures.js";
import { INJURIES } from "../store/injuries.js";
import { check, checkNumbers, openAt, work } from "../store/promises.js";
import { FailingDisk } from "./failing-disk.js";

/** Every so many operations; each one in the long suite. */
const STRIDE = process.env["MOTCUA_LONG"] === "1" ? 1 : 15;
const MOST_OPERATIONS = 400;
const HURT = ["a page of the database", "the database garbage", "the log's first page", "the database gone"];

for (const injury of HURT)
  test(`repair after "${injury}", stopped after each ${STRIDE} operations`, () =>
    withFolder(async (at) => {
      const disk = await FailingDisk.mount(at);
      if (disk === null) return;
      try {
        const key = join(at, "device.pem");
        const promises = work(join(at, "kiosk"), key, 7);
        INJURIES[injury]?.({ dir: join(at, "kiosk"), foreign: "", random: seededRandom(5) });
        const dir = join(disk.folder, "store");
        let stops = 0;
        for (let before = 0; before < MOST_OPERATIONS; before += STRIDE) {
          rmSync(dir, { recursive: true, force: true });
          cpSync(join(at, "kiosk"), dir, { recursive: true });
          // Its lock is a file of its own, which the copy must not bring along half written.
          writeFileSync(join(dir, "writer.lock"), "");
          disk.set("dead", before);
          let isDone = false;
          try {
            openAt(dir, key).close();
            isDone = true;
          } catch {
            stops += 1;
          }
          disk.set("none");
          const store = openAt(dir, key);
          assert.ok(check(store, promises) >= 4, `stopped after ${before}: too few came back`);
          checkNumbers(store, promises);
          assert.ok(store.damage() !== null, `stopped after ${before}: nobody is told`);
          store.close();
          if (isDone) break;
        }
        assert.ok(stops >= 3, `the repair was stopped only ${stops} times`);
        process.stdout.write(`${injury}: stopped ${stops} times, finished each time\n`);
      } finally {
        disk.unmount();
      }
    }));

test.run();
