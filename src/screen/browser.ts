// Who starts the kiosk's browser, and who starts it again when it froze, crashed or went white?
//
// The watch stands outside of what it watches: the page's own timers die with the page. The visit lives in the
// runtime, so a new browser shows where the citizen was; its idle time runs on meanwhile, and who walked off is
// forgotten as ever. A screen that kills browser after browser ends the visit: it may be what kills them.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { HeartbeatLoss } from "./page-link.js";
import { Deaths, Waits } from "./patience.js";

/** What whoever keeps a page alive has to know. */
export interface ScreenParts {
  readonly screen: {
    readonly url: string;
    readonly connected: boolean;
    onHeartbeatLost(callback: (loss: HeartbeatLoss) => void): void;
  };
  /** Ends the visit, if there is one that can be ended. */
  readonly endVisit: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BrowserOptions extends ScreenParts {
  /** A Chromium: a name on PATH or a path. */
  readonly command: string;
  readonly flags: readonly string[];
  /** Emptied before every start: nothing of a page outlives it. */
  readonly profileDir: string;
}

export interface Browser {
  /** Of the browser that runs now; null between two. */
  readonly pid: number | null;
  close(): Promise<void>;
}

/** A busy board takes 20 s from the start of Chromium to the page's socket. */
const START_WITHIN_MS = 60_000;

class WatchedBrowser implements Browser {
  readonly #options: BrowserOptions;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  readonly #waits = new Waits();
  readonly #deaths: Deaths;
  #startTimer: unknown = null;
  #restartTimer: unknown = null;
  #closed = false;

  constructor(options: BrowserOptions) {
    this.#options = options;
    this.#deaths = new Deaths(options.endVisit);
    options.screen.onHeartbeatLost((loss) => this.#kill(`the page is ${loss}`));
    this.#start();
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#startTimer);
    this.#options.clock.clearTimeout(this.#restartTimer);
    this.#kill("the kiosk is stopping");
    await this.#ended;
    this.#dropProfile();
  }

  #start(): void {
    if (this.#closed) return;
    const { command, flags, screen, profileDir, clock, log } = this.#options;
    this.#dropProfile();
    mkdirSync(profileDir, { recursive: true, mode: 0o700 });
    // A group of its own: renderers, the GPU process and helpers go with it.
    const child = spawn(command, [...flags, `--user-data-dir=${profileDir}`, screen.url], {
      stdio: "ignore",
      detached: true,
    });
    this.#child = child;
    this.#waits.begun(clock.monotonicMs());
    log("screen.state", { state: "browserStarted" });
    this.#ended = new Promise((resolve) => {
      const end = (detail: string) => {
        resolve();
        this.#onEnd(child, detail);
      };
      child.once("error", ({ message }) => end(`${command} does not start: ${message}`));
      child.once("exit", (code, signal) => end(`ended with ${code ?? signal}`));
    });
    this.#startTimer = clock.setTimeout(() => {
      if (!this.#options.screen.connected) this.#kill(`no page after ${START_WITHIN_MS / 1_000} s`);
    }, START_WITHIN_MS);
  }

  /** `SIGKILL`: a stopped process hears nothing else. */
  #kill(why: string): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    this.#options.log("screen.state", { state: "browserKilled", detail: why });
    killGroup(pid);
  }

  #onEnd(child: ChildProcess, detail: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    const { clock, log } = this.#options;
    clock.clearTimeout(this.#startTimer);
    // The browser may be gone and a renderer of it live on.
    if (child.pid !== undefined) killGroup(child.pid);
    if (this.#closed) return;
    log("screen.state", { state: "browserEnded", detail });
    const now = clock.monotonicMs();
    this.#deaths.count(now);
    this.#restartTimer = clock.setTimeout(() => this.#start(), this.#waits.next(now));
  }

  #dropProfile(): void {
    rmSync(this.#options.profileDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
};

/** Never throws: a kiosk whose browser does not start says so in its log, and tries again. */
export const startBrowser = (options: BrowserOptions): Browser => new WatchedBrowser(options);
