// Do replicas on one PostgreSQL keep out of each other's way?
import { spawn } from "node:child_process";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { OrderRows } from "../../src/portal/orders/order-rows.js";
import { PostgresPeers } from "../../src/portal/replicas/peers.js";
import { SharedParts } from "../../src/portal/replicas/shared-parts.js";
import { SharedTickets } from "../../src/portal/replicas/shared-tickets.js";
import { makeCopy, withFolder } from "./holdings.js";
import { connect, heldOn } from "./on-postgres.js";
import { Postgres } from "./postgres.js";

const RACE = fileURLToPath(new URL("./race-process.js", import.meta.url));
const RACERS = 3;
const TURNS = 25;

const startRacer = async (postgres: Postgres, dir: string) => {
  const child = spawn(process.execPath, [RACE, JSON.stringify(postgres.settings), dir, String(TURNS)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
  return { go: () => child.stdin.write("go\n"), ended };
};

test("several that write at once make one chain, one row of receipts, and fill no slot twice", () =>
  withFolder((dir) =>
    Postgres.with(async (postgres) => {
      const db = connect(postgres);
      const held = heldOn(db, dir);
      const racers = await Promise.all(Array.from({ length: RACERS }, () => startRacer(postgres, dir)));
      for (const racer of racers) racer.go();
      assert.equal(await Promise.all(racers.map(({ ended }) => ended)), [0, 0, 0]);
      const all = held.register.all();
      const wanted = RACERS * TURNS;
      assert.is(new Set(all.map(({ receiptNumber }) => receiptNumber)).size, wanted);
      assert.is(new Set(all.map(({ appointment }) => appointment)).size, wanted, "a slot has room for one");
      assert.equal(held.audit.verify(), { ok: true, rows: wanted });
      const places = new OrderRows(db).ofKiosk("T01", 1000).map(({ sequence }) => sequence);
      assert.equal(
        places,
        Array.from({ length: wanted }, (_, place) => wanted - place),
      );
      const refused = await postgres.query("DELETE FROM audit").catch((thrown: Error) => thrown.message);
      assert.is(refused, "the audit only grows");
      db.close();
    }),
  ));

test("what one holds the other does not get, until it is gone", () =>
  Postgres.with(async (postgres) => {
    const [one, two] = [connect(postgres), connect(postgres)];
    const [first, second] = [new PostgresPeers(one), new PostgresPeers(two)];
    const release = first.hold("x");
    assert.ok(release);
    assert.is(second.hold("x"), null);
    release?.();
    second.hold("x")?.();
    assert.is(first.claim("birth/T01", 60_000), true);
    assert.is(second.claim("birth/T01", 60_000), false);
    assert.is(second.claim("birth/T02", 0), true);
    assert.is(first.claim("birth/T02", 60_000), true);
    const ticket = new SharedTickets(one).give("copy");
    assert.is(new SharedTickets(two).copyOf(ticket), "copy");
    assert.is(new SharedTickets(two).copyOf(`${ticket}x`), undefined);
    assert.is(first.isAlone(), false);
    const kept = second.hold("y");
    assert.ok(kept);
    two.close();
    const deadline = performance.now() + 60_000;
    while (!first.isAlone() && performance.now() < deadline) await new Promise((go) => setTimeout(go, 20));
    assert.is(first.isAlone(), true);
    assert.ok(first.hold("y"), "it ended with the connection");
    one.close();
  }));

test("chunks at two replicas, in any order and twice, make one document", () =>
  withFolder((dir) =>
    Postgres.with(async (postgres) => {
      const dbs = [connect(postgres), connect(postgres)];
      const parts = dbs.map((db) => new SharedParts(db, dir));
      const [a, b] = parts as [SharedParts, SharedParts];
      const bytes = randomBytes(1000);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const submission = randomUUID();
      const document = { index: 0, sha256, length: 1000 } as never;
      const chunk = (offset: number, to: number) => ({
        ...{ submission, document: sha256, offset, bytes: bytes.subarray(offset, to) },
      });
      const missing = () => b.missing("T01", submission, [document]);
      assert.is(a.append("T01", chunk(0, 100), document), false, "of nothing that is announced");
      dbs[0]
        ?.prepare("INSERT INTO incoming (kiosk, submission, manifest, started_at_ms) VALUES ('T01', ?, ?, 1)")
        .run(submission, randomBytes(3));
      a.append("T01", chunk(600, 1000), document);
      b.append("T01", chunk(0, 300), document);
      assert.equal(missing(), [{ document: sha256, from: 300, to: 600 }]);
      a.append("T01", chunk(0, 300), document);
      a.append("T01", chunk(250, 650), document);
      assert.equal(missing(), []);
      assert.is(a.append("T01", { ...chunk(0, 10), offset: 995 }, document), false, "beyond its end");
      const gathered = () => readFileSync(a.gather("T01", submission, document));
      assert.equal(gathered(), bytes);
      b.append("T01", { ...chunk(0, 300), bytes: randomBytes(400) }, document);
      assert.not.equal(gathered(), bytes, "the longer chunk counts");
      a.drop("T01", submission, document);
      assert.equal(missing(), [{ document: sha256, from: 0, to: 1000 }]);
      for (const db of dbs) db.close();
    }),
  ));

test("a delivery that one began no other takes up, unless its time is over or nobody else is left", () =>
  withFolder((dir) =>
    Postgres.with(async (postgres) => {
      const [one, two] = [connect(postgres), connect(postgres)];
      const [first, second] = [
        heldOn(one, dir, new PostgresPeers(one)),
        heldOn(two, dir, new PostgresPeers(two)),
      ];
      const made = await makeCopy(first, "1");
      first.deliveryRows.add(made.copy.id, "mail");
      const seen = [first.deliveryRows.due(), second.deliveryRows.due()];
      const begun = [first, second].map(({ deliveryRows }, place) => {
        const delivery = seen[place];
        return delivery !== undefined && deliveryRows.begin(delivery);
      });
      assert.equal(begun, [true, false]);
      assert.is(second.deliveryRows.due(), undefined);
      second.deliveryRows.release();
      assert.is(second.deliveryRows.due()?.attempts, 1);
      one.close();
      two.close();
    }),
  ));

test("a server that crashes is told as such, and used again when it is back", () =>
  Postgres.with(async (postgres) => {
    const db = connect(postgres);
    const count = () => db.prepare("SELECT count(*) FROM kiosks").pluck().get();
    assert.is(count(), 0);
    const cut = db.transaction(() => count()).immediate;
    await postgres.crash();
    assert.throws(count, /can not be used now/);
    assert.throws(cut, /can not be used now/);
    await postgres.start();
    const deadline = performance.now() + 60_000;
    for (;;) {
      try {
        assert.is(cut(), 0);
        break;
      } catch (thrown) {
        if (performance.now() > deadline) throw thrown;
        await new Promise((go) => setTimeout(go, 50));
      }
    }
    db.close();
  }));

test.run();
