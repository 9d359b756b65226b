// Can every screen be seen, read and pressed, upright and lying, in both languages?
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { axeComplaints, layoutComplaints, loadAxe } from "./audit.js";
import { SAMPLES } from "./sample-views.js";
import { type Chromium, LANDSCAPE, openChromium, openStage, PORTRAIT, showOn } from "./stage.js";

const ARTEFACTS = join(process.cwd(), "var", "artefacts", "screens");
const { MOTCUA_ARTEFACTS } = process.env;
const KEEP = MOTCUA_ARTEFACTS === "1";

let chromium: Chromium;
test.before(async () => {
  chromium = await openChromium();
  if (KEEP) mkdirSync(ARTEFACTS, { recursive: true });
});
test.after(() => chromium.end());

const inspect = async (
  size: typeof PORTRAIT | typeof LANDSCAPE,
  smallestTextPx: number,
): Promise<string[]> => {
  const stage = await openStage();
  const context = await chromium.context(size);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
  await page.goto(stage.server.url);
  await loadAxe(page);
  for (const { name } of SAMPLES) {
    for (const language of ["vi", "en"] as const) {
      await showOn(stage, page, name, language);
      const found = [...(await layoutComplaints(page, smallestTextPx)), ...(await axeComplaints(page))];
      complaints.push(...found.map((complaint) => `${name} ${language}: ${complaint}`));
      if (KEEP)
        await page.screenshot({
          path: join(ARTEFACTS, `${name}-${size.width}x${size.height}-${language}.png`),
        });
    }
  }
  await context.close();
  await stage.end();
  return complaints;
};

test("every screen upright at 1080 × 1920, and lying at 1280 × 800", async () => {
  const [upright, lying] = await Promise.all([inspect(PORTRAIT, 24), inspect(LANDSCAPE, 20)]);
  assert.equal([...upright, ...lying], []);
});

test.run();
