// How does `motcua read` turn files on disk into text, fields and quality?
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Presets, SingleBar } from "cli-progress";
import { SystemClock } from "../core/clock.js";
import { FAULTS, FaultError, toFault } from "../core/faults.js";
import { silentLog } from "../core/log.js";
import { explainPage } from "./explain.js";
import { createPaperReader } from "./paper-reader.js";
import { pagesToPdf } from "./pdf.js";
import type { PaperReader, ReadPage } from "./reader.js";

export interface ReadPapersArguments {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly pdf?: string;
  readonly explain?: string;
}

export interface ReadPapersIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

const IMAGE_NAME = /\.(jpe?g|png|webp|tiff?|avif|gif)$/i;
const MAX_MEGAPIXELS = 50;
/** No picture of that many pixels is larger, save by mistake. */
const MAX_FILE_BYTES = 300_000_000;
/** Files held in memory at once: as many as the reader has lanes, and one that waits. */
const AT_ONCE = 3;

interface Failure {
  readonly file: string;
  readonly error: { readonly code: string; readonly detail: string; readonly remedy: string };
}

type Outcome = { readonly file: string; readonly page: ReadPage } | Failure;

/** Folders give their image files, sorted by name. A name that is nothing is kept: its reading says so. */
const expand = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => {
    if (!(statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [name];
    return readdirSync(name)
      .filter((entry) => IMAGE_NAME.test(entry))
      .sort()
      .map((entry) => join(name, entry));
  });

const bytesOf = (file: string): Uint8Array => {
  try {
    const { size } = statSync(file);
    if (size <= MAX_FILE_BYTES) return new Uint8Array(readFileSync(file));
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new Error(code === "ENOENT" ? "there is no such file" : `the file can not be read (${code})`);
  }
  throw new FaultError("paper.tooLarge", `the file is larger than ${MAX_FILE_BYTES / 1e6} MB`);
};

const readOne = async (reader: PaperReader, file: string, signal: AbortSignal): Promise<Outcome> => {
  try {
    return { file, page: await reader.read({ image: bytesOf(file), signal }) };
  } catch (error) {
    if (signal.aborted) throw error;
    const fault = toFault(error, "paper.unreadable");
    return { file, error: { code: fault.code, detail: fault.detail, remedy: FAULTS[fault.code].citizen.en } };
  }
};

const asJson = (outcome: Outcome): unknown => {
  if ("error" in outcome) return outcome;
  const { jpeg: _picture, ...page } = outcome.page;
  return { file: outcome.file, ...page };
};

const asText = ({ file, page }: { readonly file: string; readonly page: ReadPage }): string => {
  const fields = page.fields.map(
    ({ label, value, confidence }) => `  ${label.en}: ${value}  (${Math.round(confidence * 100)} %)`,
  );
  const { quality } = page;
  const picture = quality.verdict === "good" ? "good picture" : `poor picture: ${quality.advice}`;
  return [
    `${file}: ${page.paperClass}, ${page.words.length} words, mean confidence ${Math.round(page.meanConfidence * 100)} %, ${picture}`,
    ...fields,
    page.text,
    "",
  ].join("\n");
};

/** Files of one name from different folders each get a picture. */
const explanationNames = (files: readonly string[]): readonly string[] => {
  const seen = new Map<string, number>();
  return files.map((file) => {
    const name = basename(file);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? `${name}.png` : `${name}.${count}.png`;
  });
};

const canNotWrite = (what: string, error: unknown): Error => {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new Error(
    `can not write ${what} (${code === "" ? message : code}); name a place that can be written`,
  );
};

const writeTo = (file: string, bytes: Uint8Array): void => {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw canNotWrite(file, error);
  }
};

const makeFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw canNotWrite(folder, error);
  }
};

/** Runs `act` over all items, at most `atOnce` at a time; results in the items' order. */
const mapBounded = async <Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await act(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
};

const readAll = async (
  files: readonly string[],
  args: ReadPapersArguments,
  io: ReadPapersIo,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const reader = createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: MAX_MEGAPIXELS, workers: 0 },
  });
  const bar =
    files.length > 1 && io.stderr.isTTY === true
      ? new SingleBar(
          { stream: io.stderr, format: "{bar} {value}/{total} papers, {eta} s left" },
          Presets.shades_classic,
        )
      : null;
  bar?.start(files.length, 0);
  const names = explanationNames(files);
  if (args.explain !== undefined) makeFolder(args.explain);
  try {
    return await mapBounded(files, AT_ONCE, async (file, index) => {
      const outcome = await readOne(reader, file, signal);
      if ("page" in outcome && args.explain !== undefined)
        writeTo(join(args.explain, names[index] ?? "page.png"), await explainPage(outcome.page));
      bar?.increment();
      return outcome;
    });
  } finally {
    bar?.stop();
    await reader.close();
  }
};

/** Exit code: 0 all read, 1 some failed or cancelled, 2 nothing to read. */
export const readPapers = async (args: ReadPapersArguments, io: ReadPapersIo): Promise<number> => {
  const files = expand(args.files);
  if (files.length === 0) {
    io.stderr.write(
      "motcua read: no image files there; name files (jpg, png, webp, tiff) or folders of them\n",
    );
    return 2;
  }
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort(new Error("cancelled"));
  process.once("SIGINT", onSignal);
  try {
    const outcomes = await readAll(files, args, io, cancel.signal);
    const failures = outcomes.filter((outcome) => "error" in outcome);
    const pages = outcomes.filter((outcome) => "page" in outcome);
    for (const { file, error } of failures)
      io.stderr.write(`motcua read: ${file}: ${error.detail}. ${error.remedy}\n`);
    if (args.json)
      io.stdout.write(
        `${JSON.stringify(outcomes.length === 1 ? asJson(outcomes[0] as Outcome) : outcomes.map(asJson))}\n`,
      );
    else for (const outcome of pages) io.stdout.write(asText(outcome));
    if (args.pdf !== undefined && pages.length > 0)
      writeTo(args.pdf, await pagesToPdf(pages.map(({ page }) => page)));
    return failures.length === 0 ? 0 : 1;
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    io.stderr.write("motcua read: cancelled; nothing was written for the papers that were not finished\n");
    return 1;
  } finally {
    process.off("SIGINT", onSignal);
  }
};
