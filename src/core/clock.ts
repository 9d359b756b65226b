// What time is it, how sure are we, and how long has something taken?

/** How far wall time can be believed: "floor" means it was before the floor and was raised to it. */
export type WallTrust = "trusted" | "untrusted" | "floor";

export interface WallTime {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly epochMs: number;
  readonly trust: WallTrust;
}

/** Durations come from `monotonicMs` only; wall time is for people and records. */
export interface Clock {
  monotonicMs(): number;
  wall(): WallTime;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

export interface SystemClockOptions {
  /** The later of build time and last trusted time; wall time never reads earlier. Epoch ms. */
  readonly floorMs: number;
  /** True once time was set from a trusted source (NTP, the link). */
  readonly synchronised: () => boolean;
  /** Reads the machine's wall clock, epoch ms; injected so that tests can be in 1970. */
  readonly readWallMs?: () => number;
}

/** The machine's clocks, with wall time held above its floor. */
export class SystemClock implements Clock {
  readonly #options: SystemClockOptions;

  constructor(options: SystemClockOptions) {
    this.#options = options;
  }

  monotonicMs(): number {
    return performance.now();
  }

  wall(): WallTime {
    const now = (this.#options.readWallMs ?? Date.now)();
    if (now < this.#options.floorMs) return { epochMs: this.#options.floorMs, trust: "floor" };
    return { epochMs: now, trust: this.#options.synchronised() ? "trusted" : "untrusted" };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  setTimeout(callback: () => void, ms: number): unknown {
    return setTimeout(callback, ms);
  }

  clearTimeout(handle: unknown): void {
    clearTimeout(handle as NodeJS.Timeout);
  }
}

/** `fn` with a deadline; the time-out error names what was waited for. */
export const withDeadline = async <T>(
  clock: Clock,
  ms: number,
  what: string,
  fn: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> => {
  const controller = new AbortController();
  const onOuter = () => controller.abort(outer?.reason);
  if (outer?.aborted === true) onOuter();
  outer?.addEventListener("abort", onOuter, { once: true });
  const timer = clock.setTimeout(() => controller.abort(new TimeoutError(what, ms)), ms);
  try {
    return await Promise.race([
      fn(controller.signal),
      new Promise<never>((_, reject) => {
        const fail = () => reject(controller.signal.reason as Error);
        if (controller.signal.aborted) fail();
        else controller.signal.addEventListener("abort", fail, { once: true });
      }),
    ]);
  } finally {
    clock.clearTimeout(timer);
    outer?.removeEventListener("abort", onOuter);
  }
};

export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  constructor(
    readonly what: string,
    readonly ms: number,
  ) {
    super(`${what} took longer than ${ms} ms`);
  }
}
