import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { Accounts } from "../../src/portal/access/accounts.js";
import { LoginAttempts } from "../../src/portal/access/login-attempts.js";
import { Sessions } from "../../src/portal/access/sessions.js";
import type { PortalDb } from "../../src/portal/db/portal-db.js";
import { openPostgres } from "../../src/portal/db/postgres-open.js";
import { postgresText } from "../../src/portal/db/sql-text.js";
import { Enrolment } from "../../src/portal/enrolment.js";
import { FeeRows } from "../../src/portal/fees/fee-rows.js";
import type { FeeSettings } from "../../src/portal/fees/fee-settings.js";
import { Fees } from "../../src/portal/fees/fees.js";
import { PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { OrderRows } from "../../src/portal/orders/order-rows.js";
import { PastFigures } from "../../src/portal/past-figures.js";
import { startPortal } from "../../src/portal/portal.js";
import { Ratings } from "../../src/portal/ratings.js";
import { loadPortalSettings, SETTINGS_FILE } from "../../src/portal/settings.js";
import { Statistics } from "../../src/portal/statistics.js";
import { openDatabase } from "../../src/store/database.js";
import { hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { encode } from "../../src/sync/protocol/validate.js";
import { testClock } from "../store/fixtures.js";
import { makeCopy, takeApplication, withFolder } from "./holdings.js";
import { connect, heldOn } from "./on-postgres.js";
import { Postgres } from "./postgres.js";

const ACCOUNT: FeeSettings = {
  ...{ bankBin: "970403", account: "0011012345678", accountName: "UBND XA THU", service: "QRIBFTTA" },
  ...{ referencePrefix: "MC", minutes: 15, noticeSecretFile: "none" },
};

const DAY = { from: "2020-01-01", to: "2099-12-31" };

/** What each room says, without what differs from one run to the next. */
const story = async (db: PortalDb, dir: string): Promise<unknown> => {
  const held = heldOn(db, dir);
  const { register, copies, rows, deliveryRows, attempts, audit } = held;
  const nowMs = () => testClock.wall().epochMs;
  new Enrolment(dir, db, testClock).enroll("T01", "PUBLIC KEY");
  const code = newLookupCode();
  const first = takeApplication(held, code);
  const second = takeApplication(held, newLookupCode());
  register.decide(first.id, "approve", { note: "Được", appointment: null, by: "mai" });
  register.seen("T01", first.submission, 9);
  register.seen("T01", second.submission, 1);
  assert.throws(() => register.decide(second.id, "ready", { note: "", appointment: null, by: "mai" }));
  const made = await makeCopy(held, "7");
  assert.throws(
    () => rows.start({ application: first.id, paper: 3, by: "mai" }, made.copy.statement),
    (thrown: Error) => thrown.message.includes("7"),
  );
  assert.throws(() =>
    rows.start(
      { application: made.copy.application, paper: 0, by: "mai" },
      { ...made.copy.statement, registerNumber: "8" },
    ),
  );
  const intent = rows.intend(made.copy.id, "sign officer", "mai");
  rows.settle(made.copy.id, intent, "done");
  deliveryRows.add(made.copy.id, "mail");
  deliveryRows.add(made.copy.id, "mail");
  const due = deliveryRows.due();
  const begun = due && deliveryRows.begin(due);
  copies.revoke(made.copy.id, "sai");
  assert.throws(() => copies.revoke(made.copy.id, "sai"));
  const tries = Array.from({ length: 7 }, () => attempts.begin(hashLookupCode(code)));
  attempts.succeeded(hashLookupCode(code));
  for (const act of ["a", "b"])
    audit.write({
      who: "mai",
      role: "officer",
      address: "::1",
      act,
      application: first.id,
      subject: "/",
      detail: "é",
    });
  const accounts = new Accounts(db, nowMs);
  accounts.add({ name: "mai", fullName: "Mai", role: "officer", password: "x" });
  assert.throws(() => accounts.add({ name: "mai", fullName: "Mai", role: "officer", password: "x" }));
  const sessions = new Sessions(db, nowMs, { idleMs: 60_000, longestMs: 600_000 });
  const token = sessions.start("mai");
  const before = sessions.find(token, true);
  accounts.setPassword("mai", "y", false);
  const waits = new LoginAttempts(db, nowMs);
  const waited = Array.from({ length: 7 }, () => waits.begin("mai", "10.0.0.1") > 0);
  waits.succeeded("mai", "10.0.0.1");
  const orders = new OrderRows(db);
  const give = () =>
    orders.add("T01", 5_000, (sequence) => ({
      ...{ id: randomUUID(), kiosk: "T01", sequence, askedBy: "mai", issuedAtMs: 5_000, expiresAtMs: 9_000 },
      ...{ command: { name: "restart" } as never, envelope: "{}" },
    }));
  const given = [give(), give()];
  orders.report("T01", given[0]?.id ?? "", { atMs: 6_000, stage: "done", detail: null });
  const ratings = new Ratings(db);
  for (const faces of [
    [0, 0, 1, 2, 3],
    [0, 0, 4, 2, 1],
  ])
    ratings.keep("T01", encode({ v: 1, days: [{ day: "2026-11-20", procedure: "2.000815", faces }] }));
  const past = new PastFigures(db);
  const fees = new Fees({
    ...{ rows: held.feeRows, audit, clock: testClock, log: silentLog, settings: ACCOUNT },
  });
  const wish = { v: 1, id: "q", slipNumber: "T01-000009", procedure: "2.000815", amountVnd: 7000 } as const;
  const asked = ["s1", "s2", "s1"].map((submission) => fees.answer("T01", { ...wish, submission }).order);
  fees.declare(first, 2000);
  fees.payAtDesk(first, "BL-1", "mai");
  assert.throws(() => fees.payAtDesk(first, "BL-2", "mai"));
  const pay = (transaction: string, amountVnd: number, words: string) =>
    fees.take(
      { transaction, amountVnd, words, paidAtMs: nowMs() },
      { name: "bank", role: "", address: "::1" },
    );
  const [one, two] = asked.map((order) => order?.reference ?? "");
  const taken = [
    pay("t1", 7000, `tra ${one} le phi`),
    pay("t1", 7000, `tra ${one} le phi`),
    pay("t1", 7001, `tra ${one} le phi`),
    pay("t2", 7000, `${one}`),
    pay("t3", 1, `${two}`),
    pay("t4", 7000, "?"),
  ];
  const waiting = fees.toHandle().map(({ payment, application }) => [payment.result, application]);
  fees.handle(fees.toHandle()[0]?.payment.id ?? 0, "mai", "trả lại");
  return {
    fees: [taken, waiting, fees.toHandle().length, asked[0]?.reference === asked[2]?.reference],
    feeStates: [fees.of(first)?.state, fees.ofAll([first, second]).size],
    feeDays: new Statistics(db, ratings, testClock, held.feeRows)
      .over(DAY)
      .fees.map(({ day: _, ...sums }) => sums),
    receipts: register.all().map(({ receiptNumber }) => receiptNumber.slice(-4)),
    states: register
      .all()
      .map(({ state, revision, seenRevision, appointment }) => [state, revision, seenRevision, appointment]),
    counts: [...register.counts()].sort(),
    found: [
      register.byLookup(hashLookupCode(code))?.id === first.id,
      register.lookupHash(first.id) === hashLookupCode(code),
    ],
    unseen: register.unseen("T01").length,
    decisions: register.decisions(first.id).map(({ action, note, by }) => [action, note, by]),
    copy: [
      copies.byId(made.copy.id)?.state,
      copies.bySha256(made.copy.sha256)?.id === made.copy.id,
      made.copy.bytes,
    ],
    journal: rows.journal(made.copy.id).map(({ entry, what, detail, by }) => [entry, what, detail, by]),
    open: rows.openIntents(),
    startedBy: rows.startedBy(made.copy.id),
    deliveries: deliveryRows.ofCopy(made.copy.id).map(({ state, attempts: count }) => [state, count]),
    ...{ begun, tries, waited, before, after: sessions.find(token, true), accounts: accounts.all() },
    audit: [
      audit.verify(),
      audit.read({ who: "mai", application: null }, 9, 0).map(({ id, act, detail }) => [id, act, detail]),
    ],
    orders: [
      given.map(({ sequence }) => sequence),
      orders.unanswered("T01", 6_000),
      orders.ofKiosk("T01", 9).map(({ stage }) => stage),
    ],
    ratings: ratings.over("2026-11-01", "2026-11-30"),
    past: [past.of("T01"), [...past.dropped()]],
    statistics: new Statistics(db, ratings, testClock, new FeeRows(db)).over(DAY).all.taken,
  };
};

test("every room tells the same on both databases", () =>
  withFolder(async (dir) => {
    const { db: sqlite } = openDatabase(join(dir, "portal.db"), PORTAL_MIGRATIONS);
    const wanted = await story(sqlite, dir);
    sqlite.close();
    await Postgres.with(async (postgres) => {
      const db = connect(postgres);
      assert.equal(await story(db, join(dir, "other")), wanted);
      db.close();
    });
  }));

test("both schemas have the same columns", () =>
  withFolder(async (dir) => {
    const { db } = openDatabase(join(dir, "portal.db"), PORTAL_MIGRATIONS);
    const wanted = db
      .prepare(`SELECT m.name || '.' || p.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`)
      .pluck()
      .all() as string[];
    db.close();
    await Postgres.with(async (postgres) => {
      connect(postgres).close();
      const rows = await postgres.query(`SELECT table_name || '.' || column_name AS name
        FROM information_schema.columns WHERE table_schema = 'public'
        AND table_name NOT IN ('staged_chunks', 'claims', 'tickets')`);
      assert.equal(rows.map(({ name }) => name).sort(), [...wanted].sort());
    });
  }));

test("a transaction keeps all or nothing, an inner one takes back its own part", () =>
  Postgres.with(async (postgres) => {
    const db = connect(postgres);
    const put = db.prepare("INSERT INTO receipts (day, last) VALUES (?, 1)");
    const days = () => db.prepare("SELECT day FROM receipts ORDER BY day").pluck().all();
    const failing = db.transaction((day: string) => {
      put.run(day);
      throw new Error("on purpose");
    }).immediate;
    assert.throws(() => failing("1"), "on purpose");
    db.transaction(() => {
      put.run("2");
      assert.throws(() => failing("3"), "on purpose");
      assert.throws(() => db.transaction(() => put.run("2")).immediate(), "UNIQUE constraint failed: day");
      put.run("4");
    }).immediate();
    assert.equal(days(), ["2", "4"]);
    const caught = db.transaction(() => {
      put.run("5");
      assert.throws(() => put.run("5"));
    }).immediate;
    assert.throws(caught, "a statement in it had failed");
    assert.equal(days(), ["2", "4"]);
    db.close();
  }));

test("what is set wrongly is said in plain words", () =>
  withFolder(async (dir) => {
    const password = join(dir, "password");
    writeFileSync(password, "x", { mode: 0o644 });
    const wrong = (settings: { url: string; passwordFile?: string }) => () =>
      openPostgres(settings, { application: "test", present: false });
    assert.throws(wrong({ url: "mysql://a@b/c" }), /postgres:\/\/USER@HOST/);
    assert.throws(wrong({ url: "postgres://a:b@c/d" }), /holds a password/);
    assert.throws(wrong({ url: "postgres://c/d" }), /name a user/);
    assert.throws(wrong({ url: "postgres://a@c/d", passwordFile: password }), /chmod 600/);
    assert.throws(wrong({ url: "postgres://a@c/d", passwordFile: `${password}2` }), /no such file/);
    writeFileSync(join(dir, SETTINGS_FILE), '[database]\nurl = "postgres://a@c/d"\npasswordFile = "p"\n');
    assert.is(loadPortalSettings(dir).database?.passwordFile, join(dir, "p"));
    writeFileSync(join(dir, SETTINGS_FILE), '[database]\nurl = "postgres://a@c/d"\npassword = "p"\n');
    assert.throws(() => loadPortalSettings(dir), /database/);
    const start = (replica: string) =>
      startPortal({
        ...{ dir, brokerUrl: "mqtt://127.0.0.1:9", port: 0, clock: testClock, log: silentLog, replica },
      }).then(
        () => "started",
        (thrown: Error) => thrown.message,
      );
    writeFileSync(join(dir, SETTINGS_FILE), "");
    assert.match(await start("a"), /several portals need PostgreSQL/);
    assert.match(await start("a/b"), /letters, digits/);
    writeFileSync(join(dir, SETTINGS_FILE), '[database]\nurl = "postgres://a@127.0.0.1:9/d"\n');
    assert.match(await start("a"), /"d" at 127.0.0.1:9 can not be used now/);
    writeFileSync(join(dir, "portal.db"), "");
    assert.match(await start("a"), /applications are in SQLite/);
  }));

test("values are found by place or by name, and never inside quotes", () => {
  const { text, order } = postgresText(
    "SELECT a AS takenAtMs, '?@x' FROM t WHERE b = @b AND c = @c OR d = @b",
  );
  assert.is(text, `SELECT a AS "takenAtMs", '?@x' FROM t WHERE b = $1 AND c = $2 OR d = $1`);
  assert.equal(order([{ b: 1, c: 2, other: 3 }]), [1, 2]);
  assert.throws(() => order([{ b: 1 }]), /@c/);
  assert.is(postgresText("VALUES (?, ?)").text, "VALUES ($1, $2)");
  assert.throws(() => postgresText("VALUES (?)").order([]), /1 values/);
});

test.run();
