// How do the tests put a real browser before the real screen server, with a scripted visit behind it?
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { SystemClock } from "../../src/core/clock.js";
import type { EventCatalogue, Log } from "../../src/core/log.js";
import type { CitizenEvent } from "../../src/flows/events.js";
import type { View } from "../../src/flows/view.js";
import type { ScreenVisit } from "../../src/screen/page-link.js";
import { type ScreenOptions, type ScreenServer, startScreen } from "../../src/screen/server.js";
import { SAMPLE_PAPER_TOKEN, SAMPLES, viewOf } from "./sample-views.js";

export const AXE_FILE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export const PORTRAIT = { width: 1080, height: 1920 } as const;
export const LANDSCAPE = { width: 1280, height: 800 } as const;

/** The other side of the contract: shows what the test says, keeps what the page sent. */
export class ScriptedVisit implements ScreenVisit {
  readonly events: CitizenEvent[] = [];
  readonly #watchers = new Set<() => void>();
  #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  get view(): View {
    return this.#view;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  send(event: CitizenEvent): void {
    this.events.push(event);
  }

  watch(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  show(view: Omit<View, "revision">): void {
    this.#view = { ...view, revision: this.#view.revision + 1 };
    for (const watcher of this.#watchers) watcher();
  }
}

export const sample = (name: string) => {
  const found = SAMPLES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no sample ${name}`);
  return found;
};

/** A page of text that is plainly nobody's. */
const samplePaper = async (): Promise<Uint8Array> => {
  const lines = [
    "BẰNG TỐT NGHIỆP",
    "Cấp cho: Nguyễn Thị Mẫu",
    "Sinh ngày 08 tháng 3 năm 1950",
    "Số hiệu: B 0012345",
  ]
    .map(
      (text, index) =>
        `<text x="600" y="${260 + index * 130}" text-anchor="middle" font-family="Noto Sans" font-size="${index === 0 ? 76 : 50}" font-weight="${index === 0 ? 700 : 400}">${text}</text>`,
    )
    .join("");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="850"><rect width="1200" height="850" fill="#fbf3dc"/><rect x="40" y="40" width="1120" height="770" fill="none" stroke="#a5402d" stroke-width="8"/>${lines}<text x="600" y="500" text-anchor="middle" font-family="Noto Sans" font-size="260" fill="#a5402d" opacity=".12" transform="rotate(-18 600 450)">MẪU</text></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer();
};

export interface LogLine {
  readonly event: keyof EventCatalogue;
  readonly fields: unknown;
}

export interface Stage {
  readonly visit: ScriptedVisit;
  readonly server: ScreenServer;
  readonly lines: LogLine[];
  end(): Promise<void>;
}

/** Made-up codes: no list of communes is shipped. */
const SAMPLE_COMMUNES = [
  { code: "99901", name: "Phường Việt Hưng" },
  { code: "99902", name: "Phường Hoàn Kiếm" },
  { code: "99903", name: "Xã Mẫu" },
];

export const openStage = async (more: Partial<ScreenOptions> = {}): Promise<Stage> => {
  const visit = new ScriptedVisit(viewOf(sample("attract"), "vi", 1));
  const lines: LogLine[] = [];
  const log: Log = (event, fields) => lines.push({ event, fields });
  const jpeg = await samplePaper();
  const server = await startScreen({
    host: "127.0.0.1",
    port: 0,
    visit,
    communes: { of: (province) => (province === "01" ? SAMPLE_COMMUNES : []) },
    images: { get: (token) => (token === SAMPLE_PAPER_TOKEN ? jpeg : undefined) },
    clock: new SystemClock({ floorMs: 0, synchronised: () => true }),
    log,
    ...more,
  });
  return { visit, server, lines, end: () => server.close() };
};

export interface Chromium {
  readonly browser: Browser;
  context(size: { readonly width: number; readonly height: number }): Promise<BrowserContext>;
  end(): Promise<void>;
}

export const openChromium = async (): Promise<Chromium> => {
  const home = mkdtempSync(join(tmpdir(), "motcua-screen-"));
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    env: { ...process.env, HOME: home },
  });
  return {
    browser,
    context: (viewport) => browser.newContext({ viewport, reducedMotion: "reduce", locale: "vi-VN" }),
    end: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
};

// What runs in the page is text: the tests are compiled without the browser's types.
const TWO_FRAMES =
  "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))";

/** Resolves when the page has drawn what it has. */
export const settled = async (page: Page): Promise<void> => {
  await page.evaluate(TWO_FRAMES);
};

export const showOn = async (
  stage: Stage,
  page: Page,
  name: string,
  language: "vi" | "en",
): Promise<void> => {
  stage.visit.show(viewOf(sample(name), language, 0));
  const { revision } = stage.visit.view;
  // A locator keeps no handle on the element, which would keep the element alive.
  await page.locator(`[data-revision="${revision}"]`).waitFor({ state: "attached" });
  await settled(page);
};

export const until = async (what: string, holds: () => boolean, limitMs = 5_000): Promise<void> => {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
};
