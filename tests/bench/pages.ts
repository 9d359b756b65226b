// Ten pages in a row through the real reading process: does it stay small, does it go, and does the runtime, which
// serves the citizen's touches, stay quick meanwhile?
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { conditionNamed, photographUnder } from "../../src/ml/samples/conditions.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderPage } from "../../src/ml/samples/render.js";
import { newReader, untilNoProcess, workProcesses } from "../ml/reader-rig.js";
import { type BenchRow, row } from "./row.js";

const PAGES = 10;
const PAGES_WHILE_TOUCHED = 3;
const MOST_MEGABYTES = 350;
/** Of the peak after the second page; V8's own pace of collecting makes some. */
const MOST_GROWTH = 1.1;
const MOST_DELAY_MS = 100;
const TICK_MS = 10;

const frame = async (): Promise<Uint8Array> => {
  const page = await renderPage(layOutPaper("birthCertificate", 51), 300);
  const condition = conditionNamed("kiosk camera");
  return (await photographUnder(page, condition, 51)).jpeg;
};

const peakMegabytes = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;

/** Peak memory of the reading process after each page; throws when something of it is left in the end. */
const peaks = async (): Promise<readonly number[]> => {
  const reader = newReader();
  try {
    const image = await frame();
    const found: number[] = [];
    for (let page = 0; page < PAGES; page += 1) {
      await reader.read({ image });
      found.push(peakMegabytes(workProcesses()[0] ?? 0));
    }
    await reader.forget();
    await untilNoProcess();
    if (workProcesses().length > 0) throw new Error("a process that saw pictures is left after forget()");
    return found;
  } finally {
    await reader.close();
  }
};

export const pagesPeakRow = async (): Promise<BenchRow> =>
  row({
    name: "reading process, peak of ten pages",
    ours: Math.max(...(await peaks())),
    peer: MOST_MEGABYTES,
    peerName: "the limit; nothing left after forget()",
    unit: "MB",
    better: "lower",
    goal: 1,
  });

export const pagesGrowthRow = async (): Promise<BenchRow> => {
  const [, second = Number.NaN, ...others] = await peaks();
  return row({
    name: "its peak after page 10",
    ours: Math.max(...others),
    peer: second,
    peerName: "its peak after page 2",
    unit: "MB",
    better: "lower",
    goal: MOST_GROWTH,
  });
};

/** How late a timer of 10 ms comes in this process, which waits for pages as the runtime does; ascending. */
const delays = async (): Promise<readonly number[]> => {
  const reader = newReader();
  try {
    const image = await frame();
    let reading = true;
    const found: number[] = [];
    const touches = (async () => {
      while (reading) {
        const started = performance.now();
        await sleep(TICK_MS);
        found.push(performance.now() - started - TICK_MS);
      }
    })();
    for (let page = 0; page < PAGES_WHILE_TOUCHED; page += 1) await reader.read({ image });
    reading = false;
    await touches;
    return found.sort((a, b) => a - b);
  } finally {
    await reader.close();
  }
};

const delayRow = async (name: string, part: number): Promise<BenchRow> => {
  const all = await delays();
  return row({
    name,
    ours: all[Math.min(all.length - 1, Math.floor(part * all.length))] ?? Number.NaN,
    peer: MOST_DELAY_MS,
    peerName: "the limit for a touch",
    unit: "ms",
    better: "lower",
    goal: 1,
  });
};

export const touchLongestRow = (): Promise<BenchRow> => delayRow("longest wait while pages are read", 1);
export const touchTailRow = (): Promise<BenchRow> => delayRow("99 of 100 waits while pages are read", 0.99);
