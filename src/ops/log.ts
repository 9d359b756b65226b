// Where do log lines go, and in which form?
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { pino } from "pino";
import { EVENT_LEVEL, type EventCatalogue, type EventName, type Level, type Log } from "../core/log.js";
import { LogFile, type LogLimits } from "./log-file.js";

export interface LogLine {
  /** Counts the lines of this process. */
  readonly serial: number;
  readonly time: number;
  readonly event: EventName;
  readonly level: Level;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LogWriter {
  readonly log: Log;
  /** The newest lines, oldest first, for the console's log panel. */
  readonly tail: () => readonly LogLine[];
  close(): void;
}

const TAIL_LINES = 200;

/** A day of seventy visits writes some 300 KB: two months, and never more than 20 MiB of the card. */
const LIMITS: LogLimits = { bytes: 4 * 1_048_576, older: 4 };

/**
 * JSON lines into `file`, written synchronously: a log line must survive the kill -9 that it explains, and
 * the volume (tens of lines a visit) does not ask for buffering. Throws when the file can not be opened; later on a
 * line that the disk does not take is in the tail alone, and "log.missed" says how many those were.
 */
export const openLog = (file: string, level: Level, limits = LIMITS): LogWriter => {
  mkdirSync(dirname(file), { recursive: true });
  const sink = new LogFile(file, limits);
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, sink);
  const lines: LogLine[] = [];
  let serial = 0;
  const log = <N extends EventName>(event: N, fields: EventCatalogue[N]): void => {
    const at = EVENT_LEVEL[event];
    const bound: object = fields;
    logger[at](bound, event as string);
    serial += 1;
    lines.push({ serial, time: Date.now(), event, level: at, fields: { ...fields } });
    if (lines.length > TAIL_LINES) lines.shift();
    const { missed } = sink;
    if (missed === null || event === "log.missed") return;
    log("log.missed", { ...missed });
    sink.saidMissed();
  };
  return { log, tail: () => [...lines], close: () => sink.close() };
};
