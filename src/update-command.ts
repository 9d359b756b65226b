// What do the verbs of `motcua update` do at a kiosk?
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { promisify } from "node:util";
import type { KioskConfig } from "./config.js";
import { type Clock, SystemClock } from "./core/clock.js";
import { silentLog } from "./core/log.js";
import { askKiosk, isKioskRunning } from "./ops/control-socket.js";
import { peekRelease, RELEASE_SUFFIX } from "./sync/protocol/release.js";
import { bundleProblem, releaseKeys } from "./update/bundle.js";
import { install } from "./update/install.js";
import { UpdateJournal } from "./update/journal.js";
import { judge } from "./update/judge.js";
import type { UpdateStatus } from "./update/keeper.js";
import { NotNow, type Proof, type Runtime } from "./update/machine.js";
import { asCaller, becomeOwnerOf } from "./update/owner.js";
import { type ProveParts, prove } from "./update/prove.js";
import { keeperOf, raucOf, runningOf, updateFolder } from "./update-kiosk.js";

export interface Io {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

export interface KioskPlace {
  readonly stateDir: string;
  readonly config: KioskConfig;
  readonly json: boolean;
}

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
/** systemd-timesyncd leaves this mark once time came from a server. */
const TIME_SYNCED = "/run/systemd/timesync/synchronized";
const MINUTE_MS = 60_000;
const ASK_EVERY_MS = 2_000;
const ASK_LIMIT_MS = 30_000;
/** A bundle of 2 GB from a slow stick. */
const TAKE_LIMIT_MS = 3_600_000;

const clockOf = ({ board }: KioskConfig): Clock =>
  new SystemClock({ floorMs: 0, synchronised: () => board.kind === "simulated" || existsSync(TIME_SYNCED) });

export const say = ({ stdout }: Io, json: boolean, data: unknown, text: string): void => {
  stdout.write(json ? `${JSON.stringify(data)}\n` : `${text}\n`);
};

const runtimeOf = (stateDir: string): Runtime => ({
  isRunning: () => isKioskRunning(stateDir),
  hold: async (fraction) => {
    await askKiosk(stateDir, { ask: "updateHold", fraction }, ASK_LIMIT_MS);
  },
  letGo: async () => {
    if (await isKioskRunning(stateDir)) await askKiosk(stateDir, { ask: "updateLetGo" }, ASK_LIMIT_MS);
  },
  proof: () => askKiosk<Proof>(stateDir, { ask: "updateProof" }, ASK_LIMIT_MS).catch(() => null),
});

const run = promisify(execFile);

const partsOf = ({ stateDir, config }: KioskPlace): ProveParts => {
  becomeOwnerOf(stateDir);
  const { update, kiosk } = config;
  const [command = "", ...args] = update.reboot;
  const clock = clockOf(config);
  const running = runningOf(stateDir, config);
  return {
    journal: new UpdateJournal(updateFolder(stateDir), clock),
    ...{ installer: raucOf(config), runtime: runtimeOf(stateDir), clock },
    keys: () => releaseKeys(update.keys),
    running: () => running,
    hours: { from: update.from, to: update.to },
    utcOffsetMinutes: kiosk.utcOffsetMinutes,
    bootId: () => readFileSync(BOOT_ID, "utf8").trim(),
    reboot: async () => {
      await asCaller(() => run(command, args));
    },
    proveMs: update.proveMinutes * MINUTE_MS,
    offlineGraceMs: update.offlineGraceMinutes * MINUTE_MS,
    ...{ steadyMs: MINUTE_MS, askEveryMs: ASK_EVERY_MS },
  };
};

const WORDS: Readonly<Record<string, string>> = {
  offered: "was offered",
  fetching: "is being fetched",
  staged: "is here and is being checked",
  waiting: "waits for its hour and for nobody to be there",
  installing: "is being installed",
  rebooting: "is installed; the machine starts into it",
  proving: "runs on trial",
  good: "proved itself and is marked good",
  fellBack: "did not prove itself; the program before runs again",
  refused: "was refused",
  withdrawn: "is offered no more",
};

const statusText = ({ runs, step, build, version, fraction, reason }: UpdateStatus): string => {
  const running = runs === 0 ? "the program that runs has no build number" : `build ${runs} runs`;
  if (step === null) return `${running}; no update was ever offered`;
  const part = fraction === null ? "" : `, ${Math.round(fraction * 100)} %`;
  const why = reason === null ? "" : `: ${reason}`;
  return `${running}; build ${build}${version === null ? "" : ` (${version})`} ${WORDS[step]}${part}${why}`;
};

/** A running kiosk knows more; without one the journal says it. */
const statusOf = async ({ stateDir, config }: KioskPlace): Promise<UpdateStatus> => {
  becomeOwnerOf(stateDir);
  if (await isKioskRunning(stateDir))
    return askKiosk<UpdateStatus>(stateDir, { ask: "update" }, ASK_LIMIT_MS);
  const state = new UpdateJournal(updateFolder(stateDir), clockOf(config)).state();
  const { step, open, build, reason, sinceMs, trust, envelope } = state;
  const release = envelope === null ? undefined : peekRelease(Buffer.from(envelope, "base64"));
  return {
    ...{
      runs: runningOf(stateDir, config).build,
      step,
      open,
      reason,
      sinceMs,
      wallTrust: trust,
      fraction: null,
    },
    build: step === null ? null : build,
    version: release?.version ?? null,
  };
};

export const statusCommand = async (place: KioskPlace, io: Io): Promise<number> => {
  const status = await statusOf(place);
  say(io, place.json, status, statusText(status));
  return 0;
};

export const historyCommand = async ({ stateDir, config, json }: KioskPlace, io: Io): Promise<number> => {
  becomeOwnerOf(stateDir);
  const entries = new UpdateJournal(updateFolder(stateDir), clockOf(config)).entries();
  // The manifest's bytes are nothing for a reader.
  const told = entries.map(({ envelope: _, ...entry }) => entry);
  const lines = told.map(({ seq, atMs, trust, entry, step, build, reason }) => {
    const when = new Date(atMs).toISOString().slice(0, 19);
    const unsure = trust === "trusted" ? "" : " (clock not set)";
    return `${String(seq).padStart(4)}  ${when}Z${unsure}  build ${build}  ${entry === "before" ? "begins" : "ended"} ${step}${reason === undefined ? "" : `: ${reason}`}`;
  });
  say(io, json, told, lines.length === 0 ? "no update was ever offered" : lines.join("\n"));
  return 0;
};

const manifestOf = (file: string): { readonly bundle: string | null; readonly manifest: string } => {
  if (!file.endsWith(RELEASE_SUFFIX)) return { bundle: file, manifest: `${file}${RELEASE_SUFFIX}` };
  const bundle = file.slice(0, -RELEASE_SUFFIX.length);
  return { bundle: existsSync(bundle) ? bundle : null, manifest: file };
};

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
};

export const checkCommand = async (file: string, place: KioskPlace, io: Io): Promise<number> => {
  const { bundle, manifest } = manifestOf(file);
  if (!existsSync(manifest))
    throw new Error(`${manifest} is not there: a bundle needs its manifest beside it`);
  const { keys, running, clock, journal, installer } = partsOf(place);
  const verdict = judge(readFileSync(manifest), {
    ...{ keys: keys(), running: running(), goodBuild: journal.state().goodBuild, wall: clock.wall() },
  });
  let problem = verdict.may ? null : verdict.reason;
  if (problem === null && bundle !== null && verdict.release !== null) {
    if ((await sha256Of(bundle)) !== verdict.release.sha256)
      problem = "the bundle is not the one that was signed";
    else
      problem = await bundleProblem(bundle, verdict.release, installer).catch(
        (thrown: Error) => thrown.message,
      );
  }
  const { build = null, version = null } = verdict.release ?? {};
  const name = build === null ? basename(file) : `build ${build} (${version})`;
  say(
    io,
    place.json,
    { may: problem === null, build, version, reason: problem },
    problem === null ? `${name}: this kiosk may take it` : `${name}: this kiosk may not take it: ${problem}`,
  );
  return problem === null ? 0 : 1;
};

const takeFrom = async (bundle: string, { stateDir, config }: KioskPlace): Promise<void> => {
  becomeOwnerOf(stateDir);
  if (await isKioskRunning(stateDir)) {
    await askKiosk(stateDir, { ask: "updateTake", bundle }, TAKE_LIMIT_MS);
    return;
  }
  const manifest = `${bundle}${RELEASE_SUFFIX}`;
  if (!existsSync(manifest))
    throw new Error(`${manifest} is not there: a bundle needs its manifest beside it`);
  const keeper = keeperOf(stateDir, config, clockOf(config), silentLog);
  await keeper.takeFile(bundle, readFileSync(manifest));
};

export const installCommand = async (
  { ifDue, now, from }: { readonly ifDue: boolean; readonly now: boolean; readonly from: string | null },
  place: KioskPlace,
  io: Io,
): Promise<number> => {
  try {
    if (from !== null) await takeFrom(from, place);
    const done = await install(partsOf(place), { now });
    say(io, place.json, { installed: true, reason: null }, done);
    return 0;
  } catch (thrown) {
    if (!ifDue || !(thrown instanceof NotNow)) throw thrown;
    say(io, place.json, { installed: false, reason: thrown.message }, `not now: ${thrown.message}`);
    return 0;
  }
};

export const markGoodCommand = async (place: KioskPlace, io: Io): Promise<number> => {
  const done = await prove(partsOf(place));
  say(io, place.json, { marked: true, detail: done }, done);
  return 0;
};
