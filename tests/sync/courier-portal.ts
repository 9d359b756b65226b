// The portal in a process of its own, beside which the stick `stick` may lie: `courier-portal DIR BROKER_URL PORT`.
import { writeSync } from "node:fs";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import type { Log } from "../../src/core/log.js";
import { startPortal } from "../../src/portal/portal.js";
import { PEOPLE } from "../portal/people.js";

const STDOUT = 1;
const STDERR = 2;
const [, , dir = "", brokerUrl = "", port = "0"] = process.argv;
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const log: Log = (event, fields) => {
  if (event === "kiosk.error") writeSync(STDERR, `${event} ${JSON.stringify(fields)}\n`);
};
const courier = { folder: join(dir, "..", "stick"), pollMs: 50 };
const portal = await startPortal({
  ...{ dir, brokerUrl, port: Number(port), courier, clock, log },
  madeUpAccounts: PEOPLE,
});
process.once("SIGTERM", () => void portal.close().then(() => process.exit(0)));
writeSync(STDOUT, `${portal.url}\n`);
