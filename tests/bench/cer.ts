// How many characters are read wrongly on which picture, by ours and by the tesseract command?
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import type { PaperReader } from "../../src/ml/reader.js";
import { type CameraModel, LOW_LIGHT, PHONE_FRAME, photograph } from "../../src/ml/samples/camera.js";
import { layOutPaper, paperText, type SampleKind } from "../../src/ml/samples/papers.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";
import { characterErrorRate } from "../ml/character-errors.js";
import { readNatively } from "./native-tesseract.js";

const PAPERS: readonly (readonly [SampleKind, number])[] = [
  ["birthCertificate", 11],
  ["diploma", 12],
  ["birthCertificate", 13],
  ["diploma", 14],
];

interface Picture {
  readonly name: string;
  readonly turnDegrees?: number;
  readonly camera?: CameraModel;
}

const PICTURES: readonly Picture[] = [
  { name: "scan, 200 dpi" },
  { name: "scan, rotated 2°", turnDegrees: 2 },
  { name: "scan, rotated 5°", turnDegrees: 5 },
  { name: "phone over the page, one lamp", camera: PHONE_FRAME },
  { name: "the same in low light", camera: LOW_LIGHT },
];

export interface CerLine {
  readonly picture: string;
  /** Mean over the papers, percent. */
  readonly ours: number;
  readonly native: number;
  readonly oursMs: number;
  readonly nativeMs: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const measure = async (reader: PaperReader, folder: string, picture: Picture): Promise<CerLine> => {
  const file = join(folder, "page.jpg");
  const lines: Omit<CerLine, "picture">[] = [];
  for (const [kind, seed] of PAPERS) {
    const paper = layOutPaper(kind, seed);
    const page = await renderPage(paper, 200);
    const image =
      picture.camera === undefined
        ? await scanJpeg(page, picture.turnDegrees)
        : (await photograph(page, picture.camera, seed)).jpeg;
    writeFileSync(file, image);
    const native = readNatively(file);
    const started = performance.now();
    const { text } = await reader.read({ image });
    const oursMs = performance.now() - started;
    const truth = paperText(paper);
    lines.push({
      ours: characterErrorRate(truth, text),
      native: characterErrorRate(truth, native.text),
      oursMs,
      nativeMs: native.ms,
    });
  }
  return {
    picture: picture.name,
    ours: mean(lines.map(({ ours }) => ours)),
    native: mean(lines.map(({ native }) => native)),
    oursMs: mean(lines.map(({ oursMs }) => oursMs)),
    nativeMs: mean(lines.map(({ nativeMs }) => nativeMs)),
  };
};

export const cerTable = async (): Promise<readonly CerLine[]> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const reader = createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: 50, workers: 1 },
  });
  try {
    const lines: CerLine[] = [];
    for (const picture of PICTURES) lines.push(await measure(reader, folder, picture));
    return lines;
  } finally {
    await reader.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The table as text, for people. */
export const cerText = (lines: readonly CerLine[]): string => {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(32) : cell.padStart(14))).join("");
  return [
    row(["character error rate", "ours", "native", "ours s", "native s"]),
    ...lines.map(({ picture, ours, native, oursMs, nativeMs }) =>
      row([
        picture,
        `${ours.toFixed(2)} %`,
        `${native.toFixed(2)} %`,
        (oursMs / 1_000).toFixed(2),
        (nativeMs / 1_000).toFixed(2),
      ]),
    ),
  ].join("\n");
};
