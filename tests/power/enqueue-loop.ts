// A kiosk that does nothing but enqueue, and says what it has committed. Killed by its test.
import { writeSync } from "node:fs";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { randomSubmission } from "../store/fixtures.js";

const STDOUT = 1;
const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
const store = openStore({ dir: process.argv[2] ?? "", clock, log: silentLog });
const say = (word: string, value: unknown) => writeSync(STDOUT, `${word} ${JSON.stringify(value)}\n`);

say("ready", process.pid);
for (let turn = 0; ; turn += 1) {
  const sequence = store.outbox.reserveSequence();
  say("reserved", sequence);
  const submission = randomSubmission(sequence, turn % 3 === 0 ? [700, 60_000, 30_000] : [900]);
  const intent = store.journal.intent("submit", submission.submissionId, { slip: submission.slipNumber });
  say("intended", intent);
  store.outbox.enqueue(submission);
  say("enqueued", {
    id: submission.submissionId,
    documents: submission.documents.map(({ sha256, bytes }) => ({ sha256, length: bytes.length })),
  });
  store.journal.outcome(intent, "done");
  say("settled", intent);
  if (turn % 5 === 4) {
    store.outbox.mark(submission.submissionId, "accepted");
    say("accepted", submission.submissionId);
  }
}
