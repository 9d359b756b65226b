// Which lines of the log stand on its panel?
import type { Level } from "../core/log.js";
import type { LogLine } from "../ops/log.js";
import type { Space } from "./panels.js";
import { clean, cut, localTime, type Row, row } from "./rows.js";
import type { Words } from "./words.js";

export const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

export interface LogWish {
  /** Every word must be in the line; "" takes all. */
  readonly words: string;
  /** And all above; "debug" takes all. */
  readonly level: Level;
}

export const logText = (line: LogLine): string => {
  const fields = Object.entries(line.fields)
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  return clean(`${localTime(line.time).slice(11, 19)} ${line.level.padEnd(5)} ${line.event} ${fields}`);
};

export const filtered = (lines: readonly LogLine[], { words, level }: LogWish): readonly LogLine[] => {
  const wanted = words.toLowerCase().normalize("NFC").split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    if (LEVELS.indexOf(line.level) < LEVELS.indexOf(level)) return false;
    const text = logText(line).toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
};

/** `back`: how many lines above the newest the last row is. */
export const logRows = (
  lines: readonly LogLine[],
  look: LogWish & { readonly back: number; readonly paused: boolean },
  words: Words,
  { width, height }: Space,
): readonly Row[] => {
  const matching = filtered(lines, look);
  const room = height - 1;
  const end = Math.max(Math.min(room, matching.length), matching.length - look.back);
  const shown = matching.slice(Math.max(0, end - room), end);
  const level = look.level === "debug" ? words.text("all") : `≥ ${look.level}`;
  const filter = look.words === "" ? "–" : `"${look.words}"`;
  const state = look.paused ? `   ${words.text("paused")}` : "";
  const head = ` ${words.text("filter")} ${filter}   ${words.text("level")} ${level}   ${matching.length} ${words.text("lines")}${state}`;
  if (matching.length === 0) return [row(head), row(` ${words.text("noLines")}`)];
  return [
    row(cut(head, width)),
    ...shown.map((line) =>
      row(` ${cut(logText(line), width - 1)}`, line.level === "error" ? "alarm" : undefined),
    ),
  ];
};

/** The furthest `back` that still shows something new. */
export const mostBack = (lines: readonly LogLine[], wish: LogWish, height: number): number =>
  Math.max(0, filtered(lines, wish).length - (height - 1));
