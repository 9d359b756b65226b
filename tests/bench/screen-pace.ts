// How soon does the next screen follow a touch while papers are read, and how soon is there a first one?
//
// The real kiosk, a real browser, and a real reading process that works the whole time on the same processors.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { conditionNamed, photographUnder } from "../../src/ml/samples/conditions.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderPage } from "../../src/ml/samples/render.js";
import { newReader } from "../ml/reader-rig.js";
import { openChromium, openStage, PORTRAIT } from "../screens/stage.js";
import { startCommand } from "../wire/command.js";
import { type BenchRow, median, row } from "./row.js";

const ROUNDS = 20;
const PAINTS = 7;
const MOST_TOUCH_MS = 100;
const MOST_PAINT_MS = 500;

/** Runs in the page: from the touch (the event's own time) until the frame after the next screen stands. */
const TIME_TOUCHES = `
  window.touchTimes = [];
  let touched = null;
  const name = () => document.querySelector("[data-screen]")?.getAttribute("data-screen");
  addEventListener("pointerdown", (event) => { touched = { at: event.timeStamp, from: name() }; }, true);
  new MutationObserver(() => {
    if (touched === null || name() === touched.from) return;
    const { at } = touched;
    touched = null;
    requestAnimationFrame(() => requestAnimationFrame((now) => window.touchTimes.push(now - at)));
  }).observe(document, { subtree: true, childList: true, attributes: true });
`;

const timesIn = (page: Page): Promise<readonly number[]> => page.evaluate("window.touchTimes");

/** Reads one page after another until `ended`; gives how many. */
const keepReading = async (ended: () => boolean): Promise<number> => {
  const sheet = await renderPage(layOutPaper("birthCertificate", 51), 300);
  const { jpeg } = await photographUnder(sheet, conditionNamed("kiosk camera"), 51);
  const reader = newReader();
  let pages = 0;
  try {
    while (!ended()) {
      await reader.read({ image: jpeg });
      pages += 1;
    }
  } finally {
    await reader.close();
  }
  return pages;
};

const reached = (page: Page, screen: string): Promise<unknown> =>
  page.waitForSelector(`[data-screen="${screen}"]`, { timeout: 60_000 });

/** Between the first screen, the languages and the procedures, there and back, as a hand would. */
const touchAbout = async (page: Page): Promise<void> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    await reached(page, "attract");
    await page.locator(".attract-all").click();
    await reached(page, "language");
    await page.locator(".tile").first().click();
    await reached(page, "procedure");
    await page.locator(".bottom-back button").click();
    await reached(page, "language");
    await page.locator(".bottom-back button").click();
  }
  await reached(page, "attract");
};

const touchTimes = async (): Promise<readonly number[]> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const kiosk = startCommand(["run", "--port", "0", "--no-portal", "--state", join(folder, "var")]);
  const chromium = await openChromium();
  try {
    const [, url = ""] = /^screen (\S+)$/m.exec(await kiosk.until(/^ready$/m, 120_000)) ?? [];
    const page = await (await chromium.context(PORTRAIT)).newPage();
    await page.addInitScript(TIME_TOUCHES);
    await page.goto(url);
    await reached(page, "attract");
    let ended = false;
    const reading = keepReading(() => ended);
    try {
      await touchAbout(page);
    } finally {
      ended = true;
      await reading;
    }
    const times = await timesIn(page);
    if (times.length < 3 * ROUNDS) throw new Error(`only ${times.length} touches were timed`);
    return [...times].sort((a, b) => a - b);
  } finally {
    await chromium.end();
    kiosk.child.kill("SIGTERM");
    await kiosk.ended;
    rmSync(folder, { recursive: true, force: true });
  }
};

export const touchScreenRow = async (): Promise<BenchRow> => {
  const times = await touchTimes();
  return row({
    name: "touch to next screen, p95, OCR beside",
    ours: times[Math.floor(0.95 * times.length)] ?? Number.NaN,
    peer: MOST_TOUCH_MS,
    peerName: `the limit; ${times.length} touches, median ${median(times).toFixed(0)} ms`,
    unit: "ms",
    better: "lower",
    goal: 1,
  });
};

const FIRST_PAINT = `new Promise((done) => {
  new PerformanceObserver((list) => {
    const entry = list.getEntriesByName("first-contentful-paint")[0];
    if (entry !== undefined) done(entry.startTime);
  }).observe({ type: "paint", buffered: true });
})`;

/** From the server's answer to the browser's address until there is something to see; a browser without a cache. */
export const firstPaintRow = async (): Promise<BenchRow> => {
  const chromium = await openChromium();
  const times: number[] = [];
  try {
    for (let turn = 0; turn < PAINTS; turn += 1) {
      const stage = await openStage();
      const context = await chromium.context(PORTRAIT);
      const page = await context.newPage();
      await page.goto(stage.server.url);
      times.push(await page.evaluate<number>(FIRST_PAINT));
      await context.close();
      await stage.end();
    }
  } finally {
    await chromium.end();
  }
  return row({
    name: "first paint after the server is ready",
    ours: median(times),
    peer: MOST_PAINT_MS,
    peerName: `the limit; longest of ${PAINTS}: ${Math.max(...times).toFixed(0)} ms`,
    unit: "ms",
    better: "lower",
    goal: 1,
  });
};
