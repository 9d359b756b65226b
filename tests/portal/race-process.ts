// One of several that take in, audit and command at the same time: `race-process SETTINGS DIR TURNS`, begins at a line.
import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { OFFICE_HOURS } from "../../src/portal/appointments.js";
import { type DatabaseSettings, openPostgres } from "../../src/portal/db/postgres-open.js";
import { holdings } from "../../src/portal/holdings.js";
import { OrderRows } from "../../src/portal/orders/order-rows.js";
import { newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { testClock } from "../store/fixtures.js";
import { takeApplication } from "./holdings.js";

const STDOUT = 1;
const [, , settings = "", dir = "", turns = "0"] = process.argv;
const hours = { ...OFFICE_HOURS, capacity: 1 };
const db = openPostgres(JSON.parse(settings) as DatabaseSettings, { application: "race", present: true });
const held = { ...holdings(db, { dir, clock: testClock, hours, settings: {} }), dir };
const orders = new OrderRows(db);
const nobody = { who: "race", role: "", address: "", application: null, subject: "", detail: "" };

const race = (): void => {
  for (let turn = 0; turn < Number(turns); turn += 1) {
    takeApplication(held, newLookupCode());
    held.audit.write({ ...nobody, act: String(turn) });
    orders.add("T01", 1000, (sequence) => ({
      ...{ id: randomUUID(), kiosk: "T01", sequence, askedBy: "race", issuedAtMs: 1, expiresAtMs: 2 },
      ...{ command: { name: "runSelfTest" } as never, envelope: "{}" },
    }));
  }
  db.close();
};

process.stdin.once("data", () => {
  race();
  process.exit(0);
});
writeSync(STDOUT, "ready\n");
