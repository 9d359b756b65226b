// Does the store keep what it was given, refuse what it must, and come back from damage?
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { openDatabase } from "../../src/store/database.js";
import { openStore, verifyJournal } from "../../src/store/sqlite-store.js";
import type { SealedSubmission, Store } from "../../src/store/store.js";
import { nextTicket, randomSubmission, testClock, withFolder } from "./fixtures.js";

const open = (dir: string): Store => openStore({ dir, clock: testClock, log: silentLog });

const faultOf = (act: () => unknown): FaultError => {
  try {
    act();
  } catch (thrown) {
    assert.instance(thrown, FaultError);
    return thrown as FaultError;
  }
  return assert.unreachable("nothing was thrown") as never;
};

test("a small submission lies in the row, a large one in files; both read back byte for byte", () =>
  withFolder((dir) => {
    const store = open(dir);
    const small = randomSubmission(store.outbox.reserveSequence(), [600, 400]);
    const large = randomSubmission(store.outbox.reserveSequence(), [900, 300_000]);
    store.outbox.enqueue(small);
    store.outbox.enqueue(large);
    assert.is(readdirSync(join(dir, "blobs")).length, 3);
    for (const document of [...small.documents, ...large.documents]) {
      const back = store.outbox.readDocument(document.sha256, 0, document.bytes.length);
      assert.equal(Buffer.from(back), Buffer.from(document.bytes));
      const part = store.outbox.readDocument(document.sha256, 100, 50);
      assert.equal(Buffer.from(part), Buffer.from(document.bytes.subarray(100, 150)));
    }
    assert.equal(
      store.outbox.pending(10).map((row) => row.submissionId),
      [small.submissionId, large.submissionId],
    );
    store.close();
  }));

test("the same submission twice is one row", () =>
  withFolder((dir) => {
    const store = open(dir);
    const submission = randomSubmission(store.outbox.reserveSequence(), [100]);
    assert.equal(store.outbox.enqueue(submission), store.outbox.enqueue(submission));
    assert.is(store.outbox.stats().queued, 1);
    store.close();
  }));

test("a document that does not match its hash is refused", () =>
  withFolder((dir) => {
    const store = open(dir);
    const submission = randomSubmission(1, [100]);
    const wrong = submission.documents.map((document) => ({ ...document, bytes: new Uint8Array(100) }));
    assert.match(faultOf(() => store.outbox.enqueue({ ...submission, documents: wrong })).detail, "hash");
    assert.is(store.outbox.stats().queued, 0);
    store.close();
  }));

test("acceptance drops the sealed copy, keeps the status, and late marks change nothing", () =>
  withFolder((dir) => {
    const store = open(dir);
    const submission = randomSubmission(store.outbox.reserveSequence(), [40_000]);
    const id = submission.submissionId;
    store.outbox.enqueue(submission);
    assert.is(store.outbox.status(id)?.state, "queued");
    const received = {
      revision: 1,
      state: "received",
      receiptNumber: "R-1",
      appointment: "2026-12-01T08:00",
    };
    assert.is(store.outbox.applyStatus(id, received), true);
    store.outbox.mark(id, "accepted");
    store.outbox.mark(id, "sending");
    assert.is(store.outbox.state(id), "accepted");
    assert.equal(readdirSync(join(dir, "blobs")), []);
    assert.equal(store.outbox.pending(10), []);
    assert.is(store.outbox.applyStatus(id, { ...received, revision: 1, state: "approved" }), false);
    assert.is(store.outbox.applyStatus(id, { ...received, revision: 3, state: "ready" }), true);
    assert.is(store.outbox.applyStatus(id, { ...received, revision: 2, state: "inReview" }), false);
    assert.is(store.outbox.state(id), "done");
    store.close();
    const again = open(dir);
    assert.is(again.outbox.statusByLookup(submission.lookupHash)?.state, "ready");
    assert.is(again.outbox.statusByLookup(submission.lookupHash)?.receiptNumber, "R-1");
    assert.is(again.outbox.stats().accepted, 1);
    again.close();
  }));

test("quarantine takes a submission out of the way and release puts it back", () =>
  withFolder((dir) => {
    const store = open(dir);
    const first = randomSubmission(store.outbox.reserveSequence(), [10]);
    const second = randomSubmission(store.outbox.reserveSequence(), [10]);
    store.outbox.enqueue(first);
    store.outbox.enqueue(second);
    store.outbox.mark(first.submissionId, "quarantined", "publish denied");
    assert.equal(
      store.outbox.pending(10).map((row) => row.submissionId),
      [second.submissionId],
    );
    assert.is(store.outbox.stats().quarantined, 1);
    assert.is(store.outbox.releaseQuarantined(), 1);
    assert.is(store.outbox.pending(10).length, 2);
    store.close();
  }));

test("every open sets WAL and FULL; a second open of the folder is refused with its holder", () =>
  withFolder((dir) => {
    const opened: number[] = [];
    const log: typeof silentLog = (event, fields) => {
      if (event === "store.opened") opened.push((fields as { synchronous: number }).synchronous);
    };
    for (let round = 0; round < 2; round += 1) openStore({ dir, clock: testClock, log }).close();
    assert.equal(opened, [2, 2]);
    const store = open(dir);
    const fault = faultOf(() => open(dir));
    assert.is(fault.code, "store.unwritable");
    assert.match(fault.detail, String(process.pid));
    store.close();
    open(dir).close();
  }));

test("a folder that can not be written is a fault that names it", () =>
  withFolder((dir) => {
    writeFileSync(join(dir, "plain"), "a file where a folder should be");
    const fault = faultOf(() => open(join(dir, "plain", "store")));
    assert.is(fault.code, "store.unwritable");
    assert.match(fault.detail, join(dir, "plain", "store"));
  }));

test("sequences never repeat, also after the database is lost", () =>
  withFolder((dir) => {
    const store = open(dir);
    const given = [1, 2, 3].map(() => store.outbox.reserveSequence());
    store.close();
    assert.equal(given, [1, 2, 3]);
    writeFileSync(join(dir, "motcua.db"), Buffer.alloc(8192, 7));
    const fresh = open(dir);
    assert.ok(fresh.outbox.reserveSequence() > 3);
    fresh.close();
  }));

test("a damaged database is set aside, and what waited is queued again from records and readable rows", () =>
  withFolder((dir) => {
    const store = open(dir);
    const large = randomSubmission(store.outbox.reserveSequence(), [500, 100_000]);
    const small = randomSubmission(store.outbox.reserveSequence(), [500]);
    store.outbox.enqueue(large);
    store.outbox.enqueue(small);
    store.journal.note("test", "x", {});
    store.close();
    // Damage in the journal's pages: the header and the submissions' pages stay readable.
    const path = join(dir, "motcua.db");
    const db = new Database(path);
    const page = Number(
      db.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'journal'").pluck().get(),
    );
    db.close();
    const bytes = readFileSync(path);
    bytes.fill(0xee, (page - 1) * 4096, page * 4096);
    writeFileSync(path, bytes);
    const again = open(dir);
    assert.equal(
      again.outbox.pending(10).map((row) => row.submissionId),
      [small.submissionId, large.submissionId],
    );
    for (const document of [...large.documents, ...small.documents])
      assert.equal(
        Buffer.from(again.outbox.readDocument(document.sha256, 0, document.bytes.length)),
        Buffer.from(document.bytes),
      );
    assert.is(readdirSync(join(dir, "set-aside")).length, 1);
    assert.is(again.journal.verify().ok, true);
    again.close();
  }));

test("a database cut to nonsense loses no submission that lies in files", () =>
  withFolder((dir) => {
    const store = open(dir);
    const large = randomSubmission(store.outbox.reserveSequence(), [100_000]);
    store.outbox.enqueue(large);
    store.close();
    truncateSync(join(dir, "motcua.db"), 5000);
    const again = open(dir);
    assert.is(again.outbox.pending(1)[0]?.submissionId, large.submissionId);
    again.close();
  }));

test("orphans of a cut are swept at start, waiting blobs are not", () =>
  withFolder((dir) => {
    const store = open(dir);
    const large = randomSubmission(store.outbox.reserveSequence(), [50_000]);
    store.outbox.enqueue(large);
    store.close();
    writeFileSync(join(dir, "blobs", "f".repeat(64)), "a blob whose row never came");
    writeFileSync(join(dir, "blobs", `${"e".repeat(64)}.tmp`), "half");
    open(dir).close();
    assert.equal(
      readdirSync(join(dir, "blobs")).sort(),
      [large.documents[0]?.sha256, `${large.submissionId}.json`].sort(),
    );
  }));

test("the journal finds a changed row and a cut end", () =>
  withFolder((dir) => {
    const store = open(dir);
    const print = store.journal.intent("print", "T01-000001", { job: 7 });
    store.journal.outcome(print, "inDoubt");
    assert.equal(
      store.journal.open().map((intent) => intent.data),
      [{ job: 7 }],
    );
    store.journal.outcome(print, "settledYes");
    store.journal.outcome(print, "settledYes");
    assert.equal(store.journal.open(), []);
    assert.match(faultOf(() => store.journal.outcome(print, "failed")).detail, "settled");
    assert.match(faultOf(() => store.journal.outcome(99, "done")).detail, "99");
    assert.equal(verifyJournal(dir), { ok: true, rows: 3 });
    store.close();
    const tamper = new Database(join(dir, "motcua.db"));
    tamper.exec("UPDATE journal SET data = '{\"job\":8}' WHERE id = 1");
    assert.is(verifyJournal(dir).ok, false);
    tamper.exec("UPDATE journal SET data = '{\"job\":7}' WHERE id = 1");
    assert.is(verifyJournal(dir).ok, true);
    tamper.exec("DELETE FROM journal WHERE id = 3");
    tamper.close();
    assert.equal(verifyJournal(dir), { ok: false, brokenAt: 3, reason: "the end was cut off" });
  }));

test("a migration keeps a copy of what was before, and a newer database is refused or read as it says", () =>
  withFolder((dir) => {
    const path = join(dir, "x.db");
    const one = {
      version: 1,
      readableBy: 1,
      sql: "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (5);",
    };
    const two = { version: 2, readableBy: 1, sql: "CREATE TABLE b (y INTEGER) STRICT;" };
    const three = { version: 3, readableBy: 3, sql: "DROP TABLE a;" };
    openDatabase(path, [one]).db.close();
    const second = openDatabase(path, [one, two]);
    assert.is(second.migrated, 1);
    second.db.close();
    assert.ok(existsSync(`${path}.v1`));
    const older = openDatabase(path, [one]);
    assert.is(older.db.prepare("SELECT x FROM a").pluck().get(), 5);
    older.db.close();
    openDatabase(path, [one, two, three]).db.close();
    assert.match(faultOf(() => openDatabase(path, [one, two])).detail, "newer program");
    const copy = new Database(`${path}.v2`, { readonly: true });
    assert.is(copy.prepare("SELECT x FROM a").pluck().get(), 5);
    copy.close();
  }));

test("a store that the program before left opens without an alarm, and every number goes on", () =>
  withFolder((dir) => {
    const store = open(dir);
    for (const sizes of [[100], [30_000], [200]])
      store.outbox.enqueue(randomSubmission(store.outbox.reserveSequence(), sizes));
    nextTicket(store, "2026-11-22");
    store.close();
    // It knew neither identity, witness nor names; its small submissions had no records, its records no sum.
    const db = new Database(join(dir, "motcua.db"));
    db.exec("DELETE FROM meta WHERE key = 'store.id'");
    db.close();
    for (const name of [
      "store.id",
      "witness",
      "names",
      "tickets.floor",
      "tickets.floor.copy",
      "sequence.floor.copy",
    ])
      rmSync(join(dir, name));
    writeFileSync(join(dir, "sequence.floor"), "1001\n");
    for (const name of readdirSync(join(dir, "blobs")).filter((found) => found.endsWith(".json"))) {
      const path = join(dir, "blobs", name);
      const {
        sum: _,
        payload,
        ...record
      } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
      if (payload === undefined) writeFileSync(path, JSON.stringify(record));
      else rmSync(path);
    }
    const again = open(dir);
    assert.is(again.damage(), null);
    assert.is(again.outbox.stats().queued, 3);
    assert.equal([again.outbox.reserveSequence(), nextTicket(again, "2026-11-22")], [4, 2]);
    again.close();
  }));

test("tickets count from one each day; the quota climbs its ladder", () =>
  withFolder((dir) => {
    const store = openStore({ dir, clock: testClock, log: silentLog, limitBytes: 10_000_000 });
    assert.equal(
      [nextTicket(store, "2026-11-22"), nextTicket(store, "2026-11-22"), nextTicket(store, "2026-11-23")],
      [1, 2, 1],
    );
    store.addRating(5, "2.000815");
    assert.is(store.quota().level, "ok");
    const levels = [7_300_000, 1_300_000, 900_000].map((size) => {
      store.outbox.enqueue(randomSubmission(store.outbox.reserveSequence(), [size]));
      return store.quota().level;
    });
    assert.equal(levels, ["warn", "shed", "refuse"]);
    store.close();
  }));

test("a technician puts one quarantined submission back, or all; the link hears of each, and what is told has no numbers of the citizen", () =>
  withFolder((dir) => {
    const store = openStore({ dir, clock: testClock, log: silentLog });
    const made = [1, 2, 3, 4].map(() => randomSubmission(store.outbox.reserveSequence(), [100]));
    for (const submission of made) store.outbox.enqueue(submission);
    const [one, two, three] = made as [SealedSubmission, SealedSubmission, SealedSubmission];
    store.outbox.mark(one.submissionId, "quarantined", "refused by the broker");
    store.outbox.mark(two.submissionId, "quarantined", "again");
    store.outbox.mark(three.submissionId, "rejected", "portal: signature");
    const { states, rows } = store.outbox.held(10);
    assert.equal(states, { quarantined: 2, rejected: 1, sealed: 1 });
    assert.equal(
      rows.map(({ sequence, state, reason }) => [sequence, state, reason]),
      [
        [one.sequence, "quarantined", "refused by the broker"],
        [two.sequence, "quarantined", "again"],
        [three.sequence, "rejected", "portal: signature"],
      ],
    );
    for (const submission of made) {
      assert.not.match(JSON.stringify(rows), submission.slipNumber);
      assert.not.match(JSON.stringify(rows), submission.submissionId);
    }
    assert.is(store.outbox.held(1).rows.length, 1);
    const heard: string[] = [];
    store.outbox.onEnqueued((submissionId) => heard.push(submissionId));
    assert.is(store.outbox.requeue(three.sequence), 0, "refused for good stays so");
    assert.is(store.outbox.requeue(two.sequence), 1);
    assert.equal(heard, [two.submissionId]);
    assert.is(store.outbox.state(one.submissionId), "quarantined");
    assert.is(store.outbox.requeue("all"), 1);
    assert.is(store.outbox.requeue("all"), 0);
    assert.equal(heard, [two.submissionId, one.submissionId]);
    assert.is(store.outbox.pending(10).length, 3);
    store.close();
  }));

test.run();
