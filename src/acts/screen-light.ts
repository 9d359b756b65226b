// How bright is the screen now: somebody is here, nobody is, or it is night?
import type { Clock } from "../core/clock.js";
import type { Visit } from "../flows/run-visit.js";
import type { Board } from "../hal/board.js";
import { onEachOpen } from "../hal/supervisor.js";

export interface LightTimes {
  /** 0 … 100 each. */
  readonly inUsePercent: number;
  readonly idlePercent: number;
  readonly nightPercent: number;
  /** Minutes after midnight by the kiosk's own time; the same twice: there is no night. */
  readonly nightFromMinutes: number;
  readonly nightToMinutes: number;
  /** Without a visit and without anybody in front of it for so long the screen is idle. */
  readonly idleAfterMs: number;
}

export interface ScreenLightParts {
  readonly board: Pick<Board, "backlight" | "lines">;
  readonly visit: Pick<Visit, "state" | "watch">;
  readonly clock: Clock;
  readonly utcOffsetMinutes: number;
  readonly times: LightTimes;
}

const LOOK_EVERY_MS = 15_000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** `from` included, `to` not; it may go over midnight. */
export const isNight = (minutes: number, from: number, to: number): boolean =>
  from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;

/** Returns the stop. A clock that nobody set has no night: a screen must not go dark at noon. */
export const watchScreenLight = ({
  board,
  visit,
  clock,
  utcOffsetMinutes,
  times,
}: ScreenLightParts): (() => void) => {
  let timer: unknown = null;
  let stopped = false;
  let lastUseMs = clock.monotonicMs();
  let present = false;
  let told: number | null = null;

  const wanted = (): number => {
    if (visit.state.open || present) lastUseMs = clock.monotonicMs();
    if (clock.monotonicMs() - lastUseMs < times.idleAfterMs) return times.inUsePercent;
    const { epochMs, trust } = clock.wall();
    const minutes = Math.floor(epochMs / MINUTE_MS + utcOffsetMinutes) % DAY_MINUTES;
    const night = trust === "trusted" && isNight(minutes, times.nightFromMinutes, times.nightToMinutes);
    return night ? times.nightPercent : times.idlePercent;
  };
  const set = (): void => {
    const percent = wanted();
    if (stopped || percent === told) return;
    told = percent;
    board.backlight
      .use((light) => light.set(percent))
      .catch(() => {
        // The supervisor tells of it; a light that comes back is told anew.
        told = null;
      });
  };
  const look = (): void => {
    set();
    timer = clock.setTimeout(look, LOOK_EVERY_MS);
  };
  const stops = [
    visit.watch(set),
    onEachOpen(board.backlight, () => {
      told = null;
      set();
      return () => {};
    }),
    onEachOpen(board.lines, (lines) => {
      const see = (value: boolean): void => {
        present = value;
        if (value) lastUseMs = clock.monotonicMs();
        set();
      };
      const off = lines.onEdge(({ line, value }) => {
        if (line === "presence") see(value);
      });
      // Who stood there before the lines were open made no edge.
      lines
        .read("presence")
        .then(see)
        .catch(() => {});
      return off;
    }),
    // Nobody can say any more whether somebody is there.
    board.lines.watch(({ state }) => {
      if (state !== "ready" && state !== "faulted") present = false;
    }),
  ];
  look();
  return () => {
    stopped = true;
    clock.clearTimeout(timer);
    for (const stop of stops) stop();
  };
};
