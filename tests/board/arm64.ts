// Does the arm64 product serve a citizen on an emulated board, and does the board's watchdog bring it back?
//
// QEMU without KVM runs Debian's arm64 kernel and systemd. Of the kernel's own making are: the pins (gpio-sim through
// gpiolib's sysfs), the I2C bus (i2c-dev), four 8250 UARTs, the camera (vimc through libcamera) and an i6300esb
// watchdog. What hangs on them is the simulated world, on this machine.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/package-root.js";
import { oneVisit } from "../kernel/one-visit.js";
import { type ColdStart, type Facts, Machine, Questions } from "./arm64/machine.js";
import { type Outside, openOutside } from "./arm64/outside.js";
import { cacheFolder, makeBoard, missingForBoard, type Stage, say, script, told } from "./arm64/stages.js";

/** Each look costs the board some of its own time, which passes slower than this machine's. */
const LOOK_MS = 10_000;
/** Of this machine's time: a processor that is emulated on a busy host is a hundred times slower than a board. */
const BOOT_WITHIN_MS = 90 * 60_000;
const STEP_WITHIN_MS = 40 * 60_000;
const ANSWER_WITHIN_MS = 10 * 60_000;
/** It wants the chip to be read, and a paper. */
const VISIT = "1.004873";

export interface BoardSeen {
  /** Why it was not done, in words; `null` when it was. */
  readonly skipped: string | null;
  readonly stages: readonly Stage[];
  /** What came out, for a human. */
  readonly lines: readonly string[];
}

interface Run {
  readonly machine: Machine;
  readonly questions: Questions;
  readonly outside: Outside;
  readonly screenUrl: string;
  readonly stages: Stage[];
  readonly lines: string[];
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const seconds = (started: number) => ((performance.now() - started) / 1_000).toFixed(0);

const check = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what);
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** Polls `look` until it gives something; throws with what the machine last printed. */
const until = async <T>(what: string, machine: Machine, look: () => Promise<T | null>): Promise<T> => {
  const end = performance.now() + BOOT_WITHIN_MS;
  while (performance.now() < end && machine.exited === null) {
    const seen = await look().catch(() => null);
    if (seen !== null) return seen;
    await pause(LOOK_MS);
  }
  throw new Error(`${what} (${machine.exited ?? "it runs"}):\n${machine.tail}`);
};

const screenServed = (screenUrl: string) => async (): Promise<true | null> => {
  const reply = await fetch(screenUrl, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return (await reply.text()).includes("page-token") ? true : null;
};

const facts =
  ({ questions }: Run, notOf = "") =>
  async (): Promise<Facts | null> => {
    const seen = await questions.ask<Facts>("facts", [], ANSWER_WITHIN_MS);
    return seen === null || seen.bootId === notOf ? null : seen;
  };

/** What the technician's console says, from the board's own command line. */
const consoleSays = async (
  { questions }: Pick<Run, "questions">,
  section: string,
  limitMs = STEP_WITHIN_MS,
): Promise<string> => {
  const words = ["/opt/motcua/bin/node", "/opt/motcua/src/motcua.mjs", "console", "--plain", section];
  const said = await questions.ask<{ code: unknown; stdout: string }>(
    "run",
    [...words, "--state", "/var/lib/motcua", "--lang", "en"],
    limitMs,
  );
  return said?.stdout ?? "no answer";
};

const firstStart = async (run: Run): Promise<Facts> => {
  const started = performance.now();
  const seen = await until("the board never called", run.machine, facts(run));
  await until("the screen was never served", run.machine, screenServed(run.screenUrl));
  run.stages.push(told("boot to the first screen", started));
  check(
    /aarch64$/.test(seen.machine) && / arm64$/.test(seen.node),
    `not arm64: ${seen.machine}, ${seen.node}`,
  );
  check(seen.watchdogHeldByInit, `systemd does not hold the watchdog ${seen.watchdog}`);
  run.lines.push(`${seen.machine}, node ${seen.node}, watchdog "${seen.watchdog}" held by systemd`);
  const cold = await run.questions.ask<ColdStart>("coldStart", [], STEP_WITHIN_MS);
  check(cold !== null, "the board does not say how long its start took");
  if (cold !== null)
    run.lines.push(
      `cold start, in the board's time: ready ${cold.toReady.toFixed(1)} s after systemd's start, ${(cold.toReady / cold.bareNode).toFixed(1)} times \`node -e 0\` (${cold.bareNode.toFixed(2)} s)`,
    );
  const devices = await consoleSays(run, "devices");
  run.lines.push(devices.trim());
  return seen;
};

const visitCompletes = async (run: Run): Promise<string> => {
  const started = performance.now();
  const lit = new Set<string>();
  const screens = new Set<string>();
  const { control } = run.outside.board;
  const stop = control.lines.onOutput((line, on) => on && lit.add(line));
  const lay = (image: Uint8Array | null): void => {
    void run.questions.ask("lay", [image === null ? "no" : "yes"], ANSWER_WITHIN_MS);
  };
  const seen = await oneVisit({
    ...{ screenUrl: run.screenUrl, card: run.outside.card, paper: run.outside.paper, procedureCode: VISIT },
    control: { ...control, cameras: { ...control.cameras, setDocument: lay } },
    stepLimitMs: STEP_WITHIN_MS,
    atScreen: (name) => {
      if (!screens.has(name)) say(`    ${name} after ${seconds(started)} s`);
      screens.add(name);
    },
  });
  stop();
  run.stages.push(told("visit", started));
  check(seen.outcome === "finished", `the visit ${seen.outcome}: ${seen.hang ?? ""}\n${run.machine.tail}`);
  check(
    seen.printedCodes.length === 1 && seen.printedCodes[0] === seen.lookupCode,
    "no slip, or not this visit's",
  );
  check(screens.has("papers.review"), `the paper was not read: ${[...screens].join(" ")}`);
  check(lit.size > 0, "no lamp of the kernel's pins ever burnt");
  const [number = ""] = seen.told;
  run.lines.push(`visit ${number}: slip printed once, lamps that burnt: ${[...lit].join(", ")}`);
  await until("the submission never came to the portal", run.machine, async () =>
    (await run.outside.arrived()).includes(number) ? true : null,
  );
  run.stages.push(told("visit and its way to the portal", started));
  return number;
};

/** The runtime stops dead and feeds nobody: systemd ends it and starts another one. */
const hungRuntimeReplaced = async (run: Run): Promise<void> => {
  const started = performance.now();
  const pid = async () => (await run.questions.ask<string>("runtime", [], ANSWER_WITHIN_MS)) ?? "0";
  const hung = await pid();
  check(Number(hung) > 1, `motcua.service has no process: ${hung}`);
  await run.questions.ask("stop", [hung], ANSWER_WITHIN_MS);
  const next = await until("the hung runtime was never replaced", run.machine, async () => {
    const now = await pid();
    return Number(now) > 1 && now !== hung ? now : null;
  });
  await until("the screen was not served again", run.machine, screenServed(run.screenUrl));
  run.stages.push(told("runtime stopped, replaced by systemd's watchdog, first screen", started));
  run.lines.push(`the hung runtime ${hung} was replaced by ${next}`);
};

/** The kernel stops; nothing but the watchdog can start it again. */
const watchdogBites = async (run: Run, before: Facts, number: string): Promise<void> => {
  const started = performance.now();
  await run.questions.ask("hang", [], 1_000);
  const after = await until("the watchdog never bit", run.machine, facts(run, before.bootId));
  await until("the screen was not served again", run.machine, screenServed(run.screenUrl));
  run.stages.push(told("kernel stopped, reset by the watchdog, first screen", started));
  const queue = await consoleSays(run, "queue");
  run.lines.push(`after the reset: boot ${after.bootId.slice(0, 8)}, ${queue.trim()}`);
  check(/\b1 accepted, 0 quarantined/.test(queue), `the queue after the reset: ${queue}`);
  const arrived = (await run.outside.arrived()).filter((other) => other === number);
  check(arrived.length === 1, `the portal has ${number} ${arrived.length} times`);
};

/** Throws when something that was tried did not hold. */
export const arm64Board = async (): Promise<BoardSeen> => {
  const skipped = missingForBoard();
  if (skipped !== null) return { skipped, stages: [], lines: [] };
  const folder = cacheFolder();
  const stages = [...makeBoard(folder)];
  const run = mkdtempSync(join(tmpdir(), "motcua-arm64-"));
  const questions = new Questions();
  const started = performance.now();
  const outside = await openOutside(run, await questions.listen());
  script("disk.sh", folder, packageRoot(), run);
  stages.push(told("disks of this run", started));
  const screenPort = await freePort();
  const machine = new Machine({ folder, run, screenPort, serial: outside.serial });
  const lines: string[] = [];
  const screenUrl = `http://127.0.0.1:${screenPort}/`;
  try {
    const all = { machine, questions, outside, screenUrl, stages, lines };
    const first = await firstStart(all);
    const number = await visitCompletes(all);
    await hungRuntimeReplaced(all);
    await watchdogBites(all, first, number);
    return { skipped: null, stages, lines };
  } catch (thrown) {
    const log = await consoleSays({ questions }, "log", ANSWER_WITHIN_MS);
    throw new Error(`${thrown instanceof Error ? thrown.message : thrown}\nthe board's log:\n${log}`, {
      cause: thrown,
    });
  } finally {
    await machine.off();
    questions.close();
    await outside.close();
    if (process.env["MOTCUA_BOARD_KEEP"] !== "1") rmSync(run, { recursive: true, force: true });
  }
};
