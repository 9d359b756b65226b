// How many characters are read wrongly under which condition, by ours and by the tesseract command?
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import type { PaperReader, ReadPage } from "../../src/ml/reader.js";
import { CONDITIONS, type Condition, photographUnder } from "../../src/ml/samples/conditions.js";
import { layOutPaper, paperText, type SampleKind, type SamplePaper } from "../../src/ml/samples/papers.js";
import { renderPage } from "../../src/ml/samples/render.js";
import { characterErrorRate } from "../ml/character-errors.js";
import { readNatively } from "./native-tesseract.js";
import { readingTruths } from "./reading-truths.js";

/** Ours and native together take about five seconds a picture on two cores. */
const QUICK_PAPERS = 2;
const KINDS: readonly SampleKind[] = [
  "birthCertificate",
  "confirmationLetter",
  "diploma",
  "decision",
  "marriageCertificate",
  "householdConfirmation",
  "landUseCertificate",
  "drivingLicence",
  "vehicleRegistration",
  "healthInsuranceCard",
];
/** No test and no training uses these. */
const FIRST_SEED = 900;

interface PictureReading {
  readonly condition: string;
  readonly kind: SampleKind;
  /** Percent; null: refused, with the fault's code in `fault`. */
  readonly ours: number | null;
  readonly fault: string;
  readonly native: number;
  readonly fieldsRight: number;
  readonly fields: number;
  readonly oursMs: number;
  readonly nativeMs: number;
  /** How sure each word was, and whether it stands on the paper. */
  readonly sureness: readonly (readonly [confidence: number, right: boolean])[];
}

const leastErrors = (paper: SamplePaper, text: string): number =>
  Math.min(...readingTruths(paper).map((truth) => characterErrorRate(truth, text)));

const rightFields = (paper: SamplePaper, page: ReadPage): number =>
  Object.entries(paper.fields).filter(([key, value]) =>
    page.fields.some((field) => field.key === key && field.value === value),
  ).length;

const surenessOf = (paper: SamplePaper, page: ReadPage): PictureReading["sureness"] => {
  const printed = new Set(paperText(paper).normalize("NFC").split(/\s+/));
  return page.words
    .filter(({ text }) => text !== "")
    .map(({ text, confidence }) => [confidence, printed.has(text)]);
};

const measure = async (
  reader: PaperReader,
  file: string,
  condition: Condition,
  [kind, seed]: readonly [SampleKind, number],
): Promise<PictureReading> => {
  const paper = layOutPaper(kind, seed);
  const { jpeg } = await photographUnder(await renderPage(paper, condition.renderDpi), condition, seed);
  writeFileSync(file, jpeg);
  const native = readNatively(file);
  const started = performance.now();
  const known = {
    condition: condition.name,
    kind,
    native: leastErrors(paper, native.text),
    nativeMs: native.ms,
    fields: Object.keys(paper.fields).length,
  };
  try {
    const page = await reader.read({ image: jpeg });
    return {
      ...known,
      ours: leastErrors(paper, page.text),
      fault: "",
      fieldsRight: rightFields(paper, page),
      oursMs: performance.now() - started,
      sureness: surenessOf(paper, page),
    };
  } catch (error) {
    const { code = "error" } = error as { readonly code?: string };
    return {
      ...known,
      ours: null,
      fault: code,
      fieldsRight: 0,
      oursMs: performance.now() - started,
      sureness: [],
    };
  }
};

export interface CerOptions {
  /** Papers a condition, of the ten kinds in turn; MOTCUA_CER_PAPERS. */
  readonly papers: number;
  /** A part of the conditions' names; MOTCUA_CER_ONLY. */
  readonly only: string;
}

export const cerTable = async (options: CerOptions): Promise<readonly PictureReading[]> => {
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const reader = createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: 50, workers: 1 },
  });
  try {
    const readings: PictureReading[] = [];
    const wanted = CONDITIONS.filter(({ name, readable }) => readable && name.includes(options.only));
    for (const [index, condition] of wanted.entries())
      for (let paper = 0; paper < options.papers; paper += 1) {
        // Every kind comes up under some condition, also when there are few papers a condition.
        const kind = KINDS[(index * options.papers + paper) % KINDS.length] ?? "birthCertificate";
        readings.push(
          await measure(reader, join(folder, "page.jpg"), condition, [kind, FIRST_SEED + index * 10 + paper]),
        );
      }
    return readings;
  } finally {
    await reader.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const quantile = (values: readonly number[], at: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(at * values.length))] ??
  Number.NaN;

const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(10))).join("");

const percent = (value: number | null): string => (value === null ? "refused" : `${value.toFixed(2)} %`);

const conditionRow = (name: string, readings: readonly PictureReading[]): string => {
  const ours = readings.flatMap(({ ours: rate }) => rate ?? []);
  return row([
    name,
    ours.length === 0 ? (readings[0]?.fault ?? "") : percent(mean(ours)),
    percent(readings.some(({ ours: rate }) => rate === null) ? null : Math.max(...ours)),
    percent(mean(readings.map(({ native }) => native))),
    `${readings.reduce((sum, { fieldsRight }) => sum + fieldsRight, 0)}/${readings.reduce((sum, { fields }) => sum + fields, 0)}`,
    (mean(readings.map(({ oursMs }) => oursMs)) / 1_000).toFixed(2),
    (mean(readings.map(({ nativeMs }) => nativeMs)) / 1_000).toFixed(2),
  ]);
};

const BINS = [0, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95] as const;

/** What a word's confidence is worth: how many words of that confidence do stand on the paper. */
const reliabilityRows = (readings: readonly PictureReading[]): readonly string[] => {
  const all = readings.flatMap(({ sureness }) => sureness);
  return BINS.map((from, index) => {
    const to = BINS[index + 1] ?? 1.01;
    const bin = all.filter(([confidence]) => confidence >= from && confidence < to);
    const right = bin.filter(([, is]) => is).length;
    const share = bin.length === 0 ? "" : `${((100 * right) / bin.length).toFixed(1)} %`;
    return row([`words of ${from.toFixed(2)} … ${Math.min(1, to).toFixed(2)}`, String(bin.length), share]);
  });
};

/** The tables as text, for people. */
export const cerText = (readings: readonly PictureReading[]): string => {
  const names = [...new Set(readings.map(({ condition }) => condition))];
  const ours = readings.map(({ ours: rate }) => rate ?? 100);
  return [
    row(["character error rate", "ours", "worst", "native", "fields", "ours s", "native s"]),
    ...names.map((name) =>
      conditionRow(
        name,
        readings.filter(({ condition }) => condition === name),
      ),
    ),
    `all ${readings.length} pictures: p50 ${quantile(ours, 0.5).toFixed(2)} %, p90 ${quantile(ours, 0.9).toFixed(2)} %, worst ${Math.max(...ours).toFixed(2)} %; native p50 ${quantile(
      readings.map(({ native }) => native),
      0.5,
    ).toFixed(2)} %`,
    "",
    row(["how sure", "words", "right"]),
    ...reliabilityRows(readings),
  ].join("\n");
};

export const cerOptionsFrom = (env: NodeJS.ProcessEnv): CerOptions => ({
  papers: Number(env["MOTCUA_CER_PAPERS"] ?? QUICK_PAPERS),
  only: env["MOTCUA_CER_ONLY"] ?? "",
});
