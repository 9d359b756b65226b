// Do letters, contrasts and the lower half hold on every screen, and are they forgotten with the visit?
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { NO_WISHES, type Wishes } from "../../src/flows/events.js";
import { axeComplaints, layoutComplaints, loadAxe } from "./audit.js";
import { SAMPLES, viewOf } from "./sample-views.js";
import { type Chromium, LANDSCAPE, openChromium, openStage, PORTRAIT, type Stage, settled } from "./stage.js";

const ARTEFACTS = join(process.cwd(), "var", "artefacts", "wishes");
const { MOTCUA_ARTEFACTS, MOTCUA_LONG, MOTCUA_SAMPLES } = process.env;

let chromium: Chromium;
test.before(async () => {
  chromium = await openChromium();
  if (MOTCUA_ARTEFACTS === "1") mkdirSync(ARTEFACTS, { recursive: true });
});
test.after(() => chromium.end());

type Panel = typeof PORTRAIT | typeof LANDSCAPE;

const show = async (stage: Stage, page: Page, name: string, wishes: Wishes): Promise<void> => {
  const shown = SAMPLES.find((candidate) => candidate.name === name);
  if (shown === undefined) throw new Error(`no sample ${name}`);
  stage.visit.show({ ...viewOf(shown, "vi", 0), wishes });
  await page.locator(`[data-revision="${stage.visit.view.revision}"]`).waitFor({ state: "attached" });
  await settled(page);
};

/** Runs in the page: what can be pressed and lies in the upper half. */
const HIGH = `[...(document.querySelector(".overlay") ?? document).querySelectorAll("button, input, textarea")]
  .filter((element) => element.getBoundingClientRect().width > 0 && !element.matches(".attract-all, .paper-large"))
  .filter((element) => element.getBoundingClientRect().bottom > 0 && element.closest(".main") === null)
  .filter((element) => element.getBoundingClientRect().top < innerHeight / 2 - 1)
  .map((element) => "lies in the upper half: " + element.innerText)
  .concat([...document.querySelectorAll("main.main")]
    .filter((main) => main.getBoundingClientRect().top < innerHeight / 2 - 1)
    .map(() => "what is asked lies in the upper half"))`;

const inspect = async (panel: Panel, wishes: Wishes): Promise<string[]> => {
  const stage = await openStage();
  const context = await chromium.context(panel);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
  await page.goto(stage.server.url);
  await loadAxe(page);
  const upright = panel === PORTRAIT;
  const called = `${upright ? "upright" : "lying"}-${wishes.size}-${wishes.contrast}${wishes.low ? "-low" : ""}`;
  for (const { name } of SAMPLES.filter((each) => new RegExp(MOTCUA_SAMPLES ?? "").test(each.name))) {
    await show(stage, page, name, wishes);
    const found = [
      ...(await layoutComplaints(page, upright ? 24 : 20)),
      ...(await axeComplaints(page)),
      ...(wishes.low && upright ? ((await page.evaluate(HIGH)) as string[]) : []),
    ];
    complaints.push(...found.map((complaint) => `${name} ${called}: ${complaint}`));
    if (MOTCUA_ARTEFACTS === "1") await page.screenshot({ path: join(ARTEFACTS, `${name}-${called}.png`) });
  }
  await context.close();
  await stage.end();
  return complaints;
};

const wish = (size: Wishes["size"], contrast: Wishes["contrast"], low = false): Wishes => ({
  ...NO_WISHES,
  size,
  contrast,
  low,
});

/** The largest letters in each direction, and in the lower half; the plain ones are every screen's own test. */
const LOOKS: readonly (readonly [Panel, Wishes])[] = [
  [PORTRAIT, wish("largest", "dark")],
  [LANDSCAPE, wish("largest", "strong")],
  [PORTRAIT, wish("largest", "standard", true)],
  ...(MOTCUA_LONG === undefined
    ? []
    : ([
        [LANDSCAPE, wish("large", "dark")],
        [PORTRAIT, wish("normal", "strong", true)],
        [LANDSCAPE, wish("largest", "dark", true)],
      ] as const)),
];

for (const [panel, wishes] of LOOKS)
  test(`every screen ${panel.width} × ${panel.height}, ${wishes.size}, ${wishes.contrast}${wishes.low ? ", low" : ""}`, async () => {
    assert.equal(await inspect(panel, wishes), []);
  });

test("every screen has the button, and what is chosen there is told at once", async () => {
  const stage = await openStage();
  const context = await chromium.context(PORTRAIT);
  const page = await context.newPage();
  await page.goto(stage.server.url);
  for (const { name, screen, more } of SAMPLES) {
    if (more?.idle !== undefined || more?.helpOpen === true || more?.byEar !== undefined) continue;
    await show(stage, page, name, NO_WISHES);
    const buttons = await page.getByRole("button", { name: "Cỡ chữ", exact: true }).count();
    assert.is(buttons, 1, `${name} (${screen.name})`);
  }
  await show(stage, page, "form-fill-in", NO_WISHES);
  await page.keyboard.type("xin");
  await page.getByRole("button", { name: "Cỡ chữ" }).click();
  await page.getByRole("button", { name: "Rất to" }).click();
  const said = stage.visit.events.findLast((event) => event.type === "SET_WISHES");
  assert.equal(said, { type: "SET_WISHES", wishes: { ...NO_WISHES, size: "largest" } });
  await show(stage, page, "form-fill-in", { ...NO_WISHES, size: "largest", low: true });
  await page.locator(".overlay").getByRole("button", { name: "Xong", exact: true }).click();
  assert.is(await page.inputValue("#field-purpose"), "xin", "nothing typed is lost");
  assert.is(await page.locator("html").getAttribute("data-size"), "largest");
  await show(stage, page, "attract", NO_WISHES);
  assert.is(await page.locator("html").getAttribute("data-size"), "normal");
  await context.close();
  await stage.end();
});

test.run();
