// The portal in a process of its own, which an onlooker watches: `portal-process DIR BROKER_URL PORT`, with the
// onlooker's log in MOTCUA_CHAOS_LOG. Its first line is its address.
import { writeSync } from "node:fs";
import { SystemClock } from "../../src/core/clock.js";
import type { Log } from "../../src/core/log.js";
import { startPortal } from "../../src/portal/portal.js";
import { PEOPLE } from "../portal/people.js";
import { OnlookerLog } from "./oracle.js";

const STDOUT = 1;
const STDERR = 2;
const [, , dir = "", brokerUrl = "", port = "0"] = process.argv;
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const onlooker = new OnlookerLog(process.env["MOTCUA_CHAOS_LOG"] ?? "");
const log: Log = (event, fields) => {
  if (event === "kiosk.error") writeSync(STDERR, `${event} ${JSON.stringify(fields)}\n`);
  if (event !== "portal.taken") return;
  const { submission, receipt } = fields as { submission: string; receipt: string };
  onlooker.write("taken", submission, receipt);
};
const portal = await startPortal({ dir, brokerUrl, port: Number(port), clock, log, madeUpAccounts: PEOPLE });
writeSync(STDOUT, `${portal.url}\n`);
