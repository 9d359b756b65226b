// What do `motcua console --plain` and `motcua console pin set` do? (For screen readers and scripts.)

import { setTimeout as sleep } from "node:timers/promises";
import type { ConsoleView } from "../ops/console-view.js";
import { askKiosk } from "../ops/control-socket.js";
import { Refusal } from "../ops/pin.js";
import { TESTED_PARTS, type TestedPart } from "../ops/self-test.js";
import { DEVICE_NAMES } from "../ops/status.js";
import type { Act, ActResult, Unlocked } from "../ops/technician.js";
import { MOST_GATE_MINUTES } from "../ops/usb-gate.js";
import type { ConsoleIo } from "./console.js";
import { logText } from "./log-rows.js";
import { newLines, type PlainSection, plainData, plainLines, plainTest } from "./plain.js";
import { askSecrets, pinFromFile } from "./secret.js";
import { type Language, wordsOf } from "./words.js";

/** As `motcua console --help` says them. */
export const CONSOLE_EXIT = { done: 0, failed: 1, wrongUse: 2, refused: 3 } as const;

const ANSWER_MS = 5_000;
const ACT_MS = 120_000;
const FOLLOW_MS = 1_000;

export interface PlainOptions {
  readonly stateDir: string;
  readonly section: PlainSection;
  readonly language: Language;
  readonly json: boolean;
  readonly follow: boolean;
}

const look = (stateDir: string): Promise<ConsoleView> =>
  askKiosk<ConsoleView>(stateDir, { ask: "console" }, ANSWER_MS);

/** What changes by itself each second is no news. */
const withoutTime = (view: ConsoleView, { section, language }: PlainOptions): string => {
  const still = { ...view, uptimeSeconds: 0, monotonicMs: 0, clock: { ...view.clock, epochMs: 0 } };
  const devices = view.devices.map((device) => ({ ...device, sinceMs: 0 }));
  const lastFaults = Object.fromEntries(
    Object.entries(view.lastFaults).map(([name, fault]) => [name, { ...fault, ageSeconds: 0 }]),
  );
  const held = view.held.map((row) => ({ ...row, ageSeconds: 0 }));
  const connection = {
    ...view.connection,
    sinceSeconds: 0,
    heardSecondsAgo: view.connection.heardSecondsAgo && 1,
  };
  const queue = { ...view.queue, oldestAgeSeconds: view.queue.oldestAgeSeconds && 1 };
  return plainLines({ ...still, devices, lastFaults, held, connection, queue }, section, language);
};

const show = (view: ConsoleView, { section, language, json }: PlainOptions): string =>
  json ? `${JSON.stringify(plainData(view, section))}\n` : plainLines(view, section, language);

/** Until a signal; a kiosk that is gone is waited for. */
const follow = async (options: PlainOptions, first: ConsoleView, io: ConsoleIo): Promise<void> => {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);
  // Who reads us has gone, e.g. `| head`.
  io.stdout.once("error", onSignal);
  let last = first.log.at(-1);
  let before = withoutTime(first, options);
  let gone = false;
  while (!stop.signal.aborted) {
    await sleep(FOLLOW_MS, undefined, { signal: stop.signal }).catch(() => {});
    const view = stop.signal.aborted ? null : await look(options.stateDir).catch(() => null);
    if (view === null) {
      if (!gone && !stop.signal.aborted)
        io.stderr.write(`motcua console: ${wordsOf(options.language).text("gone")}\n`);
      gone = true;
      continue;
    }
    gone = false;
    if (options.section === "log") {
      const lines = newLines(view.log, last);
      last = view.log.at(-1) ?? last;
      for (const line of lines) io.stdout.write(`${options.json ? JSON.stringify(line) : logText(line)}\n`);
      continue;
    }
    const after = withoutTime(view, options);
    if (after !== before) io.stdout.write(`${options.json ? "" : "\n"}${show(view, options)}`);
    before = after;
  }
};

/** Throws when no kiosk runs there. */
export const runPlain = async (options: PlainOptions, io: ConsoleIo): Promise<number> => {
  const view = await look(options.stateDir);
  const isLog = options.section === "log" && options.follow && options.json;
  io.stdout.write(isLog ? view.log.map((line) => `${JSON.stringify(line)}\n`).join("") : show(view, options));
  if (options.follow) await follow(options, view, io);
  return CONSOLE_EXIT.done;
};

/** Null: these words are no act. */
export const actOf = (what: string, which: string | undefined): Act | null => {
  if (what === "restart") {
    const device = DEVICE_NAMES.find((name) => name === which);
    return device === undefined ? null : { act: "restart", device };
  }
  if (what === "test") {
    const part: TestedPart | undefined = TESTED_PARTS.find((name) => name === which);
    return part === undefined ? null : { act: "test", part };
  }
  if (what === "usb") {
    if (which === "off") return { act: "usb", minutes: 0 };
    const minutes = /^[1-9][0-9]?$/.test(which ?? "") ? Number(which) : 0;
    return minutes < 1 || minutes > MOST_GATE_MINUTES ? null : { act: "usb", minutes };
  }
  if (what !== "requeue") return null;
  if (which === "all") return { act: "requeue", which: "all" };
  return /^[1-9][0-9]{0,14}$/.test(which ?? "") ? { act: "requeue", which: Number(which) } : null;
};

const resultText = (result: ActResult): string => {
  if (result.act === "restart") return `${result.device} was opened anew: ${result.state}\n`;
  if (result.act === "requeue") return `${result.requeued} put back into the queue\n`;
  if (result.act === "usb")
    return result.minutes === 0
      ? "memory sticks are kept out\n"
      : `memory sticks are let in for ${result.minutes} minutes\n`;
  return plainTest(result.readiness);
};

const refused = (thrown: unknown, language: Language, { stderr }: ConsoleIo): number => {
  if (!(thrown instanceof Refusal)) throw thrown;
  const wait = thrown.waitSeconds > 0 ? ` (${thrown.waitSeconds} s)` : "";
  const detail = thrown.code === "weakPin" || thrown.code === "badFile" ? ` ${thrown.message}` : "";
  stderr.write(`motcua console: ${wordsOf(language).refusal(thrown.code)}${wait}${detail}\n`);
  return CONSOLE_EXIT.refused;
};

export interface ActOptions {
  readonly stateDir: string;
  readonly language: Language;
  readonly json: boolean;
  readonly wish: Act;
}

/** Throws when no kiosk runs there or the act failed. */
export const runAct = async (
  { stateDir, language, json, wish }: ActOptions,
  io: ConsoleIo,
): Promise<number> => {
  const { pin } = await look(stateDir);
  const words = wordsOf(language);
  try {
    if (pin.problem !== null) throw new Refusal("badFile", pin.problem);
    if (pin.holder === null) throw new Refusal("noPin", "no PIN is set");
    const given =
      pinFromFile(process.env) ?? (await askSecrets([words.text("typePin")], io.stdin, io.stderr))?.[0] ?? "";
    const { token } = await askKiosk<Unlocked>(stateDir, { ask: "unlock", pin: given }, ACT_MS);
    try {
      const result = await askKiosk<ActResult>(stateDir, { ask: "act", token, wish }, ACT_MS);
      io.stdout.write(json ? `${JSON.stringify(result)}\n` : resultText(result));
      const failed = result.act === "test" && result.readiness.results.some((one) => one.result === "failed");
      return failed ? CONSOLE_EXIT.failed : CONSOLE_EXIT.done;
    } finally {
      await askKiosk(stateDir, { ask: "lock", token }, ANSWER_MS).catch(() => {});
    }
  } catch (thrown) {
    return refused(thrown, language, io);
  }
};

export interface PinOptions {
  readonly stateDir: string;
  readonly language: Language;
  /** The holder's initials. */
  readonly name: string;
}

const QUESTIONS = {
  old: { vi: "Mã PIN hiện nay", en: "Present PIN" },
  fresh: { vi: "Mã PIN mới (6 đến 12 chữ số)", en: "New PIN (6 to 12 digits)" },
  again: { vi: "Mã PIN mới, lần nữa", en: "New PIN, again" },
  differ: { vi: "hai lần nhập không giống nhau", en: "the two entries differ" },
  nothing: { vi: "không có mã PIN nào được nhập", en: "no PIN was given" },
  done: { vi: "đã đặt mã PIN, của", en: "the PIN is set, held by" },
} as const;

/** The kiosk checks and keeps it; throws when none runs there. */
export const setPin = async ({ stateDir, language, name }: PinOptions, io: ConsoleIo): Promise<number> => {
  const { pin } = await look(stateDir);
  const say = (what: keyof typeof QUESTIONS): string => QUESTIONS[what][language];
  const first = pin.holder === null ? [] : [say("old")];
  const given = await askSecrets([...first, say("fresh"), say("again")], io.stdin, io.stderr);
  const [fresh, again] = given?.slice(-2) ?? [];
  const wrong = fresh === undefined ? say("nothing") : say("differ");
  if (given === null || fresh === undefined || fresh !== again) {
    io.stderr.write(`motcua console: ${wrong}\n`);
    return CONSOLE_EXIT.wrongUse;
  }
  const old = pin.holder === null ? null : (given[0] ?? "");
  try {
    await askKiosk(stateDir, { ask: "setPin", name, pin: fresh, old }, ACT_MS);
  } catch (thrown) {
    return refused(thrown, language, io);
  }
  io.stdout.write(`${say("done")} ${name}\n`);
  return CONSOLE_EXIT.done;
};
