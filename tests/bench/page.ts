// How long from a 12-megapixel frame to the rectified page, and how near to the real page is what is found?
import { createRequire } from "node:module";
import type { OpenCv } from "@techstark/opencv-js";
import { decodePage } from "../../src/ml/page/decode.js";
import { loadOpenCv, searchPage } from "../../src/ml/page/find-page.js";
import { homography, type Quad } from "../../src/ml/page/homography.js";
import { examine } from "../../src/ml/page/prepare.js";
import type { Rgb } from "../../src/ml/page/raster.js";
import { rectify } from "../../src/ml/page/rectify.js";
import { BACKGROUNDS } from "../../src/ml/samples/backgrounds.js";
import { photograph } from "../../src/ml/samples/camera.js";
import { conditionNamed, KIOSK_FRAME, photographUnder } from "../../src/ml/samples/conditions.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { renderPage } from "../../src/ml/samples/render.js";
import { overlap } from "../ml/quad-overlap.js";
import { type BenchRow, median, row } from "./row.js";

const RUNS = 5;
const MOST_MS = 600;
const MOST_RATIO = 1.5;
const MAX_PIXELS = 50e6;
const A4_300 = { width: 2_480, height: 3_508 };

/** The whole of opencv-js: the product declares only what it uses. */
interface WholeOpenCv extends OpenCv {
  readonly CV_8UC3: number;
  readonly CV_64F: number;
  readonly COLOR_RGB2GRAY: number;
  readonly INTER_LINEAR: number;
  readonly WARP_INVERSE_MAP: number;
  readonly BORDER_REPLICATE: number;
  cvtColor(from: unknown, to: unknown, code: number): void;
  warpPerspective(
    from: unknown,
    to: unknown,
    h: unknown,
    size: unknown,
    flags: number,
    border: number,
    fill: unknown,
  ): void;
  readonly Scalar: new () => unknown;
}

interface Times {
  readonly wallMs: number;
  readonly cpuMs: number;
}

const timed = async <T>(act: () => T | Promise<T>): Promise<readonly [T, Times]> => {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const result = await act();
  const { user, system } = process.cpuUsage(before);
  return [result, { wallMs: performance.now() - started, cpuMs: (user + system) / 1_000 }];
};

const plus = (a: Times, b: Times): Times => ({ wallMs: a.wallMs + b.wallMs, cpuMs: a.cpuMs + b.cpuMs });

/** What anybody would write with opencv-js who already knew the corners. */
const bareWarp = (cv: WholeOpenCv, frame: Rgb, quad: Quad): void => {
  const { width, height } = A4_300;
  const corners: Quad = [
    { x: 0, y: 0 },
    { x: width - 1, y: 0 },
    { x: width - 1, y: height - 1 },
    { x: 0, y: height - 1 },
  ];
  const image = cv.matFromArray(frame.height, frame.width, cv.CV_8UC3, frame.data);
  const matrix = cv.matFromArray(3, 3, cv.CV_64F, homography(corners, quad) ?? []);
  const [gray, edges, page] = [new cv.Mat(), new cv.Mat(), new cv.Mat()];
  cv.cvtColor(image, gray, cv.COLOR_RGB2GRAY);
  cv.Canny(gray, edges, 50, 150);
  const flags = cv.INTER_LINEAR | cv.WARP_INVERSE_MAP;
  cv.warpPerspective(
    image,
    page,
    matrix,
    new cv.Size(width, height),
    flags,
    cv.BORDER_REPLICATE,
    new cv.Scalar(),
  );
  for (const mat of [image, matrix, gray, edges, page]) mat.delete();
};

interface Timing {
  readonly decode: Times;
  readonly ours: Times;
  readonly peer: Times;
}

const measure = async (): Promise<readonly Timing[]> => {
  const { cv } = await loadOpenCv();
  const whole = createRequire(import.meta.url)("@techstark/opencv-js") as WholeOpenCv;
  const page = await renderPage(layOutPaper("birthCertificate", 51), 300);
  const { jpeg, quad } = await photographUnder(page, conditionNamed("kiosk camera"), 51);
  const timings: Timing[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const [decoded, decode] = await timed(() => decodePage(jpeg, MAX_PIXELS));
    const [, laid] = await timed(() => {
      const { laid: page, resolution } = examine(decoded.image, searchPage(cv, decoded.image), decoded);
      return rectify(decoded.image, page.map, resolution.size);
    });
    const [, warp] = await timed(() => bareWarp(whole, decoded.image, quad));
    timings.push({ decode, ours: plus(decode, laid), peer: plus(decode, warp) });
  }
  // The first run compiles the code.
  return timings.slice(1);
};

const rowOf = async (name: string, key: keyof Times): Promise<BenchRow> => {
  const timings = await measure();
  const of = (what: keyof Timing): number => Math.round(median(timings.map((timing) => timing[what][key])));
  return row({
    name,
    ours: of("ours"),
    peer: of("peer"),
    peerName: `opencv-js: Canny + warp, known corners; both with ${of("decode")} ms of decoding`,
    unit: "ms",
    ratio: median(timings.map(({ ours, peer }) => ours[key] / peer[key])),
    better: "lower",
    goal: MOST_RATIO,
  });
};

/** The frame decoded, the page found, judged and rectified; the peer has the same decoded pixels. */
export const pageRow = (): Promise<BenchRow> => rowOf("12-megapixel frame to rectified page", "wallMs");

export const pageCpuRow = (): Promise<BenchRow> => rowOf("the same, processor time", "cpuMs");

export const pageLimitRow = async (): Promise<BenchRow> => {
  const ours = Math.round(median((await measure()).map(({ ours: { wallMs } }) => wallMs)));
  return row({
    name: "the same against the limit",
    ours,
    peer: MOST_MS,
    peerName: "the limit, decoding included",
    unit: "ms",
    better: "lower",
    goal: 1,
  });
};

/** Overlap of the page that is found with the real one, a line a background. */
export const overlapText = async (): Promise<string> => {
  const { cv } = await loadOpenCv();
  const lines: string[] = [];
  const all: number[] = [];
  for (const background of BACKGROUNDS) {
    const overlaps: number[] = [];
    for (const [kind, seed] of [
      ["birthCertificate", 61],
      ["diploma", 62],
    ] as const)
      for (const [rotateDegrees, tiltDegrees, fill] of [
        [-2, 2, 0.9],
        [7, 13, 0.8],
        [21, 20, 0.7],
      ] as const) {
        const model = { ...KIOSK_FRAME, widthPx: 1_836, heightPx: 2_448, background, rotateDegrees };
        const pose = { tiltDegrees, panDegrees: -tiltDegrees / 2, fill };
        const sheet = await renderPage(layOutPaper(kind, seed), 150);
        const { jpeg, quad } = await photograph(sheet, { ...model, pose }, seed + rotateDegrees);
        const decoded = await decodePage(jpeg, MAX_PIXELS);
        const { laid } = examine(decoded.image, searchPage(cv, decoded.image), decoded);
        overlaps.push(laid.found === null ? 0 : overlap(laid.found.quad, quad));
      }
    all.push(...overlaps);
    lines.push(lineOf(background, overlaps));
  }
  return [
    "overlap with the real page".padEnd(32) + "mean".padStart(10) + "least".padStart(10),
    ...lines,
    lineOf("all", all),
  ].join("\n");
};

const lineOf = (name: string, overlaps: readonly number[]): string => {
  const mean = overlaps.reduce((sum, value) => sum + value, 0) / overlaps.length;
  return (
    name.padEnd(32) +
    mean.toFixed(4).padStart(10) +
    Math.min(...overlaps)
      .toFixed(4)
      .padStart(10)
  );
};
