// Which tests are there, did they pass, and which one hung?
//
// Every `*.test.js` runs in a process of its own under uvu, some side by side, each with a time limit, so that
// one that hangs or leaks can not take the others with it. `MOTCUA_TEST_MINUTES` bounds the whole: when it is
// over no further file is started, and the files that were not run are named and counted as skipped. So are files
// that fail, alone and again, while a virtual machine's host keeps most of the processors: their waits ran out.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { endedChildrenCpuMs } from "./bench/cpu-time.js";
import { StolenTime, stolenSince } from "./processor-share.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const LIMIT_MS = 15 * 60_000;
/** After its last line a file has this long to let go of its devices, processes and timers. */
const END_WITHIN_MS = 60_000;
/** Shares of two cores: a file that computes takes a core, one that mostly waits for wires half of one. */
const SHARES = 4;
/** From this part of the processors on that a virtual machine's host keeps, one file has the machine to itself. */
const BUSY_HOST = 0.4;
/** Second tries may go on this long after the time for first ones is over. */
const TRIES_AFTER_MS = 15 * 60_000;
const TRIES = 3;
/** A try shorter than this is none. */
const LEAST_TRY_MS = 30_000;
/** From this part on a failure says more about the host than about the file. */
const NO_VERDICT = 0.6;
const WAITS =
  /^((contract|wire|kernel|power|sync|hal|acts|faults|setup|console|chaos)\/|screens\/(browser|screens|wishes|page)\.)/;
const COMPUTES = /-in-a-visit\.test\.js$/;
/** What takes processor time by the minute comes last: when time runs out, it is what is left. */
const HEAVY = /^(ml|cli)\//;

const sharesOf = (file: string): number => {
  const name = relative(HERE, file);
  return WAITS.test(name) && !COMPUTES.test(name) ? 1 : 2;
};

interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly total: number;
  readonly skipped: number;
  readonly failed: boolean;
  readonly output: string;
  readonly seconds: number;
  /** Processor time of the file and of all it started and waited for. */
  readonly cpuSeconds: number;
  /** 0 … 1 of the processor time wanted meanwhile that the host kept. */
  readonly stolen: number;
}

const findTests = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return findTests(path);
      return entry.name.endsWith(".test.js") ? [path] : [];
    })
    .sort();

const count = (output: string, label: string): number =>
  [...output.matchAll(new RegExp(`^\\s*${label}:\\s+(\\d+)`, "gm"))].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );

/** Of all files that have ended: each that ends takes what came since. */
let cpuMsBefore = endedChildrenCpuMs();

const runFile = (file: string, limitMs: number): Promise<FileResult> =>
  new Promise((resolve) => {
    const started = performance.now();
    const stolenPart = stolenSince();
    let cpuSeconds = 0;
    const child = spawn(process.execPath, ["--enable-source-maps", file], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, FORCE_COLOR: "0", NODE_ENV: "test", MOTCUA_SETUP: "done" },
    });
    let output = "";
    let hung = false;
    let ending: NodeJS.Timeout | null = null;
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (ending === null && /^\s*Duration:/m.test(output))
        ending = setTimeout(() => {
          hung = true;
          killGroup();
        }, END_WITHIN_MS);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    const killGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    const timer = setTimeout(() => {
      hung = true;
      killGroup();
    }, limitMs);
    child.on("exit", () => {
      const cpuMs = endedChildrenCpuMs();
      cpuSeconds = (cpuMs - cpuMsBefore) / 1000;
      cpuMsBefore = cpuMs;
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      if (ending !== null) clearTimeout(ending);
      killGroup();
      const total = count(output, "Total");
      resolve({
        file: relative(HERE, file),
        passed: count(output, "Passed"),
        skipped: count(output, "Skipped"),
        total,
        failed: hung || code !== 0 || total === 0,
        output: hung ? `${output}\nit did not end by itself: killed` : output,
        seconds: (performance.now() - started) / 1000,
        cpuSeconds,
        stolen: stolenPart(),
      });
    });
  });

const show = (result: FileResult, mark: string): void => {
  process.stdout.write(
    `${mark} ${result.file}  ${result.passed}/${result.total}  ${result.seconds.toFixed(1)} s, ${result.cpuSeconds.toFixed(1)} s of processor\n`,
  );
};

const wantedFiles = (wanted: readonly string[]): string[] => {
  const files = findTests(HERE).filter(
    (file) => wanted.length === 0 || wanted.some((part) => relative(HERE, file).includes(part)),
  );
  const heavy = (file: string): boolean => HEAVY.test(relative(HERE, file));
  return [...files.filter((file) => !heavy(file)), ...files.filter(heavy)];
};

const untilMs = (): number => {
  const minutes = Number(process.env["MOTCUA_TEST_MINUTES"] ?? "");
  return minutes > 0 ? performance.now() + minutes * 60_000 : Number.POSITIVE_INFINITY;
};

interface FirstTries {
  readonly passed: readonly FileResult[];
  readonly failed: readonly FileResult[];
  readonly notRun: readonly string[];
}

/** Side by side as far as the processors go. */
const firstTries = async (
  files: readonly string[],
  endMs: number,
  hostKeeps: () => number,
): Promise<FirstTries> => {
  const queue = [...files];
  const results: FileResult[] = [];
  const running = new Set<Promise<void>>();
  let free = SHARES;
  while (queue.length > 0 && performance.now() < endMs) {
    const alone = running.size > 0 && hostKeeps() > BUSY_HOST;
    // The first that fits: waiting files fill the gaps that computing ones leave.
    const at = alone ? -1 : queue.findIndex((file) => sharesOf(file) <= free);
    const [file] = at < 0 ? [] : queue.splice(at, 1);
    if (file === undefined) {
      await Promise.race(running);
      continue;
    }
    const shares = sharesOf(file);
    free -= shares;
    const leftMs = endMs + TRIES_AFTER_MS - performance.now();
    const run: Promise<void> = runFile(file, Math.min(LIMIT_MS, leftMs)).then((result) => {
      // What it printed is told once it is known whether it fails alone as well.
      show(result, result.failed ? "again, alone:" : "ok  ");
      results.push(result);
      free += shares;
      running.delete(run);
    });
    running.add(run);
  }
  await Promise.all(running);
  return {
    passed: results.filter(({ failed }) => !failed),
    failed: results.filter(({ failed }) => failed),
    notRun: queue,
  };
};

/** Real processes on a busy machine: what failed beside another file is tried again with the machine to itself. */
const againAlone = async (first: FileResult, endMs: number): Promise<FileResult> => {
  let result = first;
  for (let attempt = 2; attempt <= TRIES && result.failed; attempt += 1) {
    const leftMs = endMs - performance.now();
    // A third time only where the host was seen to take the machine away.
    if (leftMs < LEAST_TRY_MS || (attempt > 2 && result.stolen < BUSY_HOST)) break;
    result = await runFile(join(HERE, first.file), Math.min(LIMIT_MS, leftMs));
    if (!result.failed) show(result, `ok, alone, on try ${attempt}:`);
  }
  if (result.failed) {
    show(result, "FAIL");
    process.stdout.write(`${result.output}\n`);
  }
  return result;
};

/** What shook is told last, so that a file that failed for good stands first in a long log. */
const tellFirstTries = (failed: readonly FileResult[], results: readonly FileResult[]): void => {
  for (const first of failed.filter(({ file }) => results.some((last) => last.file === file && !last.failed)))
    process.stdout.write(`\n${first.file}, on its first try:\n${first.output}\n`);
};

const namesOf = (title: string, files: readonly string[]): void => {
  if (files.length > 0) process.stdout.write(`\n${title}\n${files.map((file) => `  ${file}\n`).join("")}`);
};

const main = async () => {
  const endMs = untilMs();
  const stolen = new StolenTime();
  const files = wantedFiles(process.argv.slice(2));
  const { passed, failed, notRun } = await firstTries(files, endMs, () => stolen.part);
  const results = [...passed];
  const noVerdict: FileResult[] = [];
  for (const first of failed) {
    const result = await againAlone(first, endMs + TRIES_AFTER_MS);
    (result.failed && result.stolen > NO_VERDICT ? noVerdict : results).push(result);
  }
  stolen.close();
  tellFirstTries(failed, results);
  namesOf(
    "not run, the time was over:",
    notRun.map((file) => relative(HERE, file)),
  );
  namesOf(
    "failed while the host kept most of the processors, so no verdict:",
    noVerdict.map(({ file, stolen: part }) => `${file} (${Math.round(100 * part)} %)`),
  );
  const sum = (of: (result: FileResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const good = sum((result) => result.passed);
  const bad = sum((result) => Math.max(result.failed ? 1 : 0, result.total - result.passed - result.skipped));
  const skipped = sum((result) => result.skipped) + notRun.length + noVerdict.length;
  process.stdout.write(`\n${good} passed, ${bad} failed, ${skipped} skipped\n`);
  process.exitCode = bad > 0 || good === 0 ? 1 : 0;
};

await main();
