// How is `motcua setup` wired: which face it has, where it writes, whose devices it tests?
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { openDeviceKey } from "./acts/device-key.js";
import { sealFolder } from "./acts/sealing.js";
import { certificateFolder } from "./certificate-command.js";
import { pinFromFile } from "./console/secret.js";
import { setupWordsOf } from "./console/setup-words.js";
import { type Language, languageOf } from "./console/words.js";
import { SystemClock } from "./core/clock.js";
import { silentLog } from "./core/log.js";
import { openBench, runningBench } from "./doctor.js";
import { openSealKey } from "./documents/seal-key.js";
import { askKiosk } from "./ops/control-socket.js";
import { Refusal } from "./ops/pin.js";
import type { KioskStatus } from "./ops/status.js";
import { packageRoot } from "./package-root.js";
import { AnswersTalk, readAnswers } from "./provision/answers-talk.js";
import type { OpenBench, Places } from "./provision/desk.js";
import { giveToOwner, openHouse } from "./provision/house.js";
import { Nmcli, runNmcli } from "./provision/nmcli.js";
import { PlainTalk } from "./provision/plain-talk.js";
import { type Progress, ProgressFile } from "./provision/progress.js";
import { STEPS, type StepName } from "./provision/step-names.js";
import { BadAnswer, Leave, type Talk } from "./provision/talk.js";
import { runWizard } from "./provision/wizard.js";

/** As `motcua setup --help` says them. */
const EXIT = { whole: 0, notWhole: 1, wrongUse: 2, refused: 3, terminated: 143 } as const;
const ANSWER_MS = 5_000;

export interface SetupOptions {
  readonly state: string;
  readonly config?: string;
  readonly lang?: Language;
  readonly plain: boolean;
  readonly answers?: string;
  readonly json: boolean;
  readonly step?: StepName;
}

interface Io {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Where a device tree, adapters and sticks are; tests put others in their place. */
const placesOf = ({ state, config }: SetupOptions): Places => {
  const stateDir = resolve(state);
  const root = process.env["MOTCUA_MACHINE_ROOT"] ?? "/";
  return {
    stateDir,
    configFile: resolve(config ?? join(stateDir, "kiosk.toml")),
    boardFolder: join(packageRoot(), "board"),
    modelFile: join(root, "proc/device-tree/model"),
    devFolder: join(root, "dev"),
    mountFolders: ["media", "mnt", "run/media"].map((folder) => join(root, folder)),
    certificateFolder: certificateFolder(stateDir),
    deviceKeyPem: ({ deviceKey: config }) => {
      const clock = new SystemClock({ floorMs: 0, synchronised: () => false });
      const key = openDeviceKey({ stateDir, config, clock, log: silentLog, adopt: true });
      key.close();
      return key.publicKeyPem;
    },
    sealKey: () => openSealKey(sealFolder(stateDir)),
  };
};

/** A running kiosk's devices are its own; otherwise those of the settings that are being made. */
const benches =
  ({ stateDir }: Places): OpenBench =>
  async (config, print) => {
    const status = await askKiosk<KioskStatus>(stateDir, { ask: "status" }, ANSWER_MS).catch(() => null);
    const options = { state: stateDir, config, print, attended: false };
    if (status !== null) return runningBench(options, status);
    const bench = await openBench(options);
    return {
      ...bench,
      close: async () => {
        await bench.close();
        giveToOwner(stateDir);
      },
    };
  };

interface Face {
  readonly talk: Talk & { end?(why: Error): void; abandon?(): void };
  /** Whether a signal or a lost line may end it. */
  readonly isLive: boolean;
}

const faceOf = async (options: SetupOptions, io: Io): Promise<Face> => {
  const words = setupWordsOf(options.lang ?? languageOf(process.env));
  if (options.answers !== undefined) {
    const say = (line: string): void => void io.stderr.write(`${line}\n`);
    return { talk: new AnswersTalk(readAnswers(options.answers), say), isLive: false };
  }
  if (options.plain) return { talk: new PlainTalk(io, words), isLive: true };
  const { ScreenTalk } = await import("./provision/screen-talk.js");
  return { talk: new ScreenTalk(io, words), isLive: true };
};

/** Ends what is asked when the process is to end; returns the release, and says how it ended. */
const whileLive = ({ talk, isLive }: Face, { stdin, stdout }: Io) => {
  const end = { code: null as number | null, hungUp: false };
  const stop = (code: number) => () => {
    end.code = code;
    talk.end?.(new Leave());
  };
  const hangUp = (): void => {
    end.hungUp = true;
    talk.abandon?.();
    talk.end?.(new Leave());
  };
  const terminated = stop(EXIT.terminated);
  const close = (): void => talk.close();
  if (isLive) {
    process.once("SIGTERM", terminated);
    process.once("SIGHUP", hangUp);
    for (const stream of [stdin, stdout]) stream.on("error", hangUp);
    if (stdin.isTTY === true) stdin.once("end", hangUp);
    // Also when something throws: a technician must not be left with a dead screen.
    process.once("exit", close);
  }
  return {
    end,
    release: () => {
      process.off("SIGTERM", terminated);
      process.off("exit", close);
      talk.close();
    },
  };
};

const report = (progress: Progress, whole: boolean, problem: object | null): string =>
  `${JSON.stringify({ ok: whole && problem === null, steps: progress.steps, problem })}\n`;

const openSteps = ({ steps }: Progress, language: Language): string =>
  STEPS.filter((name) => steps[name]?.state !== "done")
    .map((name) => setupWordsOf(language).step(name))
    .join(", ");

const wrongUseOf = (options: SetupOptions, { stdin, stdout }: Io): string | null => {
  if (options.json && options.answers === undefined) return "--json goes with --answers";
  if (options.answers !== undefined && options.plain) return "give --plain or --answers";
  if (options.answers !== undefined && !existsSync(options.answers))
    return `${options.answers}: no such file`;
  const needsTerminal = options.answers === undefined && !options.plain;
  if (needsTerminal && (stdin.isTTY !== true || stdout.isTTY !== true))
    return "this is no terminal; use --plain, or --answers FILE";
  return null;
};

const problemOf = (
  thrown: unknown,
): { readonly code: number; readonly problem: object; readonly line: string } | null => {
  if (thrown instanceof BadAnswer) {
    const { key, value, remedy, message } = thrown;
    return { code: EXIT.wrongUse, problem: { key, value, remedy }, line: message };
  }
  if (!(thrown instanceof Refusal)) return null;
  const { code, waitSeconds, message } = thrown;
  return { code: EXIT.refused, problem: { code, waitSeconds }, line: message };
};

/** Exit code 0 when the set-up is whole. Throws when the state folder or the settings can not be written. */
export const setUp = async (options: SetupOptions, io: Io): Promise<number> => {
  const wrong = wrongUseOf(options, io);
  if (wrong !== null) {
    io.stderr.write(`motcua setup: ${wrong}\n`);
    return EXIT.wrongUse;
  }
  const places = placesOf(options);
  const clock = new SystemClock({ floorMs: 0, synchronised: () => false });
  const house = await openHouse(places.stateDir, clock);
  const progress = new ProgressFile(places.stateDir);
  const said = (code: number, whole: boolean, problem: object | null, line: string): number => {
    if (options.json) io.stdout.write(report(progress.now, whole, problem));
    else if (line !== "") (code === EXIT.whole ? io.stdout : io.stderr).write(`motcua setup: ${line}\n`);
    return code;
  };
  let face: Face;
  try {
    face = await faceOf(options, io);
  } catch (thrown) {
    const known = problemOf(thrown);
    if (known === null) throw thrown;
    return said(known.code, false, known.problem, known.line);
  }
  const live = whileLive(face, io);
  const language = (): Language => progress.now.language ?? options.lang ?? languageOf(process.env);
  try {
    const parts = { talk: face.talk, places, house, clock, progress, openBench: benches(places) };
    const outcome = await runWizard({
      ...{ ...parts, nmcli: new Nmcli(runNmcli), words: setupWordsOf, only: options.step ?? null },
      ...{ language: options.lang ?? null, pin: pinFromFile(process.env) },
    });
    live.release();
    const words = setupWordsOf(language());
    if (outcome.whole) return said(EXIT.whole, true, null, words.text("whole"));
    return said(EXIT.notWhole, false, null, words.text("notWhole", openSteps(outcome.progress, language())));
  } catch (thrown) {
    live.release();
    const { code, hungUp } = live.end;
    if (hungUp) {
      // The signal's own way out: Node's would put a terminal back that is gone.
      process.removeAllListeners("SIGHUP");
      process.kill(process.pid, "SIGHUP");
    }
    if (thrown instanceof Leave)
      return said(code ?? EXIT.notWhole, false, null, setupWordsOf(language()).text("left"));
    const known = problemOf(thrown);
    if (known === null) throw thrown;
    return said(known.code, false, known.problem, known.line);
  }
};
