// Is a submission that the citizen confirmed in the queue once, journalled once and logged once, also when tried again?
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeSealer } from "../../src/acts/sealing.js";
import { submit } from "../../src/acts/submitting.js";
import type { Log } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import type { Slip, Submission } from "../../src/flows/effects.js";
import { openStore } from "../../src/store/sqlite-store.js";
import { loadDeviceKey, loadPortalKeys, PORTAL_PUBLIC_KEYS_FILE } from "../../src/sync/protocol/keys.js";
import { identityOf, theCitizen } from "../flows/house.js";
import { offered } from "../flows/offered.js";
import { testClock, withFolder } from "../store/fixtures.js";

const submission = (): Submission => ({
  id: randomUUID(),
  procedureCode: "1.004873",
  language: "vi",
  identity: identityOf("genuine"),
  form: new Pii({ fullName: theCitizen.fullName }),
  papers: [],
  feeVnd: 0,
  confirmation: { method: "codeOnScreen", at: 1_000 },
});

test("one line of the log, one journalled act, one row, however often it is tried", () =>
  withFolder(async (dir) => {
    const lines: string[] = [];
    const log: Log = (event) => void lines.push(event);
    const store = openStore({ dir: join(dir, "store"), clock: testClock, log });
    loadPortalKeys(join(dir, "portal"));
    const publicKeysFile = join(dir, "portal", PORTAL_PUBLIC_KEYS_FILE);
    const slips: Slip[] = [];
    const parts = {
      ...{
        store,
        kioskId: "T01",
        utcOffsetMinutes: 420,
        receiptWaitMs: 1,
        scanning: null,
        clock: testClock,
      },
      seal: makeSealer({
        device: loadDeviceKey(join(dir, "device.pem")),
        kioskId: "T01",
        publicKeysFile,
        clock: testClock,
      }),
      procedure: (code: string) => offered.find(code),
      receipt: async () => null,
      keepSlip: (slip: Slip) => void slips.push(slip),
      keptSlip: (number: string) => slips.find((slip) => slip.number === number) ?? null,
    };
    const confirmed = submission();
    const first = await submit(parts, confirmed, new AbortController().signal);
    const again = await submit(parts, confirmed, new AbortController().signal);
    assert.equal(again, first);
    assert.is(store.outbox.stats().queued, 1);
    assert.equal(store.journal.open("submit"), []);
    const verdict = store.journal.verify();
    assert.ok(verdict.ok && verdict.rows === 2, "what was begun, and that it is done");
    assert.is(lines.filter((event) => event === "submission.enqueued").length, 1);
    store.close();
  }));

test.run();
