// One officer at one replica who calls as fast as it goes: `queue-race-process SETTINGS COUNTER`, begins at a line.
import { writeSync } from "node:fs";
import { type DatabaseSettings, openPostgres } from "../../src/portal/db/postgres-open.js";
import { clockAt, MINUTE_MS, MORNING_MS, PLACE, queueOn } from "./queue-rig.js";

const STDOUT = 1;
const [, , settings = "", counter = ""] = process.argv;
const db = openPostgres(JSON.parse(settings) as DatabaseSettings, { application: "race", present: true });
const { queue } = queueOn(db, clockAt(MORNING_MS + 600 * MINUTE_MS));
const by = `officer${counter}`;

process.stdin.once("data", () => {
  queue.open({ place: PLACE, counter, account: by, services: ["general", "land"] });
  for (let current = 0; ; ) {
    const next = queue.callNext({ place: PLACE, counter, by, current });
    if (next === null) break;
    writeSync(STDOUT, `${next.label}\n`);
    current = next.id;
  }
  db.close();
  process.exit(0);
});
writeSync(STDOUT, "ready\n");
