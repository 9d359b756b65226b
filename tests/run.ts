// Which tests are there, did they pass, and which one hung?
//
// Every `*.test.js` runs in a process of its own under uvu, some side by side, each with a time limit, so that
// one that hangs or leaks can not take the others with it.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const LIMIT_MS = 8 * 60_000;
/** After its last line a file has this long to let go of its devices, processes and timers. */
const END_WITHIN_MS = 30_000;
/** Shares of two cores: a file that computes takes a core, one that mostly waits for wires half of one. */
const SHARES = 4;
const WAITS = /^(contract|wire|kernel|power|sync|hal|acts|faults)\//;
const COMPUTES = /-in-a-visit\.test\.js$/;

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

const runFile = (file: string): Promise<FileResult> =>
  new Promise((resolve) => {
    const started = performance.now();
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
    }, LIMIT_MS);
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
      });
    });
  });

const show = (result: FileResult, mark: string): void => {
  process.stdout.write(
    `${mark} ${result.file}  ${result.passed}/${result.total}  ${result.seconds.toFixed(1)} s\n`,
  );
};

const main = async () => {
  const wanted = process.argv.slice(2);
  const queue = findTests(HERE).filter(
    (file) => wanted.length === 0 || wanted.some((part) => relative(HERE, file).includes(part)),
  );
  const results: FileResult[] = [];
  const again: string[] = [];
  let free = SHARES;
  let wake = (): void => {};
  const runOne = async (file: string, shares: number): Promise<void> => {
    const result = await runFile(file);
    if (result.failed) again.push(file);
    else results.push(result);
    show(result, result.failed ? "FAIL" : "ok  ");
    if (result.failed) process.stdout.write(`${result.output}\n`);
    free += shares;
    wake();
  };
  const running: Promise<void>[] = [];
  while (queue.length > 0) {
    // The first that fits: waiting files fill the gaps that computing ones leave.
    const at = queue.findIndex((file) => sharesOf(file) <= free);
    const [file] = at < 0 ? [] : queue.splice(at, 1);
    if (file === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    const shares = sharesOf(file);
    free -= shares;
    running.push(runOne(file, shares));
  }
  await Promise.all(running);
  // Real processes on a busy machine: what failed beside another file has one more try with the machine to itself.
  for (const file of again) {
    const result = await runFile(file);
    results.push(result);
    show(result, result.failed ? "FAIL" : "ok, on the second try, alone:");
    if (result.failed) process.stdout.write(`${result.output}\n`);
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const skipped = results.reduce((sum, result) => sum + result.skipped, 0);
  const failed = results.reduce(
    (sum, result) => sum + Math.max(result.failed ? 1 : 0, result.total - result.passed - result.skipped),
    0,
  );
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
};

await main();
