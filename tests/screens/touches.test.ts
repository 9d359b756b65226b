// How often must a finger come down for a certified copy, from the first screen to the thanks? (On the real stack.)
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { DockAct } from "../../src/dock/world.js";
import { startCommand } from "../wire/command.js";
import { openChromium, PORTRAIT } from "./stage.js";

const MOST_TOUCHES = 25;
const LIMIT_MS = 60_000;

const address = (stdout: string, name: string): string => {
  const found = new RegExp(`^${name} (http\\S+)$`, "m").exec(stdout)?.[1];
  assert.ok(found, `no address of ${name}`);
  return found;
};

/** A hand that touches and types nothing, and counts. */
class Hand {
  readonly path: string[] = [];
  readonly #page: Page;
  readonly #dock: string;

  constructor(page: Page, dock: string) {
    this.#page = page;
    this.#dock = dock;
  }

  screen = async (): Promise<string> =>
    (await this.#page.locator("[data-screen]").first().getAttribute("data-screen")) ?? "";

  at = (screen: string): Promise<unknown> =>
    this.#page
      .waitForSelector(`[data-screen^="${screen}"]`, { timeout: LIMIT_MS })
      .catch(async (cause: unknown) => {
        const way = `${this.path.join(", ")}, now ${await this.screen()}`;
        throw new Error(`waited for ${screen}: ${way}`, { cause });
      });

  touch = async (target: Locator): Promise<void> => {
    const on = await this.screen();
    await target.click({ timeout: LIMIT_MS });
    this.path.push(on);
  };

  act = async (what: DockAct): Promise<void> => {
    const reply = await fetch(new URL("/act", this.#dock), {
      method: "POST",
      body: JSON.stringify(what),
      headers: { "content-type": "application/json" },
    });
    assert.ok(reply.ok, await reply.text());
  };

  /** Onward until the screen is another; a long one is read to its end first, and each look is a touch. */
  onward = async (): Promise<void> => {
    const before = await this.screen();
    for (let look = 0; look < 5; look += 1) {
      const reading = /Xem tiếp/.test((await this.#page.locator(".bottom-next").textContent()) ?? "");
      await this.touch(this.#page.locator(".bottom-next button"));
      if (!reading) break;
      await this.#page.waitForTimeout(700);
      if ((await this.screen()) !== before) break;
    }
    await this.#page.waitForSelector(`[data-screen]:not([data-screen="${before}"])`, { timeout: LIMIT_MS });
  };

  fillForm = async (): Promise<void> => {
    while ((await this.screen()).startsWith("form")) {
      const suggestion = this.#page.locator(".suggestion").first();
      if ((await suggestion.count()) > 0) await this.touch(suggestion);
      const copies = this.#page.locator("#field-copies");
      if ((await copies.count()) > 0 && (await copies.inputValue()) === "") {
        const pad = this.#page.locator(".digit-pad").getByRole("button", { name: "1", exact: true });
        await this.touch(pad);
      }
      for (const group of await this.#page.locator(".screen [role=radiogroup]").all())
        if ((await group.locator("input:checked").count()) === 0)
          await this.touch(group.locator("label").first());
      await this.onward();
    }
  };
}

test(`a certified copy needs at most ${MOST_TOUCHES} touches`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-touches-"));
  const kiosk = startCommand(["run", "--port", "0", "--state", join(folder, "var")]);
  const chromium = await openChromium();
  try {
    const stdout = await kiosk.until(/^ready$/m, LIMIT_MS);
    const page = await (await chromium.context(PORTRAIT)).newPage();
    await page.goto(address(stdout, "screen"));
    const hand = new Hand(page, address(stdout, "dock"));
    await hand.touch(page.locator(".attract-all"));
    await hand.at("language");
    await hand.touch(page.locator(".tile").first());
    await hand.at("procedure");
    await hand.touch(page.locator(".tile").first());
    await hand.at("identify-showQr");
    await hand.act({ act: "showCardQr", person: 0 });
    await hand.at("identify-layCard");
    await hand.act({ act: "layCard", person: 0 });
    await hand.at("form");
    await hand.fillForm();
    await hand.at("papers-1-slot");
    await hand.act({ act: "loadSheet", sample: "diploma-scan" });
    await hand.onward();
    await hand.at("papers-1-takeBack");
    await hand.act({ act: "takeSheets" });
    await hand.onward();
    await hand.at("papers-1-review");
    await hand.onward();
    await page.waitForSelector('[data-screen^="form"], [data-screen="check"]', { timeout: LIMIT_MS });
    await hand.fillForm();
    await hand.at("check");
    await hand.onward();
    await hand.at("confirm");
    const code = ((await page.locator(".code b").first().textContent()) ?? "").replace(/\D/g, "");
    for (const digit of code)
      await hand.touch(page.locator(".digit-pad").getByRole("button", { name: digit, exact: true }));
    await hand.touch(page.locator(".bottom-next button"));
    await hand.at("slip-take");
    await hand.onward();
    await hand.at("rate");
    await hand.touch(page.locator(".face-5"));
    await hand.at("goodbye");
    assert.ok(hand.path.length <= MOST_TOUCHES, `${hand.path.length} touches: ${hand.path.join(", ")}`);
    process.stdout.write(`${hand.path.length} touches\n`);
  } finally {
    await chromium.end();
    kiosk.child.kill("SIGTERM");
    await kiosk.ended;
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
