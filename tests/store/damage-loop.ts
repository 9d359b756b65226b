// A kiosk that works a while, says what it has committed, and dies without closing: `damage-loop DIR KEY TURNS`.
import { writeSync } from "node:fs";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { loadDeviceKey } from "../../src/sync/protocol/keys.js";
import { nextTicket, testClock } from "./fixtures.js";
import { readerOf, signedSubmission } from "./signed.js";

const STDOUT = 1;
const [, , dir = "", key = "", turns = "12"] = process.argv;
const device = loadDeviceKey(key);
const store = openStore({ dir, clock: testClock, log: silentLog, readManifest: readerOf(device) });
const say = (word: string, value: unknown) => writeSync(STDOUT, `${word} ${JSON.stringify(value)}\n`);

for (let turn = 0; turn < Number(turns); turn += 1) {
  const sequence = store.outbox.reserveSequence();
  const submission = signedSubmission(device, sequence, turn % 3 === 0 ? [700, 20_000] : [900]);
  const intent = store.journal.intent("submit", submission.submissionId, { slip: submission.slipNumber });
  store.outbox.enqueue(submission);
  store.journal.outcome(intent, "done");
  const documents = submission.documents.map(({ sha256, bytes }) => ({ sha256, length: bytes.length }));
  say("enqueued", { id: submission.submissionId, sequence, documents });
  say("ticket", nextTicket(store, "2026-11-22"));
  if (turn % 5 !== 4) continue;
  const received = { revision: 1, state: "received", receiptNumber: `R-${turn}`, appointment: null };
  store.outbox.applyStatus(submission.submissionId, received);
  store.outbox.mark(submission.submissionId, "accepted");
  say("accepted", submission.submissionId);
}
// The second copies of small submissions are made a moment later; what is damaged here is a store at rest.
await testClock.sleep(600);
process.kill(process.pid, "SIGKILL");
