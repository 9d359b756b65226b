// A kiosk that keeps pieces of a bundle, one after the other, and says each that it has kept; until the power goes.
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { openRelease } from "../../src/sync/protocol/release.js";
import { Staging } from "../../src/update/staging.js";

const STDOUT = 1;
const given = join(process.argv[2] ?? "", "..", "..");
const bytes = readFileSync(join(given, "bundle.raucb"));
const key = readFileSync(join(given, "release.pub.pem"), "utf8");
const opened = openRelease(readFileSync(join(given, "bundle.raucb.release")), [key]);
if (!opened.ok) throw new Error(opened.problem);
const staging = await Staging.open(join(process.argv[2] ?? "", "update"), opened.release);
writeSync(STDOUT, "ready\n");
for (let next = staging.wanted(16_384); next !== null; next = staging.wanted(16_384))
  if (staging.put(next.from, bytes.subarray(next.from, next.from + next.length)) === "piece")
    writeSync(STDOUT, `piece ${Math.floor(next.from / opened.release.pieceBytes)}\n`);
await staging.finish();
writeSync(STDOUT, "finished\n");
// Who cuts the power wants somebody whom it meets.
setInterval(() => {}, 1_000);
