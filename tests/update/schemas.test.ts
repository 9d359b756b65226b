// After an update the store has the new program's schema: does the program before still serve on it, and the new one on old data?
//
// The real store, opened with the schemas of two programs: today's, and a next one with one step more.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { type Migration, readabilityOf } from "../../src/store/database.js";
import { KIOSK_MIGRATIONS } from "../../src/store/migrations.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { judge, type Running } from "../../src/update/judge.js";
import { nextTicket, randomSubmission, testClock, withFolder } from "../store/fixtures.js";
import { RUNNING } from "./parts.js";
import { envelopeOf, releaseKey } from "./releases.js";

const today = KIOSK_MIGRATIONS.at(-1)?.version ?? 0;
const nextStep = (readableBy: number): readonly Migration[] => [
  ...KIOSK_MIGRATIONS,
  {
    version: today + 1,
    readableBy,
    sql: `ALTER TABLE submissions ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
      CREATE TABLE notices (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;`,
  },
];

const open = (dir: string, migrations: readonly Migration[]): Store =>
  openStore({ dir, clock: testClock, log: silentLog, migrations });

/** A day's work: submissions, a settled one, a number, an intent that stays open. */
const work = (store: Store): { readonly waiting: string; readonly sequence: number } => {
  const sequence = store.outbox.reserveSequence();
  const waiting = randomSubmission(sequence, [2_000, 70_000]);
  store.outbox.enqueue(waiting);
  const settled = randomSubmission(store.outbox.reserveSequence(), [500]);
  store.outbox.enqueue(settled);
  store.outbox.mark(settled.submissionId, "accepted");
  nextTicket(store, "2026-11-23");
  store.journal.intent("print", waiting.slipNumber, {});
  store.addRating(5, "2.000815");
  store.meta.set("test", waiting.submissionId);
  return { waiting: waiting.submissionId, sequence };
};

const holds = (
  store: Store,
  made: readonly { readonly waiting: string; readonly sequence: number }[],
): void => {
  for (const { waiting, sequence } of made) {
    assert.is(store.outbox.state(waiting), "sealed");
    const row = store.outbox.unsettled(sequence);
    assert.is(row?.documents.length, 2);
    for (const { sha256, length } of row?.documents ?? [])
      assert.is(store.outbox.readDocument(sha256, 0, length).length, length);
  }
  assert.is(store.outbox.stats().accepted, made.length);
  assert.is(store.journal.open("print").length, made.length);
  assert.ok(store.journal.verify().ok);
  assert.is(store.damage(), null);
};

const using = <T>(store: Store, act: (store: Store) => T): T => {
  try {
    return act(store);
  } finally {
    store.close();
  }
};

test("today's, the next, back to today's, the next again: each serves on what the other left, and nothing is lost", () =>
  withFolder((dir) => {
    const made = [using(open(dir, KIOSK_MIGRATIONS), work)];
    for (const migrations of [nextStep(today), KIOSK_MIGRATIONS, nextStep(today), KIOSK_MIGRATIONS])
      using(open(dir, migrations), (store) => {
        holds(store, made);
        made.push(work(store));
        holds(store, made);
      });
    assert.equal(readabilityOf(join(dir, "motcua.db")), { schema: today + 1, readableBy: today });
    assert.is(new Set(made.map(({ sequence }) => sequence)).size, made.length, "no number was given twice");
  }));

test("a step that today's program can not read: its release is refused before anything is touched; and rightly so", () =>
  withFolder((dir) => {
    const made = [using(open(dir, KIOSK_MIGRATIONS), work)];
    const store = readabilityOf(join(dir, "motcua.db"));
    const running: Running = { ...RUNNING, knowsSchema: today, store };
    const key = releaseKey(dir);
    const bundle = join(dir, "bundle");
    writeFileSync(bundle, "x");
    const verdict = (readableBy: number) => {
      const envelope = envelopeOf(bundle, 11, key, { store: { schema: today + 1, readableBy } });
      return judge(envelope, { keys: [key.publicKeyPem], running, goodBuild: 0, wall: testClock.wall() });
    };
    assert.ok(verdict(today).may);
    const refused = verdict(today + 1);
    assert.match(refused.may ? "" : refused.reason, /it could not be gone back to/);
    // Had it been installed all the same, and then fallen back:
    using(open(dir, nextStep(today + 1)), (next) => holds(next, made));
    assert.throws(() => open(dir, KIOSK_MIGRATIONS), /written by a newer program/);
    // And it would say so before the next one, too.
    const after = readabilityOf(join(dir, "motcua.db"));
    const older = envelopeOf(bundle, 12, key, { store: { schema: today, readableBy: 1 } });
    const said = judge(older, {
      ...{ keys: [key.publicKeyPem], goodBuild: 0, wall: testClock.wall() },
      running: { ...running, knowsSchema: today + 1, store: after },
    });
    assert.match(said.may ? "" : said.reason, /could not read the store of schema/);
  }));

test("every released step of the store is readable by the program before it: both slots can live on one store", () => {
  for (const { version, readableBy } of KIOSK_MIGRATIONS)
    if (version > 1) assert.ok(readableBy < version, `step ${version} is readable from ${readableBy} on`);
});

test("a copy of the store from before each step lies beside it", () =>
  withFolder((dir) => {
    using(open(dir, KIOSK_MIGRATIONS), work);
    using(open(dir, nextStep(today)), () => undefined);
    assert.ok(readdirSync(dir).includes(`motcua.db.v${today}`));
  }));

test.run();
