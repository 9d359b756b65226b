// What does the camera over the tray see now, what would help, and when does a page lie well and still?
//
// Frames live until the next but one: they are looked at, shown once over loopback, and gone.
import { FaultError } from "../core/faults.js";
import type { PageCoach } from "../flows/events.js";
import type { Corner, TraySight, TrayWish } from "../flows/sight.js";
import type { Camera } from "../hal/camera/camera.js";
import type { Supervised } from "../hal/device.js";
import type { TrayLook, TrayWatcher } from "../ml/page/tray-watcher.js";
import { NewestFrame } from "./newest-frame.js";
import type { TrayFrames } from "./papers.js";

export interface WatchingParts {
  readonly camera: Supervised<Camera>;
  readonly watcher: TrayWatcher;
  readonly frames: TrayFrames;
}

/** Fine enough for an outline that a hand can follow; a small board looks at three or four a second. */
const PREVIEW = { widthPx: 960, heightPx: 720, framesPerSecond: 5 } as const;
/** Part of the frame. A hand that puts a page right moves it more; the noise of a corner is less. */
const MOVED = 0.02;
/** Mean difference of two coarse prints, 0 … 255, from which on they are of two pages; so does the watcher. */
const OTHER_PAGE = 14;

type Quad = TraySight["quad"];

const moved = (a: Quad, b: Quad): boolean =>
  a === null ||
  b === null ||
  a.some(([x, y], i) => Math.hypot(x - (b[i]?.[0] ?? 9), y - (b[i]?.[1] ?? 9)) > MOVED);

const isOther = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length !== b.length ||
  a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) > OTHER_PAGE * a.length;

const cornersOf = ({ quad }: TrayLook): Quad => quad?.map(({ x, y }): Corner => [x, y]) ?? null;

const wantsHelp = (advice: TrayLook["advice"]): boolean => advice !== "none" && advice !== "holdStill";

/** What was taken last, and whether by itself: then the watcher knows it, too. */
interface Taken {
  readonly print: Uint8Array;
  readonly byItself: boolean;
}

/** One watch: holds a page back that was taken already, until it was changed, or moved. */
class Gate {
  readonly #wish: TrayWish;
  readonly #watcher: TrayWatcher;
  readonly #taken: Taken | null;
  #open: boolean;
  #first: { readonly quad: Quad; readonly helped: boolean } | null = null;

  constructor(wish: TrayWish, watcher: TrayWatcher, taken: Taken | null) {
    this.#wish = wish;
    this.#watcher = watcher;
    this.#taken = taken;
    // A page that the watcher had taken it holds back by itself.
    this.#open = wish === "first" || taken === null || (wish === "next" && taken.byItself);
    if (wish === "first" || taken === null) watcher.again();
  }

  /** The one instruction; null: take it now. */
  judge(look: TrayLook): PageCoach | null {
    const quad = cornersOf(look);
    const helped = wantsHelp(look.advice);
    this.#first ??= { quad, helped };
    if (!this.#open && this.#hasChanged(look, quad)) {
      this.#open = true;
      this.#watcher.again();
      return helped ? (look.advice as PageCoach) : "holdStill";
    }
    if (helped) return look.advice as PageCoach;
    if (!this.#open) return this.#wish === "again" ? "adjustPage" : "turnPage";
    if (look.takeNow) return null;
    return look.advice === "holdStill" ? "holdStill" : "turnPage";
  }

  #hasChanged(look: TrayLook, quad: Quad): boolean {
    if (quad === null) return true;
    if (this.#wish === "next") return isOther(look.look.print, this.#taken?.print ?? look.look.print);
    // What was wrong with it at first is not any more: somebody has helped.
    return (
      moved(this.#first?.quad ?? quad, quad) || (this.#first?.helped === true && !wantsHelp(look.advice))
    );
  }
}

/** The eyes of one kiosk; what they remember dies with the visit. */
export class TrayEyes {
  readonly #parts: WatchingParts;
  #taken: Taken | null = null;

  constructor(parts: WatchingParts) {
    this.#parts = parts;
  }

  /** Resolves when the page that is wished for lies there well and still; rejects with the camera, or the signal. */
  async watch(wish: TrayWish, onSight: (sight: TraySight) => void, signal: AbortSignal): Promise<void> {
    const { camera, watcher, frames } = this.#parts;
    const newest = new NewestFrame();
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const gate = new Gate(wish, watcher, this.#taken);
    const watching = camera
      .use((open) => open.preview((frame) => newest.put(frame), PREVIEW, stop))
      .then((): never => {
        signal.throwIfAborted();
        throw new FaultError("documentCamera.stalled", "the preview ended by itself");
      });
    watching.catch(() => undefined);
    try {
      for (;;) {
        const frame = await Promise.race([newest.next(), watching]);
        const look = await watcher.look(frame, signal);
        signal.throwIfAborted();
        if (look === null) continue;
        const coach = gate.judge(look);
        this.#taken = { print: look.look.print, byItself: coach === null };
        if (coach === null) return;
        onSight({ frameUrl: `/paper/${frames.add(frame.jpeg)}`, coach, quad: cornersOf(look) });
      }
    } finally {
      done.abort();
      frames.forget();
    }
  }

  /** Ends the process that saw the frames. */
  async forget(): Promise<void> {
    this.#taken = null;
    this.#parts.frames.forget();
    await this.#parts.watcher.close();
  }
}
