// Can a phone read the payment's code off the screen, whatever the panel and the citizen's colours, and is it the payload?
import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readTransfer } from "../../src/core/vietqr.js";
import { NO_WISHES, type Wishes } from "../../src/flows/events.js";
import { artefact } from "./artefacts.js";
import { PAY_TEXT, viewOf } from "./sample-views.js";
import { type Chromium, LANDSCAPE, openChromium, openStage, PORTRAIT, sample, settled } from "./stage.js";

let chromium: Chromium;
test.before(async () => {
  chromium = await openChromium();
});
test.after(() => chromium.end());

/** By zbar, which shares no code with what drew it. */
const decoded = (png: Buffer): string =>
  execFileSync("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "png:-"], {
    input: png,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  }).replace(/\n$/, "");

const LOOKS: readonly Partial<Wishes>[] = [
  {},
  { contrast: "dark" },
  { contrast: "strong" },
  { size: "large" },
  { low: true },
];

test("the code on the whole screen is the order, to the sign", async () => {
  assert.is(readTransfer(PAY_TEXT).amountVnd, 15_000);
  for (const panel of [PORTRAIT, LANDSCAPE]) {
    const stage = await openStage();
    const context = await chromium.context(panel);
    const page = await context.newPage();
    await page.goto(stage.server.url);
    for (const look of LOOKS) {
      stage.visit.show({ ...viewOf(sample("pay-code"), "vi", 0), wishes: { ...NO_WISHES, ...look } });
      await page.locator(`[data-revision="${stage.visit.view.revision}"]`).waitFor({ state: "attached" });
      await settled(page);
      const name = `pay-${panel.width}-${Object.values(look).join("") || "plain"}`;
      await artefact(page, name);
      assert.is(decoded(await page.screenshot()), PAY_TEXT, name);
    }
    await context.close();
    await stage.end();
  }
});

test("time runs without moving the code; more time is one touch, the desk another", async () => {
  const stage = await openStage();
  const context = await chromium.context(PORTRAIT);
  const page = await context.newPage();
  await page.goto(stage.server.url);
  const show = async (name: string, secondsLeft: number) => {
    const view = viewOf(sample(name), "vi", 0);
    if (view.screen.name !== "pay") throw new Error(name);
    stage.visit.show({ ...view, screen: { ...view.screen, secondsLeft } });
    await page.locator(`[data-revision="${stage.visit.view.revision}"]`).waitFor({ state: "attached" });
    await settled(page);
  };
  await show("pay-code", 61);
  assert.match((await page.locator("figcaption").textContent()) ?? "", /1:01/);
  await page.evaluate(`document.querySelector(".pay-code").dataset.same = "yes"`);
  await show("pay-code", 60);
  await show("pay-slow", 59);
  assert.match((await page.locator("figcaption").textContent()) ?? "", /0:59/);
  assert.is(await page.locator(".pay-code").getAttribute("data-same"), "yes");
  await page.getByRole("button", { name: "Cần thêm thời gian" }).click();
  const onward = page.locator(".bottom-next button");
  for (let look = 0; look < 4 && /Xem tiếp/.test((await onward.textContent()) ?? ""); look += 1) {
    await onward.click();
    await page.waitForTimeout(700);
  }
  await onward.click();
  assert.equal(
    stage.visit.events.map(({ type }) => type).filter((type) => type !== "REPLAY"),
    ["STILL_HERE", "NEXT"],
  );
  await context.close();
  await stage.end();
});

test.run();
