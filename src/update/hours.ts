// Is it now a time at which this kiosk may be updated?
import type { WallTime } from "../core/clock.js";

export interface Hours {
  /** "HH:MM", local time of the kiosk; the end is not part of it. A window may go over midnight. */
  readonly from: string;
  readonly to: string;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
};

/** `from` = `to`: the whole day. */
export const isWithin = ({ from, to }: Hours, epochMs: number, utcOffsetMinutes: number): boolean => {
  const day = Math.floor(epochMs / MINUTE_MS) + utcOffsetMinutes;
  const now = ((day % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  const [start, end] = [minutesOf(from), minutesOf(to)];
  if (start === end) return true;
  return start < end ? now >= start && now < end : now >= start || now < end;
};

/** Null: it is. Else in a sentence why not. A clock that nobody set knows no hours. */
export const whyNotNow = (
  windows: readonly (Hours | null)[],
  wall: WallTime,
  utcOffsetMinutes: number,
): string | null => {
  const asked = windows.filter((window) => window !== null);
  if (asked.length === 0) return null;
  if (wall.trust !== "trusted") return "the clock is not set, so nobody knows whether the kiosk is open";
  const closed = asked.find((window) => !isWithin(window, wall.epochMs, utcOffsetMinutes));
  return closed === undefined ? null : `it is not between ${closed.from} and ${closed.to}`;
};
