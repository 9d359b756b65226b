// Can somebody who sees nothing do a whole visit, on the real stack, in a real browser, with a number pad alone?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CATALOGUES } from "../../src/screen/texts/texts.js";
import { type Started, startCommand } from "../wire/command.js";
import { axeComplaints, loadAxe } from "./audit.js";
import { act, at, attribute, choose, dockState, hears, item, press, said, until, walkTo } from "./ear.js";
import { type Chromium, LANDSCAPE, openChromium } from "./stage.js";

interface World {
  kiosk: Started;
  chromium: Chromium;
  page: Page;
  dockUrl: string;
}

const { vi } = CATALOGUES;
const test = suite<World>("by-ear-visit");
const folder = mkdtempSync(join(tmpdir(), "motcua-by-ear-"));

test.before(async (world) => {
  const state = join(folder, "var");
  mkdirSync(state);
  writeFileSync(join(state, "kiosk.toml"), '[board]\nkind = "simulated"\nspeaker = true\n');
  world.kiosk = startCommand(["run", "--port", "0", "--state", state, "--no-portal"]);
  const stdout = await world.kiosk.until(/^ready$/m);
  world.dockUrl = /^dock (http\S+)$/m.exec(stdout)?.[1] ?? "";
  world.chromium = await openChromium();
  world.page = await (await world.chromium.context(LANDSCAPE)).newPage();
  await world.page.goto(/^screen (http\S+)$/m.exec(stdout)?.[1] ?? "");
  await loadAxe(world.page);
});

test.after(async (world) => {
  await world.chromium.end();
  world.kiosk.child.kill("SIGTERM");
  await world.kiosk.ended;
  if (process.env["KEEP"] === undefined) rmSync(folder, { recursive: true, force: true });
});

test("by ear from the first screen to the goodbye; unplugged in the middle, the room hears nothing personal", async (world) => {
  const { page } = world;
  await at(world, "attract");
  await until("the speaker is up", async () => (await dockState(world)).heard !== null);
  await act(world, { act: "input", line: "headphones", on: true });
  await at(world, "language");
  await hears(world, vi.ear.welcome.text);
  await choose(world, "Tiếng Việt");
  await at(world, "procedure");
  await choose(world, "Chứng thực");
  await at(world, "identify-showQr");
  await hears(world, vi.identify.qrTitle.text);
  assert.equal(await axeComplaints(page), [], "the page of a visit by ear");
  const before = (await said(world)).length;
  await act(world, { act: "showCardQr", person: 0 });
  await at(world, "identify-layCard");
  await act(world, { act: "layCard", person: 0 });
  await at(world, "form-1");
  assert.ok(
    (await hears(world, vi.ear.items.text.slice(0, 3), before)).length > 1,
    "the wait for the card was not silent",
  );

  await choose(world, "Tên giấy tờ");
  await choose(world, /^Bằng/);
  await hears(world, vi.ear.saved.text);
  await choose(world, "Số bản sao");
  await choose(world, vi.ear.enter.text);
  await hears(world, vi.ear.enterDigits.text);
  await press(world, "Numpad2");
  await press(world, "NumpadEnter");
  // An answer is missing: it is said, and one stands on it.
  await choose(world, vi.common.next.text);
  await until("on what is missing", async () => (await item(world)).startsWith("Nhận kết quả"));
  await press(world, "NumpadEnter");
  await choose(world, /[Bb]ản giấy/);
  await choose(world, vi.common.next.text);
  await at(world, "form-2");

  const { people } = await dockState(world);
  const { name = "?", number = "?", birthDate = "?" } = people[0] ?? {};
  if (!(await item(world)).includes("Họ và tên")) await walkTo(world, "Họ và tên");
  await hears(world, new RegExp(name, "i"));
  assert.not.ok((await page.content()).includes(name), "nobody reads it over a shoulder");
  await act(world, { act: "input", line: "headphones", on: false });
  await hears(world, vi.ear.unplugged.text);
  const out = (await said(world)).indexOf(vi.ear.unplugged.text);
  await walkTo(world, "Số căn cước");
  await hears(world, vi.ear.covered.text, out);

  await choose(world, /^Tiếp tục/);
  await at(world, "papers-1-slot");
  await act(world, { act: "loadSheet", sample: "birth-scan" });
  await choose(world, vi.papers.feed.text);
  await at(world, "papers-1-takeBack");
  await act(world, { act: "takeSheets" });
  await choose(world, vi.papers.takenBack.text);
  await at(world, "papers-1-review");
  await choose(world, new RegExp(`^(${vi.papers.accept.text}|${vi.papers.acceptPlain.text})`));
  await until("past the papers", async () => /^(form|check)/.test(await attribute(world, "data-screen")));
  while ((await attribute(world, "data-screen")).startsWith("form")) await choose(world, /^Tiếp tục/);
  await at(world, "check");
  await choose(world, vi.check.ok.text);

  await at(world, "confirm");
  const heard = await hears(world, /^\d(, \d){3}$/, out);
  const code = heard.findLast((text) => /^\d(, \d){3}$/.test(text)) ?? "";
  for (const digit of code.split(", ")) await press(world, `Numpad${digit}`);
  await press(world, "NumpadEnter");
  await at(world, "slip-take");
  await hears(world, vi.slip.take.text, out);
  await choose(world, vi.slip.taken.text);
  await at(world, "rate");
  await choose(world, vi.rate.skip.text);
  await at(world, "goodbye");
  await hears(world, vi.goodbye.title.text, out);
  await at(world, "attract");

  const room = (await said(world)).slice(out);
  assert.ok(room.length > 20 && room.length < 380, `${room.length} sentences are the whole record`);
  const day = birthDate.split("-").reverse().join("/");
  for (const own of [name, number, [...number].join(", "), day])
    assert.not.ok(
      room.some((text) => text.toLowerCase().includes(own.toLowerCase())),
      `the room heard ${own}`,
    );
  assert.is((await dockState(world)).slips.length, 1);
});

test("a key of the number pad begins it, the screen is blanked on request, tactile keys move it, and it can be left", async (world) => {
  const { page } = world;
  await at(world, "attract");
  await press(world, "NumpadMultiply");
  await at(world, "language");
  await page.locator(".by-ear").waitFor();
  await act(world, { act: "input", line: "keyNext", on: true });
  await until("the tactile key moved it", async () => (await item(world)).includes("Tiếng Việt"));
  await act(world, { act: "input", line: "keyNext", on: false });
  await choose(world, vi.ear.more.text);
  await choose(world, vi.ear.blank.text);
  await page.locator(".by-ear-blank").waitFor();
  assert.is(await page.locator(".by-ear-item").count(), 0);
  assert.equal(await axeComplaints(page), [], "the blank page");
  await page.getByRole("button", { name: vi.ear.leave.text }).click();
  await page.locator(".by-ear").waitFor({ state: "detached" });
  await page.locator(".tile").first().waitFor();
});

test.run();
