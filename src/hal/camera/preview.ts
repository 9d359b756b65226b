// Who watches a camera, and how do all of them live on one stream that makes room for stills?
import { type Clock, TimeoutError } from "../../core/clock.js";
import type { Turns } from "../turns.js";
import type { Frame, PreviewOptions } from "./camera.js";
import { commandAt, commandError, missingCommand } from "./camera-command.js";
import { startVid, type VidStream } from "./vid-command.js";

export interface PreviewParts {
  readonly clock: Clock;
  readonly turns: Turns;
  readonly commandDir: string;
  /** A sensor that starts needs longer for its first frame than for the next. */
  readonly firstFrameWithinMs: number;
  /** libcamera's number of the camera, now. */
  readonly camera: () => Promise<number>;
  /** Aborts when the camera is closed. */
  readonly ended: AbortSignal;
}

interface Viewer {
  readonly options: PreviewOptions;
  readonly show: (frame: Frame) => void;
  readonly fail: (error: unknown) => void;
  nextAtMs: number;
}

interface Demand {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number;
  readonly frameWithinMs: number;
}

const FRAME_WITHIN_MS = 3_000;
const MOST_FRAMES_PER_SECOND = 30;

const checked = (options: PreviewOptions): PreviewOptions => {
  const { framesPerSecond } = options;
  if (framesPerSecond < 1 || framesPerSecond > MOST_FRAMES_PER_SECOND)
    throw new TypeError("preview frames per second: 1 … 30");
  return options;
};

export class Preview {
  readonly #parts: PreviewParts;
  readonly #viewers = new Set<Viewer>();
  #streaming = false;
  #running: Demand | null = null;
  /** Ends the stream under way, for room or for a wider one. */
  #cut = () => {};

  constructor(parts: PreviewParts) {
    this.#parts = parts;
    parts.turns.whenWaiting(() => this.#cut());
    parts.ended.addEventListener("abort", () => this.#cut(), { once: true });
  }

  /** Resolves when `signal` aborts, rejects when the stream fails or the camera is closed. */
  watch(show: (frame: Frame) => void, options: PreviewOptions, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const viewer: Viewer = { options: checked(options), show, fail: reject, nextAtMs: 0 };
      const leave = () => {
        this.#viewers.delete(viewer);
        if (this.#viewers.size === 0) this.#cut();
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#viewers.add(viewer);
      if (!this.#streaming) void this.#run();
      else if (!covers(this.#running, demandOf([viewer]))) this.#cut();
    });
  }

  async #run(): Promise<void> {
    const { turns, ended } = this.#parts;
    this.#streaming = true;
    try {
      while (this.#viewers.size > 0) {
        ended.throwIfAborted();
        await turns.take(() => this.#stream(demandOf([...this.#viewers])));
      }
    } catch (thrown) {
      const viewers = [...this.#viewers];
      this.#viewers.clear();
      for (const viewer of viewers) viewer.fail(thrown);
    } finally {
      this.#streaming = false;
    }
  }

  /** One run of the command; resolves when it was cut, rejects when it failed. Nothing of it is left then. */
  async #stream(demand: Demand): Promise<void> {
    const { turns, ended, commandDir, camera } = this.#parts;
    if (turns.waiting) return;
    const number = await camera();
    this.#running = demand;
    const watch = new Watchdog(this.#parts.clock);
    const stream = startVid({ ...demand, camera: number }, commandDir, (jpeg) => {
      watch.expect(demand.frameWithinMs, "the next preview frame");
      this.#show(jpeg);
    });
    const cut = new Promise<"cut">((resolve) => {
      this.#cut = () => resolve("cut");
    });
    // What came while the camera's number was asked for.
    if (ended.aborted || turns.waiting || this.#viewers.size === 0) this.#cut();
    watch.expect(Math.max(this.#parts.firstFrameWithinMs, demand.frameWithinMs), "the first preview frame");
    try {
      const how = await Promise.race([stream.running.ended, cut, watch.barked]);
      if (how === "cut") return;
      throw how instanceof TimeoutError ? late(how, stream) : endedBy(how, commandDir);
    } finally {
      watch.stop();
      this.#cut = () => {};
      this.#running = null;
      stream.running.kill("SIGKILL");
      await stream.running.ended;
    }
  }

  #show(jpeg: Uint8Array): void {
    const takenAtMs = this.#parts.clock.monotonicMs();
    for (const viewer of [...this.#viewers]) {
      if (takenAtMs < viewer.nextAtMs) continue;
      // A tenth early: a stream of just this rate must not lose every other frame.
      viewer.nextAtMs = takenAtMs + 900 / viewer.options.framesPerSecond;
      try {
        viewer.show({ jpeg, takenAtMs });
      } catch (thrown) {
        this.#viewers.delete(viewer);
        viewer.fail(thrown);
      }
    }
    if (this.#viewers.size === 0) this.#cut();
  }
}

const late = (timeout: TimeoutError, stream: VidStream): TimeoutError => {
  const broken = stream.broken();
  return broken === 0 ? timeout : new TimeoutError(`${timeout.what} (${broken} came broken)`, timeout.ms);
};

const endedBy = (
  end: { readonly code: number | null; readonly errno: string | null; readonly complaint: string },
  commandDir: string,
): Error =>
  end.errno === "ENOENT"
    ? missingCommand("libcamera-vid", commandDir)
    : commandError(
        commandAt(commandDir, "libcamera-vid"),
        end.code,
        end.errno === null ? end.complaint : end.errno,
      );

const demandOf = (viewers: readonly Viewer[]): Demand => {
  const most = (of: (options: PreviewOptions) => number) =>
    Math.max(...viewers.map(({ options }) => of(options)));
  return {
    widthPx: most((options) => options.widthPx),
    heightPx: most((options) => options.heightPx),
    framesPerSecond: Math.ceil(most((options) => options.framesPerSecond)),
    frameWithinMs: Math.min(...viewers.map(({ options }) => options.frameWithinMs ?? FRAME_WITHIN_MS)),
  };
};

const covers = (running: Demand | null, wanted: Demand): boolean =>
  running === null ||
  (running.widthPx >= wanted.widthPx &&
    running.heightPx >= wanted.heightPx &&
    running.framesPerSecond >= wanted.framesPerSecond &&
    running.frameWithinMs <= wanted.frameWithinMs);

/** Says when what was expected did not come. */
class Watchdog {
  readonly #clock: Clock;
  readonly barked: Promise<TimeoutError>;
  #bark: (error: TimeoutError) => void = () => {};
  #timer: unknown = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.barked = new Promise((resolve) => {
      this.#bark = resolve;
    });
  }

  expect(withinMs: number, what: string): void {
    this.stop();
    this.#timer = this.#clock.setTimeout(() => this.#bark(new TimeoutError(what, withinMs)), withinMs);
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
