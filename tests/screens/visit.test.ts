// Can somebody who only reads the screen do a whole visit, on the real stack, in a real browser?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { signIn } from "../../src/dock/desk-accounts.js";
import type { DockAct, DockState } from "../../src/dock/world.js";
import { type Started, startCommand } from "../wire/command.js";
import { artefact } from "./artefacts.js";
import { type Chromium, LANDSCAPE, openChromium, PORTRAIT } from "./stage.js";

interface World {
  kiosk: Started;
  chromium: Chromium;
  page: Page;
  screenUrl: string;
  dockUrl: string;
  portalUrl: string;
  /** Of a session of the made-up officer whom the launcher names. */
  cookie: string;
}

const test = suite<World>("visit");
const folder = mkdtempSync(join(tmpdir(), "motcua-visit-"));

const address = (stdout: string, name: string): string => {
  const found = new RegExp(`^${name} (http\\S+)$`, "m").exec(stdout)?.[1];
  assert.ok(found, `no address of ${name}`);
  return found;
};

test.before(async (world) => {
  world.kiosk = startCommand(["run", "--port", "0", "--state", join(folder, "var")]);
  const stdout = await world.kiosk.until(/^ready$/m);
  world.screenUrl = address(stdout, "screen");
  world.dockUrl = address(stdout, "dock");
  world.portalUrl = address(stdout, "portal");
  const [, name = "", password = ""] = /^login (\S+) (\S+) \(officer/m.exec(stdout) ?? [];
  world.cookie = await signIn(world.portalUrl, { name, password });
  world.chromium = await openChromium();
  const context = await world.chromium.context(PORTRAIT);
  world.page = await context.newPage();
  await world.page.goto(world.screenUrl);
});

test.after(async (world) => {
  await world.chromium.end();
  world.kiosk.child.kill("SIGTERM");
  await world.kiosk.ended;
  if (process.env["KEEP"] === undefined) rmSync(folder, { recursive: true, force: true });
});

const submissions = ({ portalUrl, cookie }: World): Promise<Response> =>
  fetch(new URL("/api/submissions", portalUrl), { headers: { cookie } });

const dockState = async (world: World): Promise<DockState> =>
  (await (await fetch(new URL("/state", world.dockUrl))).json()) as DockState;

const act = async (world: World, what: DockAct): Promise<DockState> => {
  const reply = await fetch(new URL("/act", world.dockUrl), {
    method: "POST",
    body: JSON.stringify(what),
    headers: { "content-type": "application/json" },
  });
  const body = await reply.text();
  assert.ok(reply.ok, body);
  return JSON.parse(body) as DockState;
};

const at = (world: World, screen: string): Promise<unknown> =>
  world.page
    .waitForSelector(`[data-screen^="${screen}"]`, { timeout: 120_000 })
    .catch(async (error: unknown) => {
      await world.page.screenshot({ path: join(folder, "lost.png") });
      const now = await world.page.locator("[data-screen]").getAttribute("data-screen");
      throw new Error(
        `waited for ${screen}, the screen is ${now}: ${await world.page.locator(".screen").textContent()}`,
        { cause: error },
      );
    });

const press = (world: World, name: string | RegExp): Promise<void> =>
  world.page.getByRole("button", { name }).first().click();

/** From the first touch to the card being laid down. */
const begin = async (world: World, language: RegExp, procedure: number): Promise<void> => {
  await at(world, "attract");
  await world.page.locator(".attract-all").click();
  await at(world, "language");
  await press(world, language);
  await at(world, "procedure");
  await world.page.locator(".tile").nth(procedure).click();
  await at(world, "identify-showQr");
};

/** The dock shows a slip when it has drawn and read it. */
const slipsWhen = async (world: World, count: number): Promise<DockState["slips"]> => {
  const until = Date.now() + 60_000;
  for (;;) {
    const { slips } = await dockState(world);
    if (slips.length === count) return slips;
    if (Date.now() > until) throw new Error(`${slips.length} slips in the slot, ${count} expected`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const TYPED: Readonly<Record<string, string>> = { copies: "2", phone: "0912345678" };

/** Presses what stands at the bottom right, reading on first where the page is long, until the screen is another. */
const onward = async (world: World): Promise<void> => {
  const screen = (await world.page.locator("[data-screen]").getAttribute("data-screen")) ?? "";
  const until = Date.now() + 60_000;
  while ((await world.page.locator("[data-screen]").getAttribute("data-screen")) === screen) {
    if (Date.now() > until)
      throw new Error(`stays ${screen}: ${await world.page.locator(".screen").textContent()}`);
    // That screen's own: a moment later the same place may be the next one's.
    await world.page
      .locator(`[data-screen="${screen}"] .bottom-next button`)
      .click({ timeout: 2_000 })
      .catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
};

const fillForm = async (world: World): Promise<void> => {
  for (;;) {
    const screen = await world.page.locator("[data-screen]").getAttribute("data-screen");
    if (screen === null || !screen.startsWith("form")) return;
    for (const input of await world.page.locator(".screen input[id^=field-]").all()) {
      const key = (await input.getAttribute("id"))?.replace("field-", "") ?? "";
      // Letters go through the page's own Telex composition.
      if ((await input.inputValue()) === "")
        await input.pressSequentially(TYPED[key] ?? "Bawngf toots nghieepj");
    }
    for (const group of await world.page.locator(".screen [role=radiogroup]").all())
      if ((await group.locator("input:checked").count()) === 0) await group.locator("label").first().click();
    await onward(world);
  }
};

const BY_TRAY = /Chụp trên khay|Use the tray/;

/** From the empty slot to the check of everything: the sheet goes through the slot and comes back. */
const feedPaper = async (world: World, sample: string, name: string): Promise<void> => {
  await at(world, "papers-1-slot");
  await artefact(world.page, `${name}-slot`);
  // Feeding nothing is over so soon that the screen may not be seen to change.
  await world.page.locator(".bottom-next button").click();
  await world.page.waitForSelector(".remedy", { timeout: 20_000 });
  assert.match((await world.page.textContent(".remedy")) ?? "", /Chưa thấy giấy trong khe/);
  await act(world, { act: "loadSheet", sample });
  await onward(world);
  await at(world, "papers-1-takeBack");
  assert.equal((await dockState(world)).slot, { feeder: 0, path: 0, out: 1, cover: false });
  await act(world, { act: "takeSheets" });
  await onward(world);
  await toCheck(world, name);
};

const layPaper = async (world: World, sample: string, name: string): Promise<void> => {
  await at(world, "papers-1-slot");
  await press(world, BY_TRAY);
  await at(world, "papers-1-place");
  await act(world, { act: "layPaper", sample });
  await onward(world);
  await toCheck(world, name);
};

const toCheck = async (world: World, name: string): Promise<void> => {
  await at(world, "papers-1-review");
  await artefact(world.page, `${name}-review`);
  await onward(world);
  await fillForm(world);
  await at(world, "check");
  await artefact(world.page, `${name}-check`);
};

const confirm = async (world: World): Promise<void> => {
  await onward(world);
  await at(world, "confirm");
  const code = (await world.page.locator(".code b").first().textContent()) ?? "";
  await world.page.keyboard.type(code.replaceAll(/\D/g, ""));
  await onward(world);
  // Without a link it is said that the fee is paid at the desk; with one, this portal takes no payments.
  if (!(await dockState(world)).link) {
    await at(world, "pay-desk");
    await onward(world);
  }
  await at(world, "slip-take");
};

test("a whole visit: card, form, paper, code, slip, rating, and the screen forgets", async (world) => {
  await begin(world, /Tiếng Việt/, 0);
  await act(world, { act: "showCardQr", person: 0 });
  await at(world, "identify-layCard");
  await act(world, { act: "layCard", person: 0 });
  await at(world, "form");
  const name = (await dockState(world)).people[0]?.name ?? "?";
  await artefact(world.page, "visit-form");
  await fillForm(world);

  await feedPaper(world, "birth-scan", "visit");
  assert.match((await world.page.textContent("body")) ?? "", new RegExp(name, "i"));
  await confirm(world);
  await artefact(world.page, "visit-slip");
  const told = (await world.page.textContent("body")) ?? "";
  const number = /VH01-\d{6}/.exec(told)?.[0];
  assert.ok(number, "the screen tells the number");

  await act(world, { act: "liftCard" });
  const slips = await slipsWhen(world, 1);
  assert.ok(slips[0]?.complete);
  assert.match(slips[0]?.code ?? "", /^MC1:/, "a phone reads the slip's code");

  await onward(world);
  await at(world, "rate");
  await world.page.locator(".screen button").last().click();
  await at(world, "goodbye");
  await at(world, "attract");
  const html = await world.page.content();
  assert.not.ok(html.includes(name), "the name is gone from the page");

  const rows = (await (await submissions(world)).json()) as {
    slipNumber: string;
  }[];
  assert.equal(
    rows.map(({ slipNumber }) => slipNumber),
    [number],
  );
});

test("the slip's code finds the application again", async (world) => {
  const { slips } = await dockState(world);
  await at(world, "attract");
  await act(world, { act: "showSlipQr", serial: slips[0]?.serial ?? 0 });
  await at(world, "lookup-found");
  const text = (await world.page.textContent("body")) ?? "";
  assert.match(text, /VH01-\d{6}/);
  assert.match(text, /Đã tiếp nhận/);
  await press(world, /Xong/);
  await at(world, "attract");
});

test("a queue number is printed", async (world) => {
  const before = (await dockState(world)).slips.length;
  await world.page.locator(".attract-all").click();
  await press(world, /Tiếng Việt/);
  await at(world, "procedure");
  await press(world, /Lấy số thứ tự/);
  await at(world, "ticket-group");
  await press(world, /Lấy số thường/);
  await at(world, "ticket-take");
  await slipsWhen(world, before + 1);
  await press(world, /Xong/);
  await at(world, "attract");
});

test("the link is cut: nothing changes for the citizen, the slip promises the appointment", async (world) => {
  await act(world, { act: "link", up: false });
  await world.page.setViewportSize(LANDSCAPE);
  await begin(world, /English/, 0);
  await act(world, { act: "showCardQr", person: 1 });
  await at(world, "identify-layCard");
  await act(world, { act: "layCard", person: 1 });
  await at(world, "form");
  await fillForm(world);
  await layPaper(world, "diploma-scan", "visit-offline");
  await confirm(world);
  await artefact(world.page, "visit-slip-offline");
  await act(world, { act: "link", up: true });
  const until = Date.now() + 30_000;
  let count = 0;
  while (count < 2 && Date.now() < until) {
    const rows = (await (await submissions(world)).json()) as unknown[];
    count = rows.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.is(count, 2, "sent once the link was back");
});

test("Ctrl-C ends everything, with 0", async (world) => {
  world.kiosk.child.kill("SIGINT");
  const { code } = await world.kiosk.ended;
  assert.is(code, 0);
  await fetch(world.screenUrl).then(
    () => assert.unreachable("the screen still answers"),
    () => undefined,
  );
});

test.run();
