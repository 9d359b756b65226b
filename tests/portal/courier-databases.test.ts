// Is what a stick brings taken in once on either database, whoever dies meanwhile, and does the audit tell of it?
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SETTINGS_FILE } from "../../src/portal/settings.js";
import { Walk } from "../sync/courier-rig.js";
import { allAccepted, PortalProcess, until } from "../sync/rig.js";
import { Postgres } from "./postgres.js";

const PORTAL = fileURLToPath(new URL("../sync/courier-portal.js", import.meta.url));
const LIMIT_MS = 120_000;

interface AuditLine {
  readonly act: string;
  readonly text: string;
}

/** What the desk shows an administrator, newest first. */
const auditOf = async (portal: PortalProcess): Promise<readonly AuditLine[]> => {
  const page = await (await portal.fetch("/audit?who=courier", {}, "administrator")).text();
  return page.split("<tr").flatMap((text) => {
    const act = /courier\.[a-z]+/.exec(text)?.[0];
    return act === undefined ? [] : [{ act, text }];
  });
};

const numbersIn = (lines: readonly AuditLine[]): readonly string[] =>
  lines
    .filter(({ act }) => act === "courier.taken")
    .map(({ text }) => /number (\d+) of the kiosk/.exec(text)?.[1] ?? "");

/** Stick first, a kill in the middle, another portal beside it where there can be one, then the link. */
const story = async (walk: Walk, several: boolean): Promise<void> => {
  const { rig, stick, courier } = walk;
  const sent = [await rig.enqueue(2_500_000, 40_000), await rig.enqueue(), await rig.enqueue(900_000)];
  await courier.export(stick);
  const first = await walk.startPortal();
  await new Promise((resolve) => setTimeout(resolve, 40));
  await first.end("SIGKILL");
  const other = several ? await PortalProcess.start(rig.portalDir, rig.broker.url, 0, PORTAL) : null;
  try {
    const portal = await walk.startPortal();
    await walk.answered();
    assert.is((await courier.acknowledge(stick)).waiting, 0);
    await walk.assertEachOnce(portal, sent);
    sent.push(await rig.enqueue(3000));
    rig.startLink();
    await until("the later one comes by the link", allAccepted(rig, sent.length), LIMIT_MS);
    await walk.assertEachOnce(portal, sent);
    await until("the audit has its last word", async () =>
      (await auditOf(portal)).some(({ act }) => act === "courier.answered"),
    );
    const audit = await auditOf(portal);
    const numbers = numbersIn(audit);
    assert.is(new Set(numbers).size, numbers.length, "each at most once");
    assert.not.ok(numbers.includes(String(sent[3]?.sequence)), "what came by the link is not the courier's");
    assert.is(audit.at(-1)?.act, "courier.begun");
    assert.match(audit.at(-1)?.text ?? "", /bundle [0-9a-f]{8} of T01.*3 submissions/s);
    assert.match(
      (await portal.fetch("/audit?verify=yes", {}, "administrator").then((page) => page.text())) ?? "",
      /[0-9a-f]{64}/,
    );
  } finally {
    await other?.end("SIGKILL");
  }
};

test("on SQLite", () => Walk.with((walk) => story(walk, false)));

test("on PostgreSQL, with two replicas at one stick", () =>
  Postgres.with((postgres) =>
    Walk.with(async (walk) => {
      mkdirSync(walk.rig.portalDir, { recursive: true });
      writeFileSync(join(walk.rig.portalDir, SETTINGS_FILE), postgres.toml);
      await story(walk, true);
      const taken = await postgres.query("SELECT submission FROM applications");
      assert.is(taken.length, 4);
      assert.equal(await postgres.query("SELECT 1 FROM staged_chunks"), []);
    }),
  ));

test("taken in undisturbed, every submission is named once, with its number", () =>
  Walk.with(async (walk) => {
    const { rig, stick, courier } = walk;
    const sent = [await rig.enqueue(900), await rig.enqueue(), await rig.enqueue(50_000)];
    await courier.export(stick);
    const portal = await walk.startPortal();
    await walk.answered();
    await until("the audit has its last word", async () =>
      (await auditOf(portal)).some(({ act }) => act === "courier.answered"),
    );
    const audit = await auditOf(portal);
    assert.equal([...numbersIn(audit)].sort(), sent.map(({ sequence }) => String(sequence)).sort());
    assert.equal([audit.at(-1)?.act, audit[0]?.act], ["courier.begun", "courier.answered"]);
    assert.match(audit[0]?.text ?? "", /taken 3, known 0, refused 0, damaged 0, postponed 0/);
    const [entry] = await portal.submissions();
    const page = await portal.fetch(`/audit?application=${entry?.id}`, {}, "administrator");
    assert.match(await page.text(), /courier\.taken/);
  }));

test.run();
