// Which models does this kiosk use, are they whole, what is known of them, and how well does one read one's own writers?
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Presets, SingleBar } from "cli-progress";
import type { KioskConfig } from "./config.js";
import { FaultError } from "./core/faults.js";
import { type LeftOut, lineFolder, type MeasuredLine, measureLine } from "./ml/handwriting/measure-lines.js";
import { type HandwritingReader, openHandwriting } from "./ml/handwriting/reader.js";
import { type Tally, tallyBy, tallyOf } from "./ml/handwriting/tally.js";
import {
  checkFiles,
  type ModelEntry,
  type ModelFileState,
  modelFolder,
  OWN_MANIFEST,
  readEntry,
  readManifest,
} from "./ml/models.js";

export interface ModelIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

const DONE = 0;
const FAILED = 1;
const WRONG_USE = 2;

/** Given on the command line, or in the settings, or the program's own. */
export const manifestUrl = (given: string | undefined, config: KioskConfig): URL => {
  const file = given ?? config.reading.models;
  return file === "" ? OWN_MANIFEST : pathToFileURL(resolve(file));
};

interface ModelReport
  extends Pick<ModelEntry, "name" | "purpose" | "licence" | "source" | "threshold" | "figures"> {
  readonly bytes: number;
  readonly files: readonly ModelFileState[];
  readonly card: string | null;
  readonly ok: boolean;
}

const reportOf = (entry: ModelEntry, manifest: URL): ModelReport => {
  const { name, purpose, licence, source, threshold, figures, card = null } = entry;
  const files = checkFiles(entry, manifest);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const ok = files.every(({ wrong }) => wrong === null);
  return { name, purpose, licence, source, threshold, figures, bytes, files, card, ok };
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

const figureText = ({ what, value, unit, on }: ModelEntry["figures"][number]): string =>
  `  ${what}: ${value}${unit === "" ? "" : ` ${unit}`} (${on})\n`;

const listText = ({
  name,
  purpose,
  licence,
  source,
  threshold,
  figures,
  bytes,
  files,
}: ModelReport): string =>
  [
    `${name}, ${megabytes(bytes)}: ${purpose}\n`,
    `  licence: ${licence}\n`,
    `  from: ${source}\n`,
    `  threshold: ${threshold}\n`,
    ...figures.map(figureText),
    ...files.map(
      ({ name: file, sha256, wrong }) => `  ${file} ${sha256}${wrong === null ? "" : ` — ${wrong}`}\n`,
    ),
  ].join("");

export interface ModelListing {
  readonly manifest: URL;
  readonly json: boolean;
}

/** Every model of the manifest, whole or not. */
export const modelList = ({ manifest, json }: ModelListing, io: ModelIo): number => {
  const reports = readManifest(manifest).map((entry) => reportOf(entry, manifest));
  io.stdout.write(json ? `${JSON.stringify(reports)}\n` : reports.map(listText).join("\n"));
  return DONE;
};

/** Hashes every file again. Exit code 1 when one is not what the manifest states. */
export const modelCheck = ({ manifest, json }: ModelListing, io: ModelIo): number => {
  const reports = readManifest(manifest).map((entry) => reportOf(entry, manifest));
  const ok = reports.every((report) => report.ok);
  if (json) {
    const models = reports.map(({ name, ok: whole, files }) => ({ name, ok: whole, files }));
    io.stdout.write(`${JSON.stringify({ ok, models })}\n`);
    return ok ? DONE : FAILED;
  }
  for (const { name, files, ok: whole, bytes } of reports) {
    if (whole) io.stdout.write(`${name}: whole, ${files.length} files, ${megabytes(bytes)}\n`);
    for (const file of files)
      if (file.wrong !== null) io.stderr.write(`${name}: ${file.name} ${file.wrong}\n`);
  }
  return ok ? DONE : FAILED;
};

const plainCard = (entry: ModelEntry): string =>
  [
    `# ${entry.name}\n`,
    `${entry.purpose}.\n`,
    `Licence: ${entry.licence}. From: ${entry.source}. Threshold: ${entry.threshold}.\n`,
    ...(entry.matcher === undefined ? [] : [`${entry.matcher.measuredHere}\n`]),
    ...(entry.handwriting === undefined ? [] : [`Measured: ${entry.handwriting.measured}.\n`]),
    "There is no longer card of this model: its maker's page says more.\n",
  ].join("\n");

/** The card beside the model's files, with the manifest's own figures behind it; without one, what the manifest says. */
export const modelCard = (
  { manifest, name }: { readonly manifest: URL; readonly name: string },
  io: ModelIo,
): number => {
  const entry = readEntry(manifest, name);
  if (entry.card === undefined) {
    io.stdout.write(plainCard(entry));
    return DONE;
  }
  const file = join(modelFolder(entry, manifest), entry.card);
  let card: string;
  try {
    card = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`the card ${file} can not be read (${(error as NodeJS.ErrnoException).code ?? ""})`);
  }
  const figures =
    entry.figures.length === 0
      ? "None stand in the manifest.\n"
      : entry.figures.map((figure) => figureText(figure).replace(/^ {2}/, "- ")).join("");
  io.stdout.write(
    `${card.trimEnd()}\n\n## Figures of the manifest\n\nThreshold: ${entry.threshold}.\n\n${figures}`,
  );
  return DONE;
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const tallyText = (name: string, { lines, cer, whole, confidentlyWrong, toPerson }: Tally): string =>
  `${name}: ${lines} lines, character errors ${percent(cer)}, whole lines right ${percent(whole)}, ` +
  `confidently wrong ${percent(confidentlyWrong)}, left to a person ${percent(toPerson)}\n`;

export interface ModelMeasuring {
  readonly manifest: URL;
  readonly folder: string;
  readonly json: boolean;
}

interface Measured {
  readonly lines: readonly MeasuredLine[];
  readonly leftOut: readonly LeftOut[];
}

const whyNot = (error: unknown): string => {
  // A model that can not be used can not measure the next line either.
  if (error instanceof FaultError && error.code === "model.unusable") throw error;
  return error instanceof FaultError ? error.detail : String((error as NodeJS.ErrnoException).code ?? error);
};

const measureAll = async (
  reader: HandwritingReader,
  folder: string,
  { stderr }: ModelIo,
): Promise<Measured> => {
  const { lines, leftOut } = lineFolder(folder);
  const bar =
    stderr.isTTY === true
      ? new SingleBar(
          { stream: stderr, format: "{bar} {value}/{total} lines, {eta} s left" },
          Presets.shades_classic,
        )
      : null;
  bar?.start(lines.length, 0);
  const measured: MeasuredLine[] = [];
  const failed: LeftOut[] = [];
  try {
    for (const line of lines) {
      try {
        measured.push(await measureLine(reader, folder, line));
      } catch (error) {
        failed.push({ file: line.file, why: whyNot(error) });
      }
      bar?.increment();
    }
  } finally {
    bar?.stop();
  }
  return { lines: measured, leftOut: [...leftOut, ...failed] };
};

const showMeasured = (model: string, { lines, leftOut }: Measured, json: boolean, io: ModelIo): void => {
  const all = tallyOf(lines);
  const told = lines.filter((line) => line.told);
  const kinds = tallyBy(told, ({ kind }) => kind);
  if (json) {
    const report = { model, all, kinds: Object.fromEntries(kinds), lines, leftOut };
    io.stdout.write(`${JSON.stringify(report)}\n`);
    return;
  }
  io.stdout.write(tallyText(`${model}, all`, all));
  for (const [kind, tally] of kinds) io.stdout.write(tallyText(`  ${kind}`, tally));
};

/** Exit code 1 when a picture could not be measured, 2 when there is none. */
export const modelMeasure = async (
  { manifest, folder, json }: ModelMeasuring,
  io: ModelIo,
): Promise<number> => {
  const reader = openHandwriting(manifest);
  if (reader === null) throw new Error("the manifest names no model for handwriting");
  try {
    const measured = await measureAll(reader, folder, io);
    for (const { file, why } of measured.leftOut)
      io.stderr.write(`motcua model measure: ${file} is left out: ${why}\n`);
    if (measured.lines.length === 0) {
      io.stderr.write(
        `motcua model measure: ${folder} has no picture of a line with a text file of the same name beside it\n`,
      );
      return WRONG_USE;
    }
    showMeasured(reader.model, measured, json, io);
    return measured.leftOut.length === 0 ? DONE : FAILED;
  } finally {
    await reader.close();
  }
};
