// How long does one page take, frame to fields, against the tesseract command that gives text alone?
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { workProcesses } from "../ml/reader-rig.js";
import { cpuMsOf, endedChildrenCpuMs } from "./cpu-time.js";
import { readNatively } from "./native-tesseract.js";
import { type BenchRow, median, row } from "./row.js";

const RUNS = 5;
const GOAL = 2;

interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

interface Pair {
  readonly ours: Times;
  readonly peer: Times;
}

const timed = async (act: () => unknown, cpuMs: () => number): Promise<Times> => {
  const [started, before] = [performance.now(), cpuMs()];
  await act();
  return { wallMs: performance.now() - started, cpuMs: cpuMs() - before };
};

const measure = async (): Promise<readonly Pair[]> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const reader = createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: 50, workers: 1 },
  });
  try {
    const image = await renderSamplePaper("birthCertificate", 11, { camera: false });
    const file = join(folder, "page.jpg");
    writeFileSync(file, image);
    // The first page starts the threads.
    await reader.read({ image });
    const [pid = 0] = workProcesses();
    const pairs: Pair[] = [];
    for (let run = 0; run < RUNS; run += 1)
      pairs.push({
        peer: await timed(() => readNatively(file), endedChildrenCpuMs),
        ours: await timed(
          () => reader.read({ image }),
          () => cpuMsOf(pid),
        ),
      });
    return pairs;
  } finally {
    await reader.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const rowOf = async (name: string, key: keyof Times): Promise<BenchRow> => {
  const pairs = await measure();
  return row({
    name,
    ours: Math.round(median(pairs.map(({ ours }) => ours[key]))),
    peer: Math.round(median(pairs.map(({ peer }) => peer[key]))),
    peerName: "tesseract -l vie --psm 3, one thread, text only",
    unit: "ms",
    ratio: median(pairs.map(({ ours, peer }) => ours[key] / peer[key])),
    better: "lower",
    goal: GOAL,
  });
};

export const ocrRow = (): Promise<BenchRow> => rowOf("one A4 page, picture to fields", "wallMs");

/** What it costs whatever else the machine does: all threads of the reading process together. */
export const ocrCpuRow = (): Promise<BenchRow> => rowOf("the same, processor time", "cpuMs");
