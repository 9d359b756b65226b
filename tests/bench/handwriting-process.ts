// What does the model for handwriting hold in memory, and how long does it look at a line? (A process of its own.)
import { readFileSync } from "node:fs";
import type { HandKind } from "../../src/ml/handwriting/kinds.js";
import { openHandwriting } from "../../src/ml/handwriting/reader.js";
import type { Gray } from "../../src/ml/page/raster.js";
import { serveProcess } from "../../src/ml/serve-process.js";
import { cpuMsOf } from "./cpu-time.js";

export interface LinesTask {
  readonly manifest: string;
  readonly lines: readonly { readonly picture: Gray; readonly kind: HandKind }[];
  /** Lines on one page; `lines` are those of many. */
  readonly pageLines: number;
}

export interface LinesResult {
  readonly readings: readonly {
    readonly text: string;
    readonly confidence: number;
    readonly sure: boolean;
  }[];
  /** A line, processor time of all threads, after the first few. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of the whole process: Node, the network, one line. */
  readonly peakMegabytes: number;
}

/** The first lines load the network and let V8 compile. */
const WARM_LINES = 5;

const peakMegabytes = (): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;

serveProcess<LinesTask, LinesResult>({
  act: async ({ manifest, lines, pageLines }) => {
    const reader = openHandwriting(new URL(manifest));
    if (reader === null) throw new Error("the manifest names no model for handwriting");
    const read = async ({ picture, kind }: LinesTask["lines"][number]) => {
      const { text, confidence, sure } = (await reader.look(picture)).read(kind);
      return { text, confidence, sure };
    };
    try {
      for (const line of lines.slice(0, WARM_LINES)) await read(line);
      const [cpu, wall] = [cpuMsOf(process.pid), performance.now()];
      const readings = [];
      for (const [at, line] of lines.entries()) {
        readings.push(await read(line));
        // As after each page (serve-process.ts).
        if (at % pageLines === pageLines - 1) globalThis.gc?.();
      }
      const count = Math.max(1, lines.length);
      return {
        readings,
        cpuMs: (cpuMsOf(process.pid) - cpu) / count,
        wallMs: (performance.now() - wall) / count,
        peakMegabytes: peakMegabytes(),
      };
    } finally {
      await reader.close();
    }
  },
  fallback: "model.unusable",
});
