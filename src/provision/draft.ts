// What of the settings will the set-up change, and how does the file become that without losing anything?
//
// INVARIANTS. The file is written once, whole (store/durable-file.ts), after the technician has seen what changes;
// the one before stays beside it under the time of the change. Keys that are not the set-up's are not touched.
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { ConfigError, type ConfigProblem, type KioskConfig, parseConfig } from "../config.js";
import { placeFile, writeFileDurably } from "../store/durable-file.js";
import { replaceTable, setValue, type TomlValue } from "./toml-edit.js";

export const draftShape = z.strictObject({
  /** Dotted keys of kiosk.toml. */
  values: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  /** The whole [board] table as TOML text; null: as it is. */
  board: z.string().nullable(),
});
export type Draft = z.output<typeof draftShape>;

export const EMPTY_DRAFT: Draft = { values: {}, board: null };

const PUBLIC_MODE = 0o644;

export const withValue = (draft: Draft, key: string, value: TomlValue): Draft => ({
  ...draft,
  values: { ...draft.values, [key]: typeof value === "string" ? value : [...value] },
});

/** Throws `NotEditable`, or what the parser says of a file that is no TOML. */
export const drafted = (text: string, { values, board }: Draft): string => {
  const boarded = board === null ? text : replaceTable(text, "board", board);
  return Object.entries(values).reduce((sum, [key, value]) => setValue(sum, key.split("."), value), boarded);
};

export const readSettings = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

/** The settings as they will be; throws `ConfigError` with every problem. */
export const draftedConfig = (file: string, draft: Draft): KioskConfig =>
  parseConfig(drafted(readSettings(file), draft), file);

const stamp = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 19).replace(/[-:]/g, "");

const problemsOf = (text: string, file: string): readonly ConfigProblem[] => {
  try {
    parseConfig(text, file);
    return [];
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
};

export interface Written {
  /** The file of before; null: there was none, or nothing changed. */
  readonly before: string | null;
  readonly changed: boolean;
  /** What was wrong in the file and still is: keys that are not the set-up's. */
  readonly problems: readonly ConfigProblem[];
}

/** Throws `ConfigError` or `NotEditable` before anything is written; then errors of the disk. */
export const writeSettings = (file: string, draft: Draft, nowMs: number): Written => {
  const old = readSettings(file);
  const fresh = drafted(old, draft);
  const known = new Set(problemsOf(old, file).map(({ key }) => key));
  const problems = problemsOf(fresh, file);
  const added = problems.filter(({ key }) => !known.has(key));
  if (added.length > 0) throw new ConfigError(file, added);
  if (fresh === old) return { before: null, changed: false, problems };
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const isThere = existsSync(file);
  const mode = isThere ? statSync(file).mode & 0o777 : PUBLIC_MODE;
  const before = `${basename(file)}.${stamp(nowMs)}`;
  if (isThere) placeFile(folder, before, Buffer.from(old), mode);
  writeFileDurably(folder, basename(file), Buffer.from(fresh), mode);
  return { before: isThere ? join(folder, before) : null, changed: true, problems };
};
