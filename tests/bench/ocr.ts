// How long does the reader take from a picture to the fields, against the native tesseract on the same page?
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import { renderSamplePaper } from "../../src/ml/samples/render.js";
import { type BenchRow, median, row } from "./row.js";

const RUNS = 5;

export const ocrRow = async (): Promise<BenchRow> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  const reader = createPaperReader({ clock, log: silentLog, options: { maxMegapixels: 50, workers: 1 } });
  try {
    const image = await renderSamplePaper("birthCertificate", 21, { camera: false });
    const file = join(folder, "page.jpg");
    writeFileSync(file, image);
    await reader.read({ image });
    const ours: number[] = [];
    const peer: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const startedOurs = performance.now();
      await reader.read({ image });
      ours.push(performance.now() - startedOurs);
      const startedPeer = performance.now();
      execFileSync("tesseract", [file, "-", "-l", "vie", "--psm", "3"], {
        env: { ...process.env, OMP_THREAD_LIMIT: "1" },
        stdio: ["ignore", "pipe", "ignore"],
      });
      peer.push(performance.now() - startedPeer);
    }
    return row({
      name: "one clean A4 page, file to fields",
      ours: median(ours),
      peer: median(peer),
      peerName: "native tesseract -l vie, one thread",
      unit: "ms",
      better: "lower",
      goal: 2,
    });
  } finally {
    await reader.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
