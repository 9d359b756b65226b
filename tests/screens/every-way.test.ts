// Does every procedure come to its slip in both languages, upright and lying, by touch and by keyboard alone?
//
// On the real stack. Two ways on every run; all of them with MOTCUA_LONG=1.
import type { Locator, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { DockAct } from "../../src/dock/world.js";
import { LANDSCAPE, PORTRAIT } from "./stage.js";
import { startWholeKiosk, type WholeKiosk } from "./whole-kiosk.js";

interface World {
  kiosk: WholeKiosk;
}

interface Way {
  readonly procedure: number;
  readonly language: "vi" | "en";
  readonly lying: boolean;
  readonly by: "touch" | "keyboard";
}

const PATIENCE_MS = 180_000;
const MOST_STEPS = 60;
const MOST_TABS = 80;
/** What a screen that acts by itself is given before it is looked at again. */
const LOOK_MS = 150;

// What runs in the page; the tests are compiled without the browser's types.
const HAS_FOCUS = (element: object): boolean =>
  (element as { ownerDocument: { activeElement: unknown } }).ownerDocument.activeElement === element;

const test = suite<World>("every-way");

test.before(async (world) => {
  world.kiosk = await startWholeKiosk();
});
test.after((world) => world.kiosk.end());

/** A citizen who reads the page and has one finger, or ten keys and Tab. */
class Walker {
  readonly path: string[] = [];
  readonly #page: Page;
  readonly #dock: string;
  readonly #way: Way;

  constructor(page: Page, dock: string, way: Way) {
    this.#page = page;
    this.#dock = dock;
    this.#way = way;
  }

  screen = async (): Promise<string> =>
    (await this.#page.locator("[data-screen]").first().getAttribute("data-screen")) ?? "";

  act = async (what: DockAct): Promise<void> => {
    const reply = await fetch(new URL("/act", this.#dock), {
      method: "POST",
      body: JSON.stringify(what),
      headers: { "content-type": "application/json" },
    });
    assert.ok(reply.ok, await reply.text());
  };

  /** With the keyboard there is only Tab, and what has the focus then is pressed. */
  #focus = async (target: Locator): Promise<void> => {
    for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
      if (await target.evaluate(HAS_FOCUS)) return;
      await this.#page.keyboard.press("Tab");
    }
    throw new Error(`Tab never comes to ${target} on ${await this.screen()}`);
  };

  press = async (target: Locator, key: "Enter" | "Space" = "Enter"): Promise<void> => {
    if (this.#way.by === "touch") return target.click({ timeout: 30_000 });
    await this.#focus(target);
    await this.#page.keyboard.press(key);
  };

  #type = async (input: Locator, text: string): Promise<void> => {
    if (this.#way.by === "touch") await input.click({ timeout: PATIENCE_MS });
    else await this.#focus(input);
    await this.#page.keyboard.type(text);
  };

  #leaves = async (screen: string): Promise<void> => {
    const end = Date.now() + PATIENCE_MS;
    while ((await this.screen()) === screen) {
      if (Date.now() > end) throw new Error(`${screen} stays; ${this.path.join(", ")}`);
      await this.#page.waitForTimeout(LOOK_MS);
    }
  };

  /** Reads to the end first, where the page is long. */
  onward = async (screen: string, stays = false): Promise<void> => {
    const next = this.#page.locator(`[data-screen="${screen}"] .bottom-next button`);
    for (let look = 0; look < 8; look += 1) {
      // A paper that lies still is taken by the kiosk itself, also while the hand moves to the button.
      const words = await next.textContent({ timeout: 2_000 }).catch(() => null);
      if (words === null && (await this.screen()) !== screen) return;
      const reading = /Xem tiếp|Show more/.test(words ?? "");
      await this.press(next).catch(async (cause: unknown) => {
        if ((await this.screen()) === screen) throw cause;
      });
      if (!reading) break;
      await this.#page.waitForTimeout(700);
      if ((await this.screen()) !== screen) return;
    }
    if (!stays) await this.#leaves(screen);
  };

  #fill = async (screen: string): Promise<void> => {
    const here = this.#page.locator(`[data-screen="${screen}"]`);
    for (const group of await here.locator("[role=radiogroup]").all())
      if ((await group.locator("input:checked").count()) === 0) {
        const first = group.locator("input").first();
        if (this.#way.by === "touch") await group.locator("label").first().click();
        else await this.press(first, "Space");
      }
    for (const input of await here.locator(".field input[id^=field-], .field textarea").all()) {
      const field = input.locator("xpath=ancestor::div[contains(concat(' ', @class, ' '), ' field ')][1]");
      const wrong = (await field.locator(".field-error").count()) > 0;
      const optional = !wrong && /Không bắt buộc|Optional/i.test((await field.textContent()) ?? "");
      if (optional || (await input.inputValue()) !== "") continue;
      await this.#type(input, await this.#answer(input));
    }
    const desk = here.locator(".signature-acts button").last();
    if ((await desk.count()) > 0 && (await desk.getAttribute("aria-pressed")) === "false")
      await this.press(desk);
  };

  #answer = async (input: Locator): Promise<string> => {
    const id = (await input.getAttribute("id")) ?? "";
    const date =
      (await input.locator("xpath=ancestor::fieldset[contains(@class, 'date-input')]").count()) > 0;
    // The boxes lead on by themselves.
    if (date) return "15122026";
    if (id.endsWith("-commune")) return "Xa Thuwr";
    if (id.endsWith("-line")) return "Thoon Ddoai";
    if ((await input.locator("xpath=ancestor::fieldset[contains(@class, 'address')]").count()) > 0)
      return "ha noi\n";
    if (/phone/i.test(id)) return "0912345678";
    return /copies/.test(id) ? "2" : "Bawngf toots nghieepj";
  };

  /** One step; what the screen waits for by itself is waited for. */
  step = async (): Promise<void> => {
    const { procedure, language } = this.#way;
    const screen = await this.screen();
    if (this.path.at(-1) !== screen) this.path.push(screen);
    const here = this.#page.locator(`[data-screen="${screen}"]`);
    if (screen === "attract") return this.press(this.#page.locator(".attract-all"));
    if (screen === "language") return this.press(here.locator(`.tile[lang="${language}"]`));
    if (screen === "procedure") return this.press(here.locator(".tile").nth(procedure));
    if (screen.startsWith("identify-showQr")) await this.act({ act: "showCardQr", person: 0 });
    else if (screen.startsWith("identify-layCard")) await this.act({ act: "layCard", person: 0 });
    else if (screen.startsWith("form")) {
      await this.#fill(screen);
      // What depends on another answer is missed only then, and asked for on the same page.
      return this.onward(screen, true);
    } else if (/^papers-\d+-slot$/.test(screen))
      return this.press(here.getByRole("button", { name: /Chụp trên khay|Use the tray/ }));
    else if (/^papers-\d+-place$/.test(screen)) {
      const skip = here.getByRole("button", { name: /Không có giấy này|I do not have/ });
      if ((await skip.count()) > 0) return this.press(skip);
      if ((await this.screen()) !== screen) return;
      await this.act({ act: "layPaper", sample: "diploma-scan" });
      return this.onward(screen);
    } else if (/^(papers-\d+-review|check|pay-|slip-take)/.test(screen)) {
      if (screen === "slip-take") await this.act({ act: "liftCard" });
      return this.onward(screen);
    } else if (screen === "confirm") {
      const code = (await here.locator(".code b").first().textContent()) ?? "";
      await this.#page.keyboard.type(code.replaceAll(/\D/g, ""));
      return this.onward(screen);
    } else if (screen === "rate") return this.press(here.locator("button").last());
    await this.#leaves(screen);
  };

  walk = async (): Promise<void> => {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      await this.step();
      await this.#page.waitForTimeout(LOOK_MS);
      if (this.path.includes("rate") && (await this.screen()) === "attract") return;
    }
    throw new Error(`no end: ${this.path.join(", ")}`);
  };
}

const ALL: readonly Way[] = [0, 1, 2].flatMap((procedure) =>
  (["vi", "en"] as const).flatMap((language) =>
    [false, true].flatMap((lying) =>
      (["touch", "keyboard"] as const).map((by) => ({ procedure, language, lying, by })),
    ),
  ),
);
const SOME: readonly Way[] = [
  { procedure: 1, language: "vi", lying: true, by: "keyboard" },
  { procedure: 2, language: "en", lying: false, by: "touch" },
];

for (const way of process.env["MOTCUA_LONG"] === "1" ? ALL : SOME) {
  const { procedure, language, lying, by } = way;
  test(`procedure ${procedure + 1}, ${language}, ${lying ? "lying" : "upright"}, by ${by}`, async (world) => {
    const context = await world.kiosk.chromium.context(lying ? LANDSCAPE : PORTRAIT);
    const page = await context.newPage();
    try {
      await page.goto(world.kiosk.screenUrl);
      await page.waitForSelector('[data-screen="attract"]', { timeout: PATIENCE_MS });
      const walker = new Walker(page, world.kiosk.dockUrl, way);
      await walker.walk();
      assert.ok(walker.path.includes("slip-take"), walker.path.join(", "));
    } finally {
      await context.close();
    }
  });
}

test.run();
