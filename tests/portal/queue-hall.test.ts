// From a number at the kiosk to the board in the hall and back, through a real broker, portal and browser.
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { localDay } from "../../src/portal/appointments.js";
import { startLink } from "../../src/sync/link.js";
import { artefact } from "../screens/artefacts.js";
import { axeComplaints, loadAxe } from "../screens/audit.js";
import { type Chromium, openChromium } from "../screens/stage.js";
import { testClock } from "../store/fixtures.js";
import { KIOSK, QUICK, Rig, until } from "../sync/rig.js";
import { NAMES, PASSWORD } from "./people.js";
import { GROUPS, PLACE, SERVICES } from "./queue-rig.js";

const LIMIT_MS = 60_000;
const DAY = localDay(testClock.wall().epochMs);

const take = (rig: Rig, group: string | null = null, service = "general") =>
  rig.store.tickets.take({
    ...{ day: DAY, letters: service === "land" ? "B" : "A", service, group },
    ...{ atMs: testClock.wall().epochMs, wallTrust: "trusted" },
  });

const startQueueLink = (rig: Rig) => {
  rig.link = startLink({
    ...{ store: rig.store, kioskId: KIOSK, url: rig.broker.url, clock: testClock, log: silentLog },
    ...{ telemetry: () => ({}), timings: QUICK },
    queue: { place: PLACE, services: SERVICES, groups: GROUPS },
  });
  return rig.link;
};

const post = (rig: Rig, path: string, form: Readonly<Record<string, string>>) =>
  rig.portal?.fetch(path, { method: "POST", body: new URLSearchParams(form) });

/** Of the ticket at the counter, as the page's own form says it. */
const currentOn = (html: string): string =>
  /action="\/queue\/again"><input[^>]*><input[^>]*><input type="hidden" name="current" value="(\d+)"/.exec(
    html,
  )?.[1] ?? "0";

const call = async (rig: Rig, act = "call") => {
  const page = (await (await rig.portal?.fetch(`/queue?place=${PLACE}`))?.text()) ?? "";
  return post(rig, `/queue/${act}`, { place: PLACE, counter: "3", current: currentOn(page) });
};

let chromium: Chromium;
test.before(async () => {
  chromium = await openChromium();
});
test.after(() => chromium.end());

test("numbers of a time without a link are told when it is there, once; a call comes back to the kiosk", () =>
  Rig.with(async (rig) => {
    const early = take(rig);
    const portal = await rig.startPortal();
    const link = startQueueLink(rig);
    await until("the early number is confirmed", () => rig.store.tickets.untold(9).length === 0, LIMIT_MS);
    const late = take(rig, "elderly");
    await until("so is the late one", () => rig.store.tickets.untold(9).length === 0, LIMIT_MS);
    await until("the kiosk knows of both", () => link.queue?.state?.counted["A"] === 2, LIMIT_MS);
    assert.equal(link.queue?.state?.services[0]?.before, { "": 2, elderly: 1 });
    assert.is(
      (await post(rig, "/queue/counter", { place: PLACE, counter: "3", services: "general" }))?.status,
      303,
    );
    assert.is((await call(rig))?.status, 303);
    await until("the call is known", () => link.queue?.state?.called[0]?.label === late.label, LIMIT_MS);
    assert.is(link.queue?.state?.called[0]?.counter, "3");
    const stale = await post(rig, "/queue/call", { place: PLACE, counter: "3", current: "0" });
    assert.is(stale?.status, 409, "another window has called meanwhile");
    assert.is((await call(rig, "served"))?.status, 303);
    assert.is((await call(rig))?.status, 303);
    await until("the other is called", () => link.queue?.state?.called[0]?.label === early.label, LIMIT_MS);
    assert.is((await portal.fetch("/queue", {}, "operations")).status, 403);
    const audit = await (await portal.fetch("/audit", {}, "administrator")).text();
    for (const act of ["queue.counterOpened", "queue.called", "queue.called.failed", "queue.served"])
      assert.ok(audit.includes(act), act);
    assert.is((await fetch(`${portal.url}/board?place=${PLACE}`)).status, 200, "this very machine");
    assert.ok(readFileSync(`${rig.portalDir}/opinions.key`).length === 32);
  }));

test("the board shows and announces each call, keeps quiet about the past, and outlives the portal", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    const link = startQueueLink(rig);
    for (let turn = 0; turn < 9; turn += 1)
      take(rig, turn % 4 === 1 ? "elderly" : null, turn % 3 === 2 ? "land" : "general");
    await until(
      "all are told",
      () => link.queue?.state?.services.reduce((sum, each) => sum + each.waiting, 0) === 9,
      LIMIT_MS,
    );
    await post(rig, "/queue/counter", { place: PLACE, counter: "3", services: "general" });
    await call(rig);
    const context = await chromium.context({ width: 1920, height: 1080 });
    const board = await context.newPage();
    const complaints: string[] = [];
    board.on("pageerror", (error) => complaints.push(error.message));
    const announced = (labels: string) =>
      until(
        `announced: ${labels}`,
        async () => (await board.getAttribute("body", "data-announced")) === labels,
        LIMIT_MS,
      );
    await board.goto(`${portal.url}/board?place=${PLACE}`);
    await board.waitForSelector("#now b");
    assert.is(await board.textContent("#now b"), "A002");
    assert.is(
      await board.getAttribute("body", "data-announced"),
      null,
      "what was called before it was opened is not called again",
    );
    await call(rig);
    await announced("A001");
    await call(rig, "again");
    await announced("A001 A001");
    await loadAxe(board);
    complaints.push(...(await axeComplaints(board)));
    // From 8 m: capitals of 81 lines on a display of 43 inches, so letters of 114 px; a line is 1.15 of that.
    for (const place of ["#now b", "#past b"]) {
      const box = await board.locator(place).first().boundingBox();
      assert.ok((box?.height ?? 0) >= 114 * 1.15 - 1, `${place}: ${box?.height} px`);
    }
    await artefact(board, "board");
    const port = Number(new URL(portal.url).port);
    await portal.end("SIGKILL");
    await rig.startPortal(port);
    await call(rig);
    await until(
      "the call after the restart",
      async () => (await board.textContent("#now b")) === "A003",
      LIMIT_MS,
    );
    assert.is(
      await board.getAttribute("body", "data-announced"),
      "A001 A001 A003",
      "each once, over the restart too",
    );
    const desk = await context.newPage();
    await desk.goto(`${portal.url}/login`);
    await desk.fill("input[name=name]", NAMES.officer);
    await desk.fill("input[name=password]", PASSWORD);
    await desk.click("main button");
    await desk.goto(`${portal.url}/queue?place=${PLACE}`);
    await loadAxe(desk);
    // The board is for the hall; the desk's pages keep to AA.
    const atDesk = (await axeComplaints(desk)).filter((each) => !each.startsWith("color-contrast-enhanced"));
    complaints.push(...atDesk);
    await artefact(desk, "queue-desk");
    take(rig, "elderly");
    await until(
      "the page follows by itself",
      async () => /8 người đang chờ|7 người đang chờ/.test((await desk.textContent("main .sub")) ?? ""),
      LIMIT_MS,
    );
    assert.equal(complaints, []);
    await context.close();
  }));

test("the call is spoken by the portal's machine, and only what is called now", () =>
  Rig.with(async (rig) => {
    const portal = await rig.startPortal();
    const link = startQueueLink(rig);
    take(rig);
    await until("it is told", () => link.queue?.state?.services[0]?.waiting === 1, LIMIT_MS);
    await post(rig, "/queue/counter", { place: PLACE, counter: "3", services: "general" });
    const voice = () => fetch(`${portal.url}/board/calls/1/voice.wav?place=${PLACE}`);
    assert.is((await voice()).status, 404);
    await call(rig);
    const sound = await voice();
    assert.is(sound.status, 200);
    const bytes = Buffer.from(await sound.arrayBuffer());
    assert.is(bytes.toString("latin1", 0, 4), "RIFF");
    assert.ok(bytes.length > 40_000, `${bytes.length} bytes`);
  }));

test.run();
