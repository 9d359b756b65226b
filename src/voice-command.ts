// What has a commune's speaker to read aloud, what is recorded, and what can not be played?
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  MANIFEST,
  readManifest,
  recordingOf,
  strayFiles,
  type VoiceManifest,
} from "./acts/recorded-voices.js";
import { type KioskConfig, voicesFolder } from "./config.js";
import type { Language } from "./flows/events.js";
import { packageRoot } from "./package-root.js";
import { loadCatalogue } from "./procedures/catalogue.js";
import type { Procedure } from "./procedures/procedure.js";
import { type SpokenSentence, spokenSentences } from "./screen/voices/sentences.js";
import { writeFileDurably } from "./store/durable-file.js";

export interface VoiceOptions {
  /** Holds a folder a language. */
  readonly folder: string;
  readonly languages: readonly Language[];
  readonly procedures: readonly Procedure[];
}

export interface VoiceCommand {
  readonly act: "list" | "check" | "script";
  readonly state: string;
  readonly config: KioskConfig;
  readonly lang: Language | undefined;
  readonly json: boolean;
  readonly writeManifest: boolean;
  readonly all: boolean;
}

interface Output {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** "synthetic": it holds a value, the machine says it. */
export interface VoiceRow {
  readonly key: string;
  readonly text: string;
  readonly state: "recorded" | "missing" | "synthetic" | "refused";
  readonly seconds?: number;
  readonly why?: string;
  readonly sha256?: string;
}

const DONE = 0;
const REFUSED = 1;

const rowOf = (folder: string, sentence: SpokenSentence, manifest: VoiceManifest | null): VoiceRow => {
  const { key, text, recordable } = sentence;
  if (!recordable) return { key, text, state: "synthetic" };
  const found = recordingOf(folder, sentence, manifest);
  if (found === null) return { key, text, state: "missing" };
  if (!found.ok) return { key, text, state: "refused", why: found.why };
  const { seconds, sha256 = "" } = found;
  return { key, text, state: "recorded", seconds: Math.round(seconds * 10) / 10, sha256 };
};

interface VoiceReport {
  readonly language: Language;
  readonly folder: string;
  readonly rows: readonly VoiceRow[];
  /** Files that no sentence has. */
  readonly strays: readonly string[];
}

/** `fresh`: as if there were no manifest, since one is to be written. */
const reportOf = ({ folder, procedures }: VoiceOptions, language: Language, fresh = false): VoiceReport => {
  const own = join(folder, language);
  const sentences = spokenSentences(language, procedures);
  const manifest = fresh ? null : readManifest(own);
  return {
    language,
    folder: own,
    rows: sentences.map((sentence) => rowOf(own, sentence, manifest)),
    strays: strayFiles(own, sentences),
  };
};

const count = (rows: readonly VoiceRow[], state: VoiceRow["state"]): number =>
  rows.filter((row) => row.state === state).length;

const summary = ({ language, rows }: VoiceReport): string =>
  `${language}: ${count(rows, "recorded")} recorded, ${count(rows, "missing")} missing, ${count(rows, "refused")} refused; ` +
  `${count(rows, "synthetic")} hold values and are the machine's\n`;

const withoutHash = ({ language, folder, rows, strays }: VoiceReport) => ({
  language,
  folder,
  sentences: rows.map(({ sha256: _, ...row }) => row),
  strays,
});

/** Every sentence with its key: recorded and how long, missing, refused and why, or the machine's. */
export const voiceList = (options: VoiceOptions & { readonly json: boolean }, io: Output): number => {
  const reports = options.languages.map((language) => reportOf(options, language));
  if (options.json) io.stdout.write(`${JSON.stringify(reports.map(withoutHash))}\n`);
  else
    for (const report of reports) {
      for (const { key, text, state, seconds } of report.rows)
        io.stdout.write(`${state}${seconds === undefined ? "" : ` ${seconds} s`}\t${key}\t${text}\n`);
      io.stdout.write(summary(report));
    }
  return DONE;
};

const complaints = ({ folder, rows, strays }: VoiceReport): readonly string[] => [
  ...rows.flatMap(({ key, why }) => (why === undefined ? [] : [`${join(folder, `${key}.wav`)}: ${why}`])),
  ...strays.map(
    (name) =>
      `${join(folder, name)}: no sentence has this name; \`motcua voice list\` has them all, and files are .wav`,
  ),
];

const writeManifest = ({ folder, rows }: VoiceReport): void => {
  const recordings = Object.fromEntries(
    rows.flatMap(({ key, text, state, sha256 = "" }) =>
      state === "recorded" ? [[key, { text, sha256 }]] : [],
    ),
  );
  mkdirSync(folder, { recursive: true });
  writeFileDurably(folder, MANIFEST, Buffer.from(`${JSON.stringify({ recordings }, null, 1)}\n`), 0o644);
};

/** Exit code 1 when a file there can not be played, or is no sentence's. What is missing is no fault. */
export const voiceCheck = (
  options: VoiceOptions & { readonly json: boolean; readonly writeManifest: boolean },
  io: Output,
): number => {
  const reports = options.languages.map((language) => reportOf(options, language, options.writeManifest));
  const wrong = reports.flatMap(complaints);
  if (options.writeManifest)
    for (const report of reports) if (count(report.rows, "recorded") > 0) writeManifest(report);
  if (options.json)
    io.stdout.write(`${JSON.stringify({ ok: wrong.length === 0, reports: reports.map(withoutHash) })}\n`);
  else {
    for (const line of wrong) io.stderr.write(`${line}\n`);
    for (const report of reports) io.stdout.write(summary(report));
  }
  return wrong.length === 0 ? DONE : REFUSED;
};

/** What the speaker reads aloud, numbered; `all`: also what is recorded already. */
export const voiceScript = (options: VoiceOptions & { readonly all: boolean }, io: Output): number => {
  for (const language of options.languages) {
    const { folder, rows } = reportOf(options, language);
    const wanted = rows.filter(
      ({ state }) => state === "missing" || state === "refused" || (options.all && state === "recorded"),
    );
    io.stdout.write(`# ${wanted.length} sentences; one file each in ${folder}: WAVE, 16 bit, one channel\n`);
    wanted.forEach(({ key, text }, index) => {
      io.stdout.write(`${index + 1}. ${text}\n   → ${key}.wav\n`);
    });
  }
  return DONE;
};

/** As on the command line; the procedures are those of this kiosk. */
export const voiceCommand = ({ act, state, config, lang, ...how }: VoiceCommand, io: Output): number => {
  const options: VoiceOptions = {
    folder: voicesFolder(config, state),
    languages: lang === undefined ? ["vi", "en"] : [lang],
    procedures: loadCatalogue([
      join(packageRoot(), "dist", "src", "procedures", "data"),
      ...config.procedures.folders,
    ]).procedures,
  };
  if (act === "list") return voiceList({ ...options, ...how }, io);
  return act === "check" ? voiceCheck({ ...options, ...how }, io) : voiceScript({ ...options, ...how }, io);
};
