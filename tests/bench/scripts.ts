// How surely are print and handwriting told apart on forms that have both?
//
// The papers' samples with values filled in by unseen families (MOTCUA_FONTS), flat scans and camera frames;
// MOTCUA_HAND_FORMS says how many of each (10). What the telling goes by is chosen on other forms, of families that
// training may see: MOTCUA_HAND_ROLE=train measures on those.
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { isHandwritten } from "../../src/ml/lines/script.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import type { Box, ReadPage } from "../../src/ml/reader.js";
import { CONDITIONS, photographUnder } from "../../src/ml/samples/conditions.js";
import type { HandwrittenForm } from "../../src/ml/samples/handwritten-form.js";
import type { SampleKind } from "../../src/ml/samples/papers.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { seededRandom } from "../../src/ml/samples/random.js";
import { renderPage, scanJpeg } from "../../src/ml/samples/render.js";
import { fillByFont, printedPlaces } from "../../src/ml/training/scripts/filled-form.js";
import { handBench } from "./hand-fonts.js";

const KINDS: readonly SampleKind[] = [
  "birthCertificate",
  "confirmationLetter",
  "marriageCertificate",
  "householdConfirmation",
];
/** Forms of the one are never forms of the other. */
const SEEDS = { unseen: 79_000, train: 78_000 } as const;

interface Count {
  hand: number;
  handTold: number;
  print: number;
  printTold: number;
}

const countIn = ({ paper, hand }: HandwrittenForm, page: ReadPage): Count => {
  const [across, down] = [page.widthPx / paper.widthMm, page.heightPx / paper.heightMm];
  const told = ({ x, y, w, h }: Box): boolean =>
    isHandwritten(page, { x: x * across, y: y * down, w: w * across, h: h * down });
  const print = printedPlaces(paper);
  return {
    hand: hand.length,
    handTold: hand.filter(told).length,
    print: print.length,
    printTold: print.filter((box) => !told(box)).length,
  };
};

const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

const line = (name: string, { hand, handTold, print, printTold }: Count): string => {
  const all = (handTold + printTold) / Math.max(1, hand + print);
  return `${name.padEnd(10)} ${share(handTold, hand).padEnd(8)} of ${String(hand).padEnd(5)} ${share(printTold, print).padEnd(8)} of ${String(print).padEnd(6)} ${(100 * all).toFixed(1)} %  ≥ 98.0 %  ${all >= 0.98 ? "holds" : "MISSED"}`;
};

export const scriptsTable = async (env: NodeJS.ProcessEnv): Promise<string> => {
  const role = env["MOTCUA_HAND_ROLE"] === "train" ? "train" : "unseen";
  const seed = SEEDS[role];
  const bench = handBench(env, role);
  if (typeof bench === "string") return bench;
  const forms = Number(env["MOTCUA_HAND_FORMS"] ?? 10);
  const reader = createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: 50, workers: 1, handwritingManifest: bench.manifest },
  });
  const conditions = CONDITIONS.filter(({ readable, picture }) => readable && "blurPx" in picture);
  const sums = new Map<string, Count>();
  const add = (name: string, count: Count): void => {
    const sum = sums.get(name) ?? { hand: 0, handTold: 0, print: 0, printTold: 0 };
    for (const key of Object.keys(count) as (keyof Count)[]) sum[key] += count[key];
    sums.set(name, sum);
  };
  try {
    for (let i = 0; i < forms; i += 1) {
      const random = seededRandom(seed + i);
      const paper = layOutPaper(KINDS[i % KINDS.length] ?? "birthCertificate", seed + i);
      const form = fillByFont(paper, bench.faces, random, 0.6);
      const page = await renderPage(form.paper, 200);
      const condition = random.pick(conditions);
      const frames = {
        scan: await scanJpeg(page),
        camera: (await photographUnder(page, condition, seed + i)).jpeg,
      };
      for (const [name, image] of Object.entries(frames)) {
        try {
          add(name, countIn(form, await reader.read({ image })));
        } catch (error) {
          // A picture that is refused tells nothing apart: the citizen takes another.
          add(`${name}, refused: ${(error as { code?: string }).code ?? "?"}`, {
            hand: 0,
            handTold: 0,
            print: 0,
            printTold: 0,
          });
        }
      }
    }
  } finally {
    await reader.close();
  }
  const head = `${"forms".padEnd(10)} ${"hand told".padEnd(17)} ${"print told".padEnd(18)} both     goal`;
  return [head, ...[...sums].map(([name, count]) => line(name, count))].join("\n");
};
