// Do the office's sums say what happened: how many, how soon, how content, and nobody's name?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Clock } from "../../src/core/clock.js";
import { localDay } from "../../src/portal/appointments.js";
import { FeeRows } from "../../src/portal/fees/fee-rows.js";
import { PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { meanOfFaces, Ratings } from "../../src/portal/ratings.js";
import { Statistics } from "../../src/portal/statistics.js";
import { statisticsCsv } from "../../src/portal/statistics-csv.js";
import { type Db, openDatabase } from "../../src/store/database.js";
import { encode } from "../../src/sync/protocol/validate.js";
import { artefact } from "../screens/artefacts.js";
import { openChromium } from "../screens/stage.js";
import { testClock } from "../store/fixtures.js";
import { allAccepted, KIOSK, Rig, SENTINEL, until } from "../sync/rig.js";
import { NAMES, PASSWORD } from "./people.js";

const local = (minute: string): number => Date.parse(`${minute}:00+07:00`);

interface Case {
  readonly kiosk?: string;
  readonly code?: string;
  readonly title?: string;
  readonly state: string;
  readonly taken: string;
  readonly appointment?: string;
  /** Decisions as action and minute. */
  readonly decided?: readonly (readonly [action: string, at: string])[];
}

const put = (db: Db, cases: readonly Case[]): void => {
  for (const [place, one] of cases.entries()) {
    const { lastInsertRowid } = db
      .prepare(`INSERT INTO applications (kiosk, submission, sequence, procedure_code, procedure_title, slip_number,
        lookup_hash, portal_key_id, manifest, documents, receipt_number, appointment, state, revision, taken_at_ms)
        VALUES (?, ?, ?, ?, ?, ?, x'00', 'k', x'00', '[]', ?, ?, ?, 1, ?)`)
      .run(
        ...[
          one.kiosk ?? "K1",
          `s${place}`,
          place + 1,
          one.code ?? "A",
          one.title ?? "Thủ tục A",
          `N${place}`,
        ],
        ...[`R${place}`, one.appointment ?? null, one.state, local(one.taken)],
      );
    for (const [action, at] of one.decided ?? [])
      db.prepare("INSERT INTO decisions (application, at_ms, action, note) VALUES (?, ?, ?, '')").run(
        ...[lastInsertRowid, local(at), action],
      );
  }
};

const withPortalDb = (act: (db: Db) => void): void => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-statistics-"));
  const { db } = openDatabase(join(dir, "portal.db"), PORTAL_MIGRATIONS);
  try {
    act(db);
  } finally {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  }
};

const NOVEMBER = { from: "2026-11-01", to: "2026-11-30" } as const;
const NOW = local("2026-11-20T10:00");

const at = (epochMs: number): Clock =>
  Object.assign(Object.create(testClock) as Clock, { wall: () => ({ epochMs, trust: "trusted" }) });

test("counted on the day of taking in, on time or late by the appointment, days as the median", () =>
  withPortalDb((db) => {
    put(db, [
      { state: "received", taken: "2026-10-31T23:59" },
      { state: "received", taken: "2026-11-01T00:00", appointment: "2026-11-25T08:00" },
      { state: "inReview", taken: "2026-11-02T08:00", appointment: "2026-11-05T08:00" },
      {
        ...{ state: "ready", taken: "2026-11-03T08:00", appointment: "2026-11-05T08:00" },
        decided: [
          ["approve", "2026-11-03T09:00"],
          ["ready", "2026-11-05T08:00"],
          ["answer", "2026-11-09T08:00"],
        ],
      },
      {
        ...{ state: "ready", taken: "2026-11-03T08:00", appointment: "2026-11-05T08:00" },
        decided: [["ready", "2026-11-07T08:00"]],
      },
      {
        ...{
          state: "refused",
          taken: "2026-11-04T08:00",
          appointment: "2026-11-09T08:00",
          code: "B",
          kiosk: "K2",
        },
        ...{ title: "Thủ tục B", decided: [["refuse", "2026-11-05T08:00"]] },
      },
      { state: "received", taken: "2026-11-30T23:59", code: "B", title: "Thủ tục B, tên mới" },
      { state: "received", taken: "2026-12-01T00:00" },
    ]);
    const { all, procedures, kiosks } = new Statistics(db, new Ratings(db), at(NOW), new FeeRows(db)).over(
      NOVEMBER,
    );
    const { taken, open, overdue, ready, refused, late, medianDays } = all;
    assert.equal(
      { taken, open, overdue, ready, refused, late, medianDays },
      { taken: 6, open: 3, overdue: 1, ready: 2, refused: 1, late: 1, medianDays: 2 },
    );
    assert.equal(
      procedures.map((each) => [each.code, each.title, each.taken, each.medianDays]),
      [
        ["A", "Thủ tục A", 4, 3],
        ["B", "Thủ tục B, tên mới", 2, 1],
      ],
    );
    assert.equal(
      kiosks.map((each) => [each.kiosk, each.taken]),
      [
        ["K1", 5],
        ["K2", 1],
      ],
    );
  }));

test("counts of faces grow, also when they come late, twice, or not as a message at all", () =>
  withPortalDb((db) => {
    const ratings = new Ratings(db);
    const tell = (faces: readonly number[], day = "2026-11-03", procedure = "A") =>
      ratings.keep("K1", encode({ v: 1, days: [{ day, procedure, faces }] }));
    tell([0, 1, 0, 2, 7]);
    tell([0, 1, 0, 2, 9]);
    tell([0, 1, 0, 2, 7]);
    tell([5, 0, 0, 0, 0], "2026-12-01");
    tell([0, 0, 0, 0, -1]);
    tell([1, 1, 1, 1, 1, 1]);
    tell([1, 0, 0, 0, 0], "yesterday");
    ratings.keep("K1", Buffer.from("{"));
    const [group, ...others] = ratings.over(NOVEMBER.from, NOVEMBER.to);
    assert.equal(others, []);
    assert.equal(group, { kiosk: "K1", procedure: "A", faces: [0, 1, 0, 2, 9] });
    assert.is(meanOfFaces([1, 0, 0, 0, 1]), 3);
    assert.is(meanOfFaces([0, 0, 0, 0, 0]), null);
    const found = new Statistics(db, ratings, testClock, new FeeRows(db)).over(NOVEMBER);
    assert.equal(found.all.faces, [0, 1, 0, 2, 9]);
    assert.is(found.procedures[0]?.taken, 0, "known by its faces alone");
  }));

test("a spreadsheet gets text as text, whatever a kiosk called its procedure", () =>
  withPortalDb((db) => {
    put(db, [{ state: "received", taken: "2026-11-02T08:00", title: '=HYPERLINK("http://x","y")' }]);
    const csv = statisticsCsv(new Statistics(db, new Ratings(db), testClock, new FeeRows(db)).over(NOVEMBER));
    assert.ok(csv.startsWith("\uFEFFgroup,code,title,taken"));
    assert.ok(csv.includes(`procedure,A,"'=HYPERLINK(""http://x"",""y"")",1,`), csv);
  }));

test("from a citizen's touch to the office's page: told over the link, shown to who may see it", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    rig.store.addRating(5, "2.000815");
    rig.store.addRating(5, "2.000815");
    rig.store.addRating(2, "2.000815");
    rig.startLink();
    await rig.enqueue(4_000);
    await until("it is accepted", allAccepted(rig, 1), 60_000);
    const sums = async () =>
      (await (await portal.fetch("/api/statistics")).json()) as ReturnType<Statistics["over"]>;
    await until("the faces are known", async () => (await sums()).all.faces[4] === 2, 60_000);
    const { all, procedures, kiosks, period } = await sums();
    assert.equal([all.taken, all.open, all.faces], [1, 1, [0, 1, 0, 0, 2]]);
    assert.equal(
      procedures.map(({ code, taken, faces }) => [code, taken, faces]),
      [["2.000815", 1, [0, 1, 0, 0, 2]]],
    );
    assert.is(kiosks[0]?.kiosk, KIOSK);
    assert.is(period.to, localDay(testClock.wall().epochMs));
    rig.store.addRating(1, "2.000815");
    await until("a later face is known, too", async () => (await sums()).all.faces[0] === 1, 60_000);
    const statusOf = async (path: string, role: "agency" | "operations") =>
      (await portal.fetch(path, {}, role)).status;
    assert.equal(
      [await statusOf("/statistics", "agency"), await statusOf("/statistics", "operations")],
      [200, 403],
    );
    for (const wrong of ["from=2026-13-45", "from=x", "from=2026-11-02&to=2026-11-01"])
      assert.is((await portal.fetch(`/statistics?${wrong}`)).status, 400, wrong);
    const csv = await (await portal.fetch("/statistics.csv")).text();
    assert.match(
      csv,
      /procedure,2\.000815,"?Chứng thực bản sao từ bản chính"?,1,1,0,0,0,0,,1,1,0,0,2,4,3\.25\r\n/,
    );
    assert.not.ok(csv.includes(SENTINEL));
    const chromium = await openChromium();
    try {
      const context = await chromium.context({ width: 1280, height: 1000 });
      const page = await context.newPage();
      await page.goto(`${portal.url}/statistics`);
      await page.getByLabel("Tên đăng nhập").fill(NAMES.officer);
      await page.getByLabel("Mật khẩu").fill(PASSWORD);
      await page.getByRole("button", { name: "Đăng nhập" }).click();
      await page.getByRole("heading", { name: "Theo thủ tục" }).waitFor();
      assert.ok(
        await page
          .getByRole("img", { name: /Rất hài lòng: 2/ })
          .first()
          .isVisible(),
      );
      await artefact(page, "portal-statistics");
    } finally {
      await chromium.end();
    }
  }));

test.run();
