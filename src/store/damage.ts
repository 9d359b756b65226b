// What was lost or repaired, and who is told until when?
//
// Each damage has a folder under `set-aside` with the files as they were found and a report. Operations are
// alerted as long as there is such a folder: the technician who has copied it away removes it.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { FAULTS, type FaultCode } from "../core/faults.js";
import { syncFolder, writeFileDurably } from "./durable-file.js";
import type { StoreDamage } from "./store.js";

export interface LostSubmission {
  /** Its id; or the name of the file that nothing explains any more. */
  readonly submission: string;
  readonly slipNumber: string | null;
  readonly why: string;
}

export interface DamageReport {
  readonly atMs: number;
  readonly reason: string;
  /** Submissions that came back into the queue. */
  readonly restored: number;
  /** Rows or records that were made whole from their counterpart. */
  readonly repaired: number;
  readonly lost: readonly LostSubmission[];
  /** How many of its rows hold, and how many there had been; null: it was not concerned. */
  readonly journal: { readonly kept: number; readonly expected: number | null } | null;
}

const FOLDER = "set-aside";
const REPORT = "report.json";
const UNFINISHED = "unfinished";

const faultOf = (lost: number): FaultCode => (lost > 0 ? "store.lost" : "store.repaired");

/** A new folder for what is found at `atMs`; durable when it returns. */
export const makeAside = (dir: string, atMs: number): string => {
  const base = join(dir, FOLDER, new Date(atMs).toISOString().replace(/[:.]/g, "-"));
  let folder = base;
  for (let copy = 2; existsSync(folder); copy += 1) folder = `${base}-${copy}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  syncFolder(join(dir, FOLDER));
  syncFolder(dir);
  return folder;
};

const foldersOf = (dir: string): readonly string[] =>
  existsSync(join(dir, FOLDER))
    ? readdirSync(join(dir, FOLDER))
        .sort()
        .map((name) => join(dir, FOLDER, name))
    : [];

/** The mark outlives a power cut: whoever starts next goes on with the same repair. */
export const markUnfinished = (folder: string, reason: string): void =>
  writeFileDurably(folder, UNFINISHED, Buffer.from(reason));

export const findUnfinished = (dir: string): { folder: string; reason: string } | undefined => {
  const folder = foldersOf(dir).find((found) => existsSync(join(found, UNFINISHED)));
  return folder === undefined
    ? undefined
    : { folder, reason: readFileSync(join(folder, UNFINISHED), "utf8") || "a repair was interrupted" };
};

/** Durable before the new database is used: a mark that came back would undo what was written since. */
export const markFinished = (folder: string): void => {
  rmSync(join(folder, UNFINISHED), { force: true });
  syncFolder(folder);
};

/** Moves a file that nothing explains; what is there already under this name is not overwritten. */
export const moveAside = (from: string, folder: string, name: string): void => {
  const to = join(folder, name);
  if (existsSync(from) && !existsSync(to)) renameSync(from, to);
};

/** Sentences for the technician stand in the report itself: it is read far from the kiosk. */
export const writeReport = (folder: string, report: DamageReport): void => {
  const { technician } = FAULTS[faultOf(report.lost.length)];
  writeFileDurably(folder, REPORT, Buffer.from(`${JSON.stringify({ ...report, technician }, null, 2)}\n`));
};

const readReport = (folder: string): DamageReport | undefined => {
  try {
    const report = JSON.parse(readFileSync(join(folder, REPORT), "utf8")) as DamageReport;
    return Array.isArray(report.lost) && Number.isFinite(report.atMs) ? report : undefined;
  } catch {
    return undefined;
  }
};

/** Ids that a report names already: what is damaged is told once. */
export const namedAsLost = (dir: string): ReadonlySet<string> =>
  new Set(standingDamage(dir)?.lost.map(({ submission }) => submission));

/** What still has to be told; null: nothing. A folder without a readable report is told, too. */
export const standingDamage = (dir: string): StoreDamage | null => {
  const folders = foldersOf(dir);
  if (folders.length === 0) return null;
  const reports = folders.flatMap((folder) => readReport(folder) ?? []);
  const lost = reports.flatMap((report) => report.lost);
  return {
    fault: faultOf(lost.length),
    sinceMs: Math.min(...reports.map(({ atMs }) => atMs), ...folders.map((name) => statSync(name).mtimeMs)),
    folders,
    lost,
  };
};
