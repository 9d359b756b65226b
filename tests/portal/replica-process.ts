// One replica in a process of its own, at an office with few slots: `replica-process DIR BROKER PORT`.
import { writeSync } from "node:fs";
import { SystemClock } from "../../src/core/clock.js";
import type { Log } from "../../src/core/log.js";
import { OFFICE_HOURS } from "../../src/portal/appointments.js";
import { startPortal } from "../../src/portal/portal.js";
import { PEOPLE } from "./people.js";

const CAPACITY = 1;

const STDOUT = 1;
const [, , dir = "", brokerUrl = "", port = "0"] = process.argv;
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
// Errors are many here: the test stops the database on purpose.
const log: Log = () => {};

const portal = await startPortal({
  ...{ dir, brokerUrl, port: Number(port), clock, log, madeUpAccounts: PEOPLE },
  hours: { ...OFFICE_HOURS, capacity: CAPACITY },
});
process.once("SIGTERM", () => void portal.close().then(() => process.exit(0)));
writeSync(STDOUT, `${portal.url}\n`);
