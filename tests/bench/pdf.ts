// How large is a sealed scan of ten pages, how long does it take, and does the screen stand still meanwhile?
import { PDFDocument } from "pdf-lib";
import type { Scan, ScanPage } from "../../src/documents/scan.js";
import { createScanMaker } from "../../src/documents/scan-maker.js";
import { makeScanPdf } from "../../src/documents/scan-pdf.js";
import { layOutPaper, paperText } from "../../src/ml/samples/papers.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";
import { makeHouse } from "../documents/keys.js";
import { sampleScan, wordsInRow } from "../documents/scans.js";
import { type BenchRow, median, row } from "./row.js";

const PAGES = 10;
const DPI = 200;
const RUNS = 5;
/** A timer that should ring every so often tells how long the runtime stood still. */
const TICK_MS = 2;
/** What a touch may wait for. */
const STILL_LIMIT_MS = 50;

/** As many words as the paper has, in lines down the page. */
const scanPage = async (seed: number): Promise<ScanPage> => {
  const paper = layOutPaper(seed % 2 === 0 ? "diploma" : "birthCertificate", seed);
  const picture = await renderPage(paper, DPI);
  const lines = paperText(paper).split("\n");
  const words = lines.flatMap((line, index) => wordsInRow(line, 120, 150 + index * 60));
  const jpeg = await scanJpeg(picture);
  return { jpeg, widthPx: picture.width, heightPx: picture.height, dpi: DPI, words };
};

const tenPages = async (): Promise<Scan> => {
  const pages: ScanPage[] = [];
  for (let index = 0; index < PAGES; index++) pages.push(await scanPage(20 + index));
  return { ...(await sampleScan(1)), pages };
};

/** The same pictures on pages, and nothing else. */
const plainPdf = async ({ pages }: Scan): Promise<Uint8Array> => {
  const document = await PDFDocument.create();
  for (const { jpeg, widthPx, heightPx } of pages) {
    const [width, height] = [(widthPx * 72) / DPI, (heightPx * 72) / DPI];
    const page = document.addPage([width, height]);
    page.drawImage(await document.embedJpg(jpeg), { x: 0, y: 0, width, height });
  }
  return document.save();
};

export const pdfSizeRow = async (): Promise<BenchRow> => {
  const [scan, house] = [await tenPages(), await makeHouse()];
  return row({
    name: "sealed scan of 10 pages, size",
    ours: (await makeScanPdf(scan, house.seal)).length / 1_000,
    peer: (await plainPdf(scan)).length / 1_000,
    peerName: "pdf-lib with the same JPEGs, nothing else",
    unit: "kB",
    better: "lower",
    goal: 1.1,
  });
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

export const pdfTimeRow = async (): Promise<BenchRow> => {
  const [scan, house] = [await tenPages(), await makeHouse()];
  await makeScanPdf(scan, house.seal);
  await plainPdf(scan);
  const pairs: (readonly [number, number])[] = [];
  for (let run = 0; run < RUNS; run++)
    pairs.push([await timed(() => makeScanPdf(scan, house.seal)), await timed(() => plainPdf(scan))]);
  return row({
    name: "sealed scan of 10 pages, time",
    ours: median(pairs.map(([ours]) => ours)),
    peer: median(pairs.map(([, peer]) => peer)),
    ratio: median(pairs.map(([ours, peer]) => ours / peer)),
    peerName: "pdf-lib with the same JPEGs, nothing else",
    unit: "ms",
    better: "lower",
    goal: 5,
  });
};

/** The longest gap between two ticks while `work` runs. */
const longestStill = async (work: () => Promise<unknown>): Promise<number> => {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK_MS);
    last = now;
  }, TICK_MS);
  await work();
  clearInterval(timer);
  return Math.max(longest, performance.now() - last - TICK_MS);
};

export const pdfStillRow = async (): Promise<BenchRow> => {
  const [scan, house] = [await tenPages(), await makeHouse()];
  const maker = createScanMaker();
  try {
    await maker.make(scan, house.seal);
    const gaps: number[] = [];
    for (let run = 0; run < RUNS; run++) gaps.push(await longestStill(() => maker.make(scan, house.seal)));
    return row({
      name: "longest standstill while it is made",
      ours: median(gaps),
      peer: STILL_LIMIT_MS,
      peerName: "what a touch may wait for",
      unit: "ms",
      better: "lower",
      goal: 1,
    });
  } finally {
    await maker.close();
  }
};
