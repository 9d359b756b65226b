// Which clock does a test move by hand?
import type { Clock } from "../../src/core/clock.js";

/** `pass`: timers that are due run on the way; `take`: what an act costs, while nothing else runs. */
export const handClock = () => {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly act: () => void }[] = [];
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wall: () => ({ epochMs: nowMs, trust: "trusted" }),
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
    setTimeout: (act, ms) => {
      const timer = { atMs: nowMs + ms, act };
      timers.push(timer);
      return timer;
    },
    clearTimeout: (handle) => {
      timers = timers.filter((timer) => timer !== handle);
    },
  };
  const pass = (ms: number): void => {
    const untilMs = nowMs + ms;
    for (;;) {
      const [next] = timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      timers = timers.filter((timer) => timer !== next);
      nowMs = Math.max(nowMs, next.atMs);
      next.act();
    }
    nowMs = Math.max(nowMs, untilMs);
  };
  const take = (ms: number): void => {
    nowMs += ms;
  };
  return { clock, pass, take, timers: () => timers.length };
};
