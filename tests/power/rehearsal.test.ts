// Runtime, portal and broker are killed at random points of visits: is anything lost, doubled, hung?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { rehearsal } from "../../src/dock/rehearsal/rehearse.js";

/** MOTCUA_LONG=1 takes as many visits as fifty cuts need; without it the suite stays short. */
const VISITS = process.env["MOTCUA_LONG"] === undefined ? 8 : 90;

test(`${VISITS} visits with faults on every wire and kill -9 of every process`, async () => {
  const report = await rehearsal(
    { visits: VISITS, seed: 20_261_122, faults: true, cuts: true, json: false },
    () => {},
  );
  process.stdout.write(`${JSON.stringify(report)}\n`);
  assert.ok(report.cuts >= VISITS / 4, `only ${report.cuts} cuts`);
  assert.ok(report.finished >= VISITS / 2, `only ${report.finished} visits finished`);
  assert.is(report.lost, 0);
  assert.is(report.doubled, 0);
  assert.is(report.slipsDoubled, 0);
  assert.is(report.hangs, 0);
  assert.ok(report.submissionsAtPortal >= report.finished);
});

test.run();
