// Is each result rated once, and can nobody find out who said what?
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FEWEST_SHOWN, opinionsOver } from "../../src/portal/opinion-sums.js";
import { OPINIONS_KEY, Opinions, opinionsKey } from "../../src/portal/opinions.js";
import type { Application } from "../../src/portal/register.js";
import { hashLookupCode, newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { testClock } from "../store/fixtures.js";
import { allAccepted, Rig, until } from "../sync/rig.js";
import { type Held, takeApplication, withHeld } from "./holdings.js";

const LIMIT_MS = 60_000;

const finished = (held: Held): Application => {
  const { id } = takeApplication(held, newLookupCode());
  held.register.decide(id, "approve", { by: "thu", note: "", appointment: null });
  return held.register.decide(id, "ready", { by: "thu", note: "", appointment: null });
};

const opinionsOf = (held: Held) => new Opinions({ ...held, key: opinionsKey(held.dir), clock: testClock });

const THIS_YEAR = { from: "2000-01-01", to: "2999-12-31" };

test("once an application, whichever way; not before there is a result", () =>
  withHeld(async (held) => {
    const opinions = opinionsOf(held);
    assert.is(opinions.give(undefined, 5), "unknown");
    assert.is(opinions.give(takeApplication(held, newLookupCode()), 5), "notYet");
    const application = finished(held);
    assert.is(opinions.given(application), false);
    assert.is(opinions.give(application, 4), "counted");
    assert.is(opinions.give(opinions.ofToken(opinions.token(application.id)), 1), "already");
    assert.is(opinionsOf(held).given(application), true, "the key outlives the process");
    assert.equal(held.db.prepare("SELECT stars, count FROM result_opinions").all(), [{ stars: 4, count: 1 }]);
  }));

test("a token opens its own application, and a changed one nothing", () =>
  withHeld(async (held) => {
    const opinions = opinionsOf(held);
    const application = finished(held);
    const token = opinions.token(application.id);
    assert.is(opinions.ofToken(token)?.id, application.id);
    assert.is.not(
      opinions.token(application.id),
      token,
      "two letters do not show that they are of one application",
    );
    for (const wrong of [`A${token.slice(1)}`, token.slice(1), "", "x".repeat(48)])
      if (wrong !== token) assert.is(opinions.ofToken(wrong), undefined, wrong);
  }));

test("nothing in the database joins an opinion to an application", () =>
  withHeld(async (held) => {
    const opinions = opinionsOf(held);
    const applications = Array.from({ length: 8 }, () => finished(held));
    for (const [place, application] of applications.entries()) opinions.give(application, 1 + (place % 5));
    const columns = (table: string) =>
      (held.db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as { name: string }[]).map(
        ({ name }) => name,
      );
    assert.equal(columns("result_opinions_given"), ["mark"]);
    assert.equal(columns("result_opinions"), ["month", "procedure_code", "stars", "count"]);
    const marks = held.db.prepare("SELECT mark FROM result_opinions_given").pluck().all() as Buffer[];
    assert.equal(marks, [...marks].sort(Buffer.compare), "their order is that of the hashes, not of time");
    const inOrder = applications.map(({ id }) => id);
    assert.is(marks.length, inOrder.length);
    const acts = held.audit.read({ who: null, application: null }, 100, 0).map(({ act }) => act);
    assert.not.ok(acts.some((act) => act.includes("opinion")));
    assert.is(
      readFileSync(join(held.dir, OPINIONS_KEY)).length,
      32,
      "the key of the marks is not in the database",
    );
  }));

test("few answers are shown with others' or not at all", () =>
  withHeld(async ({ db }) => {
    const put = (code: string, count: number) =>
      db
        .prepare(
          "INSERT INTO result_opinions (month, procedure_code, stars, count) VALUES ('2026-11', ?, 5, ?)",
        )
        .run(code, count);
    put("many", FEWEST_SHOWN);
    put("few", FEWEST_SHOWN - 1);
    const alone = opinionsOver(db, THIS_YEAR);
    assert.equal(
      alone.procedures.map(({ code }) => code),
      ["many"],
    );
    assert.equal(
      [alone.others[4], alone.all[4]],
      [0, FEWEST_SHOWN],
      "one alone would be known by the difference",
    );
    put("fewer", 1);
    const together = opinionsOver(db, THIS_YEAR);
    assert.equal([together.others[4], together.all[4]], [FEWEST_SHOWN, 2 * FEWEST_SHOWN]);
    assert.is(opinionsOver(db, { from: "2026-10-01", to: "2026-10-31" }).all[4], 0);
  }));

test("from the public page, from the letter and from the kiosk; the statistics tell visit and result apart", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    const link = rig.startLink();
    const sent = [await rig.enqueue(3_000), await rig.enqueue(3_000)];
    await until("both are accepted", allAccepted(rig, 2), LIMIT_MS);
    for (const { id } of await portal.submissions())
      for (const action of ["approve", "ready"]) await portal.decide(id, action);
    const [first, second] = sent;
    const code = first?.lookupCode ?? "";
    const page = async () => (await fetch(`${portal.url}/lookup?code=${encodeURIComponent(code)}`)).text();
    assert.match(await page(), /action="\/lookup\/opinion"/);
    const post = () =>
      fetch(`${portal.url}/lookup/opinion`, {
        method: "POST",
        headers: { origin: portal.url },
        body: new URLSearchParams({ code, stars: "5" }),
      });
    assert.match(await (await post()).text(), /Your opinion was counted/);
    assert.match(await (await post()).text(), /rated before/);
    assert.not.match(await page(), /action="\/lookup\/opinion"/);
    assert.is(await link.sayOpinion?.(hashLookupCode(code), 1), "already");
    assert.is(await link.sayOpinion?.(second?.lookupHash ?? "", 2), "counted");
    assert.is(await link.sayOpinion?.(hashLookupCode(newLookupCode()), 2), "unknown");
    assert.is((await fetch(`${portal.url}/opinion/nonsense`)).status, 404);
    const sums = (await (await portal.fetch("/api/statistics")).json()) as {
      results: ReturnType<typeof opinionsOver>;
    };
    assert.is(sums.results.all[4], 0, "two answers are too few to be shown");
    const csv = await (await portal.fetch("/statistics.csv")).text();
    assert.match(csv, /\r\nallResults,,,,,,,,,,0,0,0,0,0,0,\r\n/);
    assert.match(await (await portal.fetch("/statistics")).text(), /Hài lòng sau khi có kết quả/);
    const audit = await (await portal.fetch("/audit", {}, "administrator")).text();
    assert.not.match(audit, /opinion/);
  }));

test.run();
