// How long does one page take, frame to fields, against the tesseract command that gives text alone?
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { readNatively } from "./native-tesseract.js";
import { type BenchRow, median, row } from "./row.js";

const RUNS = 5;
const GOAL = 2;

export const ocrRow = async (): Promise<BenchRow> => {
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
    const ours: number[] = [];
    const peer: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      peer.push(readNatively(file).ms);
      const started = performance.now();
      await reader.read({ image });
      ours.push(performance.now() - started);
    }
    return row({
      name: "one A4 page, picture to fields",
      ours: Math.round(median(ours)),
      peer: Math.round(median(peer)),
      peerName: "tesseract -l vie --psm 3, one thread, text only",
      unit: "ms",
      better: "lower",
      goal: GOAL,
    });
  } finally {
    await reader.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
