// A kiosk that starts on a damaged store, and says when it has repaired it. Killed by its test.
import { writeSync } from "node:fs";
import { join } from "node:path";
import { openAt } from "../store/promises.js";

const STDOUT = 1;
const dir = process.argv[2] ?? "";

writeSync(STDOUT, "ready\n");
openAt(join(dir, "store"), join(dir, "device.pem"));
writeSync(STDOUT, "opened\n");
setInterval(() => {}, 60_000);
