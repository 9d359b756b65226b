// How well, how fast and how small is handwriting read, against tesseract on the same lines?
//
// Lines of families that training never met, made as it runs: MOTCUA_FONTS names the folder of fetch-fonts.js,
// MOTCUA_HAND_LINES how many of each sort (100), MOTCUA_MODELS another list of models. Both readers' texts are held to
// the same: a number without what parts its digits, and no blanks beside signs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { heldBy } from "../../src/ml/handwriting/kinds.js";
import { type Tally, tallyOf } from "../../src/ml/handwriting/tally.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";
import { printedFace } from "../../src/ml/training/handwriting/form-paper.js";
import { LINE_HEIGHT_PX, type LineImage, lineImage } from "../../src/ml/training/handwriting/line-image.js";
import { FIELD_KINDS, type Kind } from "../../src/ml/training/handwriting/text.js";
import { fillByFont } from "../../src/ml/training/scripts/filled-form.js";
import { WorkProcess } from "../../src/ml/work-process.js";
import { endedChildrenCpuMs } from "./cpu-time.js";
import { type HandBench, handBench } from "./hand-fonts.js";
import type { LinesResult, LinesTask } from "./handwriting-process.js";
import { median } from "./row.js";

/** No training, validation or test uses it. */
const SEED = 77_000;

/** "digits" are of any register, "citizen numbers" what their own rule helps to read. */
const SORTS = ["clean", "camera", "digits and dates", "citizen numbers"] as const;
type Sort = (typeof SORTS)[number];

const ONLY: Readonly<Record<Sort, readonly Kind[]>> = {
  clean: [],
  camera: [],
  "digits and dates": ["number", "date"],
  "citizen numbers": ["citizenNumber"],
};

const makeLines = ({ faces }: HandBench, sort: Sort, count: number): readonly LineImage[] => {
  const random = seededRandom(SEED + SORTS.indexOf(sort));
  const makers = {
    faces,
    printed: printedFace(),
    cleanShare: sort === "clean" ? 1 : sort === "camera" ? 0 : 0.5,
  };
  const kinds = ONLY[sort];
  return Array.from({ length: count }, (_, i) => {
    const only = kinds[i % Math.max(1, kinds.length)];
    return lineImage(only === undefined ? makers : { ...makers, only }, random);
  });
};

interface Native {
  readonly texts: readonly string[];
  readonly cpuMs: number;
}

const PAPER_PX = 12;

/** One process for all lines, as somebody would who has many: `--psm 7` is one line of text. */
const readNatively = async (lines: readonly LineImage[]): Promise<Native> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-lines-"));
  try {
    const files: string[] = [];
    for (const [i, { width, pixels }] of lines.entries()) {
      const file = join(folder, `${String(i).padStart(5, "0")}.png`);
      const raw = { width, height: LINE_HEIGHT_PX, channels: 1 } as const;
      const margin = { top: PAPER_PX, bottom: PAPER_PX, left: PAPER_PX, right: PAPER_PX, background: "#fff" };
      await sharp(pixels, { raw }).extend(margin).png().toFile(file);
      files.push(file);
    }
    const list = join(folder, "lines.txt");
    writeFileSync(list, `${files.join("\n")}\n`);
    const before = endedChildrenCpuMs();
    const args = [list, "-", "-l", "vie", "--psm", "7", "--dpi", "200"];
    const { status, stdout, stderr, error } = spawnSync("tesseract", args, {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      env: { ...process.env, OMP_THREAD_LIMIT: "1" },
    });
    if (status !== 0) throw new Error(`tesseract: ${error?.message ?? stderr.trim()}`);
    const texts = stdout.split("\f").slice(0, lines.length);
    return { texts: texts.map((text) => text.trim()), cpuMs: (endedChildrenCpuMs() - before) / lines.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Of a long form. */
const PAGE_LINES = 12;

interface Measured {
  readonly sort: Sort;
  readonly ours: Tally;
  readonly native: Tally;
  readonly run: LinesResult;
  readonly nativeCpuMs: number;
}

const measure = async (bench: HandBench, sort: Sort, count: number): Promise<Measured> => {
  const lines = makeLines(bench, sort, count);
  const work = new WorkProcess<LinesTask, LinesResult>({
    script: new URL("./handwriting-process.js", import.meta.url),
    name: "handwriting process",
    loss: "model.unusable",
  });
  try {
    const run = await work.run({
      manifest: bench.manifest.href,
      pageLines: PAGE_LINES,
      lines: lines.map(({ width, pixels, kind }) => ({
        picture: { width, height: LINE_HEIGHT_PX, data: pixels },
        kind: FIELD_KINDS[kind],
      })),
    });
    const native = await readNatively(lines);
    const outcomes = (said: (i: number) => string, sure: (i: number) => boolean) =>
      tallyOf(
        lines.map(({ text, kind }, i) => {
          const field = FIELD_KINDS[kind];
          return { meant: heldBy(field, text), said: heldBy(field, said(i)), sure: sure(i) };
        }),
      );
    return {
      sort,
      run,
      ours: outcomes(
        (i) => run.readings[i]?.text ?? "",
        (i) => run.readings[i]?.sure ?? false,
      ),
      native: outcomes(
        (i) => native.texts[i] ?? "",
        () => true,
      ),
      nativeCpuMs: native.cpuMs,
    };
  } finally {
    await work.end();
  }
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const against = (what: string, ours: number, peer: string, goal: number, unit = "%"): string => {
  const value = unit === "%" ? percent(ours) : `${ours.toFixed(0)} ${unit}`;
  const limit = unit === "%" ? percent(goal) : `${goal} ${unit}`;
  return `${what.padEnd(44)} ${value.padEnd(10)} ${peer.padEnd(12)} ≤ ${limit.padEnd(9)} ${ours <= goal ? "holds" : "MISSED"}`;
};

const CER_GOALS: Readonly<Record<Sort, number>> = {
  ...{ clean: 0.08, camera: 0.12 },
  ...{ "digits and dates": 0.02, "citizen numbers": 0.02 },
};

const linesText = (all: readonly Measured[]): readonly string[] => {
  const wrong = all.reduce((sum, { ours }) => sum + ours.confidentlyWrong * ours.lines, 0);
  const left = all.reduce((sum, { ours }) => sum + ours.toPerson * ours.lines, 0);
  const count = all.reduce((sum, { ours }) => sum + ours.lines, 0);
  const cpu = median(all.map(({ run }) => run.cpuMs));
  const peak = Math.max(...all.map(({ run }) => run.peakMegabytes));
  const native = `${median(all.map(({ nativeCpuMs }) => nativeCpuMs)).toFixed(0)} ms`;
  return [
    ...all.map(({ sort, ours, native: peer }) =>
      against(`character errors, ${sort}, ${ours.lines} lines`, ours.cer, percent(peer.cer), CER_GOALS[sort]),
    ),
    ...all.map(
      ({ sort, ours, native: peer }) =>
        `${`whole lines right, ${sort}`.padEnd(44)} ${percent(ours.whole).padEnd(10)} ${percent(peer.whole)}`,
    ),
    against(`confidently wrong, ${count} lines`, wrong / count, "–", 0.01),
    `${"left to a person".padEnd(44)} ${percent(left / count)}`,
    against("a line, processor time", cpu, native, 150, "ms"),
    against("the process with the model, at its largest", peak, "–", 120, "MB"),
  ];
};

const PAGE_RUNS = 3;

/** Extra time of a page with handwriting over the same page when no model is installed. */
const pageText = async (bench: HandBench): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-page-"));
  const none = join(folder, "none.json");
  writeFileSync(none, JSON.stringify({ models: [] }));
  const form = fillByFont(layOutPaper("birthCertificate", SEED), bench.faces, seededRandom(SEED), 1);
  const image = await scanJpeg(await renderPage(form.paper, 200));
  const timed = async (handwritingManifest: URL) => {
    const reader = createPaperReader({
      clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
      log: silentLog,
      options: { maxMegapixels: 50, workers: 1, handwritingManifest },
    });
    try {
      const first = await reader.read({ image });
      const times: number[] = [];
      for (let run = 0; run < PAGE_RUNS; run += 1) {
        const started = performance.now();
        await reader.read({ image });
        times.push(performance.now() - started);
      }
      return { ms: median(times), hand: first.lines.filter(({ script }) => script === "hand").length };
    } finally {
      await reader.close();
    }
  };
  try {
    const [without, withModel] = [await timed(new URL(`file://${none}`)), await timed(bench.manifest)];
    const extra = (Math.max(0, withModel.ms - without.ms) / Math.max(1, withModel.hand)) * PAGE_LINES;
    return against(
      `${PAGE_LINES} lines of a page (it has ${withModel.hand}), wall`,
      extra,
      `${without.ms.toFixed(0)} ms page`,
      2000,
      "ms",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const handwritingTable = async (env: NodeJS.ProcessEnv): Promise<string> => {
  const bench = handBench(env);
  if (typeof bench === "string") return bench;
  const count = Number(env["MOTCUA_HAND_LINES"] ?? 100);
  const measured: Measured[] = [];
  for (const sort of SORTS) measured.push(await measure(bench, sort, count));
  const head = `${"what".padEnd(44)} ${"ours".padEnd(10)} ${"tesseract".padEnd(12)} goal`;
  return [head, ...linesText(measured)].join("\n");
};

export const handwritingPageTable = async (env: NodeJS.ProcessEnv): Promise<string> => {
  const bench = handBench(env);
  return typeof bench === "string" ? bench : pageText(bench);
};
