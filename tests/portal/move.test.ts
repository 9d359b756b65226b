// Does a portal move from SQLite to PostgreSQL whole or not at all, and go on there as if nothing had been?
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Accounts } from "../../src/portal/access/accounts.js";
import { Audit } from "../../src/portal/access/audit.js";
import { Enrolment } from "../../src/portal/enrolment.js";
import { PORTAL_MIGRATIONS } from "../../src/portal/migrations.js";
import { moveCommand } from "../../src/portal/move/command.js";
import { keepReplicasOut, moveRows } from "../../src/portal/move/move.js";
import { OrderRows } from "../../src/portal/orders/order-rows.js";
import { loadPortalSettings, SETTINGS_FILE } from "../../src/portal/settings.js";
import { openDatabase } from "../../src/store/database.js";
import { newLookupCode } from "../../src/sync/protocol/lookup-code.js";
import { testClock } from "../store/fixtures.js";
import { until } from "../sync/rig.js";
import { startCommand } from "../wire/command.js";
import { Desk } from "./desk.js";
import { type Held, makeCopy, open, takeApplication, withFolder } from "./holdings.js";
import { connect } from "./on-postgres.js";
import { Postgres } from "./postgres.js";

const LIMIT_MS = 120_000;
const MANY = 600;

const nobody = { who: "mai", role: "officer", address: "::1", application: null, subject: "/" };

/** Rows as the rooms write them, in every room that needs no kiosk. */
const fill = async (held: Held, count: number): Promise<void> => {
  const { db, register, rows, deliveryRows, attempts, audit, dir } = held;
  new Enrolment(dir, db, testClock).enroll("T07", "PUBLIC KEY");
  const accounts = new Accounts(db, () => 1);
  if (accounts.all().every(({ name }) => name !== "mai"))
    accounts.add({ name: "mai", fullName: "Mai Thử", role: "officer", password: "x" });
  const made = await makeCopy(held, "7");
  rows.settle(made.copy.id, rows.intend(made.copy.id, "sign officer", "mai"), "done");
  deliveryRows.add(made.copy.id, "mail");
  attempts.begin("ab".repeat(32));
  const orders = new OrderRows(db);
  db.transaction(() => {
    for (let turn = 0; turn < count; turn += 1) {
      const { id } = takeApplication(held, newLookupCode());
      register.decide(id, "approve", { note: `Được '${turn}' \\ "x"`, appointment: null, by: "mai" });
      audit.write({ ...nobody, application: id, act: "application.read", detail: "é🙂" });
      if (turn % 10 === 0)
        orders.add("T07", 5_000, (sequence) => ({
          ...{ id: `order-${turn}`, kiosk: "T07", sequence, askedBy: "mai", issuedAtMs: 1, expiresAtMs: 9 },
          ...{ command: { name: "restart" } as never, envelope: "{}" },
        }));
    }
  }).immediate();
};

const argsOf = (postgres: Postgres, state: string): readonly string[] => [
  ...["portal", "move", "--state", state, "--to", postgres.settings.url],
  ...["--password-file", postgres.settings.passwordFile ?? ""],
];

interface Report {
  readonly rows: number;
  readonly wasThere: boolean;
  readonly kept: string | null;
  readonly audit: { readonly ok: boolean };
  readonly files: { readonly named: number; readonly missing: number };
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
}

/** In this process. */
const move = async (postgres: Postgres, dir: string, dryRun = false): Promise<Report> => {
  const said: string[] = [];
  const stdout = new Writable({ write: (chunk: Buffer, _, done) => done(void said.push(chunk.toString())) });
  const { url, passwordFile = "" } = postgres.settings;
  await moveCommand({ dir, to: url, passwordFile, dryRun, json: true }, { stdout, stderr: stdout });
  return JSON.parse(said.join("").trim().split("\n").at(-1) ?? "") as Report;
};

const rowsIn = async (postgres: Postgres): Promise<number> => {
  const tables = await postgres.query(`SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_name NOT IN ('schema_notes', 'audit_head')`);
  let rows = 0;
  for (const { name } of tables)
    rows += Number((await postgres.query(`SELECT count(*) AS n FROM "${String(name)}"`))[0]?.["n"]);
  return rows;
};

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "not refused",
    (thrown: Error) => thrown.message,
  );

test("killed in the middle nothing is there; run again everything is, and the portal goes on", () =>
  Postgres.with((postgres) =>
    Desk.with(async (desk) => {
      const { rig } = desk;
      const application = await desk.submit();
      const copy = await desk.certify(application, "1");
      const before = await rig.portal?.submissions();
      const args = argsOf(postgres, rig.dir);
      const running = await startCommand(args).ended;
      assert.is(running.code, 1);
      assert.match(running.stderr, /is in use by process \d+: stop it/);
      const rehearsed = await startCommand([...args, "--dry-run"]).ended;
      assert.is(rehearsed.code, 0, rehearsed.stderr);
      assert.match(rehearsed.stdout, /dry run: every row fitted and came back the same/);
      assert.is(await rowsIn(postgres), 0, "a rehearsal leaves nothing");
      await rig.portal?.end("SIGTERM");
      const held = open(rig.portalDir);
      await fill(held, MANY);
      held.db.close();

      const release = await postgres.hold("LOCK TABLE decisions IN SHARE MODE");
      const cut = startCommand(args);
      await until(
        "it waits at the locked table, with others full",
        async () =>
          (
            await postgres.query(`SELECT 1 FROM pg_stat_activity
            WHERE application_name = 'motcua portal move' AND wait_event_type = 'Lock'`)
          ).length > 0,
        LIMIT_MS,
      );
      cut.child.kill("SIGKILL");
      await cut.ended;
      await release();
      assert.is(await rowsIn(postgres), 0, "nothing half is left");
      assert.ok(existsSync(join(rig.portalDir, "portal.db")));
      assert.not.ok(existsSync(join(rig.portalDir, SETTINGS_FILE)));

      const moved = await startCommand([...args, "--json"]).ended;
      assert.is(moved.code, 0, moved.stderr);
      const report = JSON.parse(moved.stdout) as Report;
      assert.is(report.rows, await rowsIn(postgres), "the note of the move, in place of the audit's head");
      assert.is(report.audit.ok, true);
      assert.is(report.files.missing, 0);
      assert.not.ok(existsSync(join(rig.portalDir, "portal.db")));
      assert.ok(existsSync(join(rig.portalDir, report.kept ?? "")));

      await desk.startPortal();
      const after = await rig.portal?.submissions();
      const [first] = before ?? [];
      assert.equal(
        after?.find(({ submission }) => submission === application.submission),
        first,
      );
      const page = await desk.page(`/applications/${application.id}`);
      assert.match(page, /Nguyễn Thị Thử/);
      assert.ok(page.includes(copy), "its certified copy");
      const next = await desk.submit();
      assert.is(next.id, Math.max(...(after ?? []).map(({ id }) => id)) + 1);
      const db = connect(postgres, false);
      assert.is(new Audit(db, () => 0).verify().ok, true);
      db.close();
      const again = await startCommand(args.slice(0, 4)).ended;
      assert.match(again.stderr, /there is no such portal, or it was moved before/);
      assert.is(again.code, 1);
    }),
  ));

test("cut after the commit, the same command finishes what is left", () =>
  withFolder((dir) =>
    Postgres.with(async (postgres) => {
      const held = open(dir);
      await fill(held, 20);
      held.db.close();
      writeFileSync(join(dir, SETTINGS_FILE), 'agencyCode = "000.00.07.H29"');
      const { db: from } = openDatabase(join(dir, "portal.db"), PORTAL_MIGRATIONS);
      const to = connect(postgres, false);
      await keepReplicasOut(to);
      const parts = { from, to, nowMs: () => 1, onProgress: () => {} };
      assert.throws(
        () =>
          moveRows(parts, () => {
            throw new Error("cut");
          }),
        "cut",
      );
      to.close();
      from.close();
      const done = await move(postgres, dir);
      assert.is(done.wasThere, true);
      assert.is(done.rows, await rowsIn(postgres));
      assert.is(loadPortalSettings(dir).agencyCode, "000.00.07.H29");
      assert.is(loadPortalSettings(dir).database?.url, postgres.settings.url);
      const { db: old } = openDatabase(join(dir, done.kept ?? ""), PORTAL_MIGRATIONS);
      assert.throws(
        () => new Audit(old, () => 1).write({ ...nobody, act: "late", detail: "" }),
        /was moved to PostgreSQL/,
      );
      old.close();
    }),
  ));

test("a target that is in use, or has rows, is refused, and rows that do not fit leave nothing", () =>
  withFolder((dir) =>
    Postgres.with(async (postgres) => {
      const held = open(dir);
      await fill(held, 3);
      const replica = connect(postgres, true);
      assert.match(await refusal(move(postgres, dir, true)), /a portal, or another move, uses/);
      replica.prepare("INSERT INTO receipts (day, last) VALUES ('2026-11-20', 1)").run();
      replica.close();
      assert.match(await refusal(move(postgres, dir)), /not empty: its table receipts has 1 rows/);
      await postgres.query("DELETE FROM receipts");
      held.audit.write({ ...nobody, act: "a\0b", detail: "" });
      const said = await refusal(move(postgres, dir));
      assert.match(said, /table audit, rows \d+ to \d+: invalid byte sequence.*nothing was moved/);
      assert.is(await rowsIn(postgres), 0);
      assert.equal(
        readdirSync(dir).filter((name) => name === "portal.db" || name === SETTINGS_FILE),
        ["portal.db"],
      );
      held.db.close();
    }),
  ));

test("what portal.toml says is the target, and no other", () =>
  withFolder((dir) =>
    Postgres.with(async (postgres) => {
      const held = open(dir);
      await fill(held, 1);
      held.db.close();
      writeFileSync(join(dir, SETTINGS_FILE), postgres.toml);
      const text = readFileSync(join(dir, SETTINGS_FILE), "utf8");
      const other = { dir, to: "postgres://a@b/c", dryRun: false, json: true };
      const nowhere = { stdout: process.stdout, stderr: process.stderr };
      assert.match(await refusal(moveCommand(other, nowhere)), /names .* already: leave --to out/);
      const done = await move(postgres, dir);
      assert.is(done.wasThere, false);
      assert.is(readFileSync(join(dir, SETTINGS_FILE), "utf8"), text);
    }),
  ));

test.run();
