// How many fields are exactly as printed, by paper and picture, ours against the tesseract command with our extractors?
//
// FIELDS_PAPERS=8 measures eight papers a kind (default 2), FIELDS_FIRST_SEED=… other people's papers.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SystemClock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { PAPER_CLASSES } from "../../src/core/paper-class.js";
import { extractFields } from "../../src/ml/fields/extract.js";
import { createPaperReader } from "../../src/ml/paper-reader.js";
import type { PaperReader, ReadPage, Word } from "../../src/ml/reader.js";
import { LOW_LIGHT, PHONE_FRAME, photograph } from "../../src/ml/samples/camera.js";
import { layOutPaper, type SampleKind, type SamplePaper } from "../../src/ml/samples/papers.js";
import { frameDpi, renderPage, scanDpi, scanJpeg } from "../../src/ml/samples/render.js";

/** No test uses these, and no rule was written while looking at them. */
const FIRST_SEED = 900;
const PAPERS = 2;
/** Below it the screen marks a field (`DOUBTFUL_BELOW` of the flows). */
const TRUSTED = 0.8;

const PICTURES = ["clean scan", "phone", "low light"] as const;
type Picture = (typeof PICTURES)[number];

/** Counts of fields. */
interface Tally {
  all: number;
  right: number;
  trusted: number;
  /** Trusted and wrong, also where the paper has no such field. */
  trustedWrong: number;
  /** How sure each field was, and whether it was right. */
  readonly sureness: (readonly [confidence: number, right: boolean])[];
}

const tally = (): Tally => ({ all: 0, right: 0, trusted: 0, trustedWrong: 0, sureness: [] });

const count = (into: Tally, paper: SamplePaper, { fields }: Pick<ReadPage, "fields">): void => {
  into.all += Object.keys(paper.fields).length;
  for (const { key, value, confidence } of fields) {
    const right = paper.fields[key] === value;
    if (right) into.right += 1;
    into.sureness.push([confidence, right]);
    if (confidence >= TRUSTED) into.trusted += 1;
    if (confidence >= TRUSTED && !right) into.trustedWrong += 1;
  }
};

/** Columns of tesseract's TSV: level, page, block, paragraph, line, word, left, top, width, height, confidence, text. */
const nativeWords = (file: string): readonly (Word & { readonly line: number })[] => {
  const args = [file, "-", "-l", "vie", "--psm", "3", "tsv"];
  const env = { ...process.env, OMP_THREAD_LIMIT: "1" };
  const { status, stdout, stderr, error } = spawnSync("tesseract", args, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`tesseract: ${error?.message ?? stderr.trim()}`);
  const lines = new Map<string, number>();
  return stdout.split("\n").flatMap((row) => {
    const cells = row.split("\t");
    if (cells[0] !== "5") return [];
    const place = cells.slice(1, 5).join(".");
    if (!lines.has(place)) lines.set(place, lines.size);
    const [x = 0, y = 0, w = 0, h = 0, confidence = 0] = cells.slice(6, 11).map(Number);
    const text = (cells[11] ?? "").normalize("NFC");
    return [{ text, confidence: confidence / 100, box: { x, y, w, h }, line: lines.get(place) ?? 0 }];
  });
};

const pictureOf = async (paper: SamplePaper, seed: number, picture: Picture): Promise<Uint8Array> => {
  if (picture === "clean scan") return scanJpeg(await renderPage(paper, scanDpi(paper)));
  const page = await renderPage(paper, frameDpi(paper));
  return (await photograph(page, picture === "phone" ? PHONE_FRAME : LOW_LIGHT, seed)).jpeg;
};

const ours = (reader: PaperReader, image: Uint8Array): Promise<Pick<ReadPage, "fields">> =>
  reader.read({ image }).catch(() => ({ fields: [] }));

interface Cells {
  readonly ours: Tally;
  readonly native: Tally;
}

export type FieldsTable = Readonly<Record<SampleKind, Readonly<Record<Picture, Cells>>>>;

const percent = (part: number, of: number): string =>
  of === 0 ? "–" : `${((100 * part) / of).toFixed(1)} %`;

const together = (tallies: readonly Tally[]): Tally => {
  const sum = tally();
  for (const { all, right, trusted, trustedWrong, sureness } of tallies) {
    sum.all += all;
    sum.right += right;
    sum.trusted += trusted;
    sum.trustedWrong += trustedWrong;
    sum.sureness.push(...sureness);
  }
  return sum;
};

const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(24) : cell.padStart(12))).join("");

const BINS = [0, 0.5, 0.7, TRUSTED, 0.9, 0.95, 0.98] as const;

/** What a field's confidence is worth: how many fields of that confidence are as printed. */
const calibrationRows = (sureness: Tally["sureness"]): readonly string[] =>
  BINS.map((from, index) => {
    const to = BINS[index + 1] ?? 1.01;
    const bin = sureness.filter(([confidence]) => confidence >= from && confidence < to);
    const right = bin.filter(([, is]) => is).length;
    const name = `${from.toFixed(2)} … ${Math.min(1, to).toFixed(2)}`;
    return row([`fields of ${name}`, String(bin.length), percent(right, bin.length)]);
  });

const tableText = (table: FieldsTable): string => {
  const lines = PAPER_CLASSES.map((kind) =>
    row([
      kind,
      ...PICTURES.flatMap((picture) => {
        const { ours: we, native } = table[kind][picture];
        return [percent(we.right, we.all), percent(native.right, native.all)];
      }),
    ]),
  );
  const columns = PICTURES.flatMap((picture) =>
    (["ours", "native"] as const).map((who) =>
      together(PAPER_CLASSES.map((kind) => table[kind][picture][who])),
    ),
  );
  const ours = PAPER_CLASSES.flatMap((kind) => PICTURES.map((picture) => table[kind][picture].ours));
  return [
    row(["fields as printed", ...PICTURES.flatMap((picture) => [picture, "native"])]),
    ...lines,
    row(["all", ...columns.map(({ right, all }) => percent(right, all))]),
    row(["fields", ...columns.map(({ all }) => String(all))]),
    row(["trusted", ...columns.map(({ trusted, all }) => percent(trusted, all))]),
    row([
      "trusted and wrong",
      ...columns.map(({ trustedWrong, trusted }) => `${trustedWrong} of ${trusted}`),
    ]),
    "",
    row(["how sure (ours)", "fields", "as printed"]),
    ...calibrationRows(ours.flatMap(({ sureness }) => sureness)),
  ].join("\n");
};

export const fieldsTable = async (env: NodeJS.ProcessEnv): Promise<string> => {
  const papers = Number(env["FIELDS_PAPERS"] ?? PAPERS);
  const firstSeed = Number(env["FIELDS_FIRST_SEED"] ?? FIRST_SEED);
  const folder = mkdtempSync(join(tmpdir(), "motcua-bench-"));
  const reader = createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: 50, workers: 1 },
  });
  const cells = (): Cells => ({ ours: tally(), native: tally() });
  const table = Object.fromEntries(
    PAPER_CLASSES.map((kind) => [kind, Object.fromEntries(PICTURES.map((picture) => [picture, cells()]))]),
  ) as FieldsTable;
  const file = join(folder, "page.jpg");
  try {
    for (const kind of PAPER_CLASSES)
      for (let seed = firstSeed; seed < firstSeed + papers; seed += 1)
        for (const picture of PICTURES) {
          const paper = layOutPaper(kind, seed);
          const image = await pictureOf(paper, seed, picture);
          writeFileSync(file, image);
          count(table[kind][picture].ours, paper, await ours(reader, image));
          count(table[kind][picture].native, paper, extractFields({ words: nativeWords(file) }));
        }
    return tableText(table);
  } finally {
    await reader.close();
    rmSync(folder, { recursive: true, force: true });
  }
};
