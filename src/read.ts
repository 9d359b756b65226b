// How does `motcua read` turn files on disk into text, fields and doubts?
import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Presets, SingleBar } from "cli-progress";
import { SystemClock } from "./core/clock.js";
import { silentLog } from "./core/log.js";
import { pagesToPdf } from "./documents/searchable-pdf.js";
import { expandFiles, failureOf, type InputFailure, type InputPage, inputPages } from "./ml/batch/inputs.js";
import { JobFile } from "./ml/batch/job-file.js";
import { explainPage } from "./ml/explain.js";
import { createPageSource } from "./ml/page-source.js";
import { createPaperReader } from "./ml/paper-reader.js";
import type { PaperReader, ReadPage } from "./ml/reader.js";
import { failureText, pageJson, pageText, type ReadResult } from "./read-output.js";

export interface ReadPapersArguments {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly recursive: boolean;
  /** Most pages of one PDF or TIFF. */
  readonly pages: number;
  readonly pdf?: string;
  readonly explain?: string;
  readonly resume?: string;
}

export interface ReadPapersIo {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

const MAX_MEGAPIXELS = 50;
/** Pages held in memory at once: as many as the reader has lanes, and one that waits. */
const AT_ONCE = 3;

type Outcome = ReadResult | InputFailure;

interface Progress {
  /** A file has more pages than the one that was counted for it. */
  more(pages: number): void;
  done(): void;
  stop(): void;
}

/** Only where a person looks on. */
const showProgress = (files: number, { stderr }: ReadPapersIo): Progress => {
  if (stderr.isTTY !== true) return { more: () => {}, done: () => {}, stop: () => {} };
  const format = "{bar} {value}/{total} pages, {eta} s left";
  const bar = new SingleBar({ stream: stderr, format }, Presets.shades_classic);
  bar.start(files, 0);
  return {
    more: (pages) => bar.setTotal(bar.getTotal() + pages),
    done: () => bar.increment(),
    stop: () => bar.stop(),
  };
};

const canNotWrite = (what: string, error: unknown): Error => {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new Error(
    `can not write ${what} (${code === "" ? message : code}); name a place that can be written`,
  );
};

const writing = <Result>(what: string, act: () => Result): Result => {
  try {
    return act();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === undefined ? error : canNotWrite(what, error);
  }
};

/** Pictures of one name from different folders each get a file. */
const explanationNames = (): ((input: InputPage) => string) => {
  const seen = new Map<string, number>();
  return ({ file, page, pages }) => {
    const name = pages === 1 ? basename(file) : `${basename(file)}.p${page}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? `${name}.png` : `${name}.${count}.png`;
  };
};

/** Runs `act` over what `items` gives, at most `AT_ONCE` at a time; results in the items' order. */
const mapBounded = async <Item, Result>(
  items: AsyncGenerator<Item>,
  act: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  let taken = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      // A generator answers requests in their order.
      const next = await items.next();
      if (next.done === true) return;
      const index = taken;
      taken += 1;
      results[index] = await act(next.value);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
};

interface Job {
  readonly args: ReadPapersArguments;
  readonly reader: PaperReader;
  readonly file: JobFile | null;
  readonly nameOf: (input: InputPage) => string;
  readonly signal: AbortSignal;
}

/** Without the picture, unless a PDF is to be made of it. */
const kept = (page: ReadPage, { args }: Job): ReadPage =>
  args.pdf === undefined ? { ...page, jpeg: new Uint8Array(0) } : page;

const readOne = async (input: InputPage, job: Job): Promise<Outcome> => {
  const { file, page, pages } = input;
  const name = job.nameOf(input);
  const before = job.file?.find(file, page) ?? null;
  if (before !== null) return { file, page, pages, read: kept(before, job) };
  let read: ReadPage;
  try {
    const image = await input.picture(job.signal);
    read = await job.reader.read({ image, source: "file", signal: job.signal });
  } catch (error) {
    if (job.signal.aborted) throw error;
    return failureOf(file, pages === 1 ? null : page, error);
  }
  const { explain } = job.args;
  if (explain !== undefined) {
    const picture = await explainPage(read);
    writing(join(explain, name), () => writeFileSync(join(explain, name), picture));
  }
  // Last: what is in the job file is not done again.
  job.file?.add(file, page, read);
  return { file, page, pages, read: kept(read, job) };
};

const readAll = async (
  files: readonly string[],
  job: Omit<Job, "reader">,
  progress: Progress,
): Promise<readonly Outcome[]> => {
  const reader = createPaperReader({
    clock: new SystemClock({ floorMs: 0, synchronised: () => false }),
    log: silentLog,
    options: { maxMegapixels: MAX_MEGAPIXELS, workers: 0 },
  });
  const source = createPageSource(MAX_MEGAPIXELS * 1e6);
  try {
    const inputs = inputPages(files, { source, mostPages: job.args.pages, signal: job.signal });
    return await mapBounded(inputs, async (input) => {
      if ("pages" in input && input.page === 1) progress.more(input.pages - 1);
      const outcome = "error" in input ? input : await readOne(input, { ...job, reader });
      progress.done();
      return outcome;
    });
  } finally {
    progress.stop();
    await Promise.all([reader.close(), source.close()]);
  }
};

const isRead = (outcome: Outcome): outcome is ReadResult => "read" in outcome;

const writeOut = async (
  outcomes: readonly Outcome[],
  args: ReadPapersArguments,
  io: ReadPapersIo,
): Promise<void> => {
  const read = outcomes.filter(isRead);
  for (const outcome of outcomes) if (!isRead(outcome)) io.stderr.write(failureText(outcome));
  if (args.json) io.stdout.write(`${JSON.stringify(outcomes.map(pageJson))}\n`);
  else for (const outcome of read) io.stdout.write(pageText(outcome));
  const { pdf } = args;
  if (pdf === undefined || read.length === 0) return;
  const bytes = await pagesToPdf(read.map((outcome) => outcome.read));
  writing(pdf, () => writeFileSync(pdf, bytes));
};

const openJob = ({ resume, pdf }: ReadPapersArguments): JobFile | null =>
  resume === undefined ? null : writing(resume, () => new JobFile(resume, pdf !== undefined));

const cancelledText = ({ resume }: ReadPapersArguments): string =>
  resume === undefined
    ? "motcua read: cancelled; nothing was written for the papers that were not finished\n"
    : "motcua read: cancelled; the same command goes on where this one stopped\n";

/** Exit code: 0 all read, 1 some failed or cancelled, 2 nothing to read. */
export const readPapers = async (args: ReadPapersArguments, io: ReadPapersIo): Promise<number> => {
  const files = expandFiles(args.files, args.recursive);
  if (files.length === 0) {
    io.stderr.write(
      "motcua read: no image files or PDFs there; name files (jpg, png, webp, tiff, pdf) or folders of them\n",
    );
    return 2;
  }
  const { explain, pdf } = args;
  if (explain !== undefined) writing(explain, () => mkdirSync(explain, { recursive: true }));
  // Nobody wants to hear at the end of a hundred pages that there is no such folder.
  if (pdf !== undefined) writing(pdf, () => accessSync(existsSync(pdf) ? pdf : dirname(pdf), constants.W_OK));
  const file = openJob(args);
  const cancel = new AbortController();
  const onSignal = (): void => cancel.abort(new Error("cancelled"));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
  try {
    if (file !== null && file.pages > 0)
      io.stderr.write(`motcua read: ${file.pages} pages were read before; going on behind them\n`);
    const job = { args, file, nameOf: explanationNames(), signal: cancel.signal };
    const outcomes = await readAll(files, job, showProgress(files.length, io));
    await writeOut(outcomes, args, io);
    const whole = outcomes.every(isRead);
    if (whole) file?.remove();
    return whole ? 0 : 1;
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    io.stderr.write(cancelledText(args));
    return 1;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
};
