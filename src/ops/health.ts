// Do all parts of the runtime still answer, and may systemd's watchdog be fed?
//
// A round every half of the watchdog's time, as sd_watchdog_enabled(3) asks for: every part is asked at once and has an
// eighth of that time. All answered: the watchdog is fed. One did not: it is named, in the unit's status and in the logs,
// the watchdog is not fed, and the next round comes at once: it has three more before the watchdog ends the runtime.
// INVARIANT: an answer is an answer, also one that names a fault: a printer without paper is no reason to start anew.
import { type Clock, withDeadline } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { LoopWatch } from "./loop-watch.js";
import { type ServiceManager, statusLine } from "./service-manager.js";

export interface HealthPart {
  readonly name: string;
  /** Returns or resolves when the part answered, throws or rejects with the reason why it does not. */
  ask(signal: AbortSignal): unknown;
}

export interface HealthOptions {
  readonly manager: ServiceManager;
  /** It is ended with the rounds. */
  readonly watch: LoopWatch;
  /** Looked up for each round: processes come and go. */
  readonly parts: () => readonly HealthPart[];
  /** What the unit's status says while all is well; nothing personal. */
  readonly summary: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Health {
  /** Says that the runtime is ready, and begins. */
  ready(): void;
  /** Says that it is stopping, and ends. */
  stopping(): Promise<void>;
}

interface Silent {
  readonly part: string;
  readonly detail: string;
}

/** Where the service manager does not watch, its status is kept up to date all the same. */
const WITHOUT_WATCHDOG_MS = 60_000;
const PARTS_OF_WATCHDOG = { round: 2, silence: 4, answer: 8 } as const;

/** After how long without a beat of the runtime's thread the other thread speaks. */
export const silentAfterMs = ({ watchdogMs }: Pick<ServiceManager, "watchdogMs">): number =>
  (watchdogMs ?? WITHOUT_WATCHDOG_MS) / PARTS_OF_WATCHDOG.silence;

const sentence = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

class Rounds implements Health {
  readonly #options: HealthOptions;
  readonly #limitMs: number;
  #timer: unknown = null;
  #status = "";
  #silent: ReadonlySet<string> = new Set();
  #ended = false;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#limitMs = options.manager.watchdogMs ?? WITHOUT_WATCHDOG_MS;
  }

  ready(): void {
    this.#options.watch.begin();
    this.#options.manager.tell("READY=1", this.#newStatus(this.#summary()));
    void this.#round();
  }

  async stopping(): Promise<void> {
    this.#ended = true;
    this.#options.clock.clearTimeout(this.#timer);
    this.#options.manager.tell("STOPPING=1", this.#newStatus("stopping"));
    await this.#options.watch.close();
  }

  async #round(): Promise<void> {
    const { clock, manager, watch, log } = this.#options;
    const startedMs = clock.monotonicMs();
    const silent = await this.#ask();
    if (this.#ended) return;
    const isBack = watch.hasSpoken();
    if (isBack) this.#status = "";
    const feed = silent.length === 0 && manager.watchdogMs !== null ? ["WATCHDOG=1"] : [];
    const names = silent.map(({ part, detail }) => `${part} (${detail})`).join(", ");
    const status = silent.length === 0 ? this.#summary() : `no answer from: ${names}`;
    const changed = statusLine(status) === this.#status ? [] : [this.#newStatus(status)];
    if (feed.length + changed.length > 0) manager.tell(...feed, ...changed);
    // After systemd was told: the disk of the log may be what hangs.
    this.#note(silent);
    if (isBack) log("health.back", { part: "visit loop" });
    const tookMs = clock.monotonicMs() - startedMs;
    const part = silent.length === 0 ? PARTS_OF_WATCHDOG.round : PARTS_OF_WATCHDOG.answer;
    this.#timer = clock.setTimeout(() => void this.#round(), Math.max(0, this.#limitMs / part - tookMs));
  }

  /** A store that can not be read has no figures; that is no reason to stop asking. */
  #summary(): string {
    try {
      return this.#options.summary();
    } catch (thrown) {
      return `state not known: ${sentence(thrown)}`;
    }
  }

  /** Those that did not answer in time. Never rejects. */
  async #ask(): Promise<readonly Silent[]> {
    const asked = this.#options.parts().map((part) => this.#askOne(part));
    return (await Promise.all(asked)).filter((answer) => answer !== null);
  }

  async #askOne({ name, ask }: HealthPart): Promise<Silent | null> {
    const withinMs = this.#limitMs / PARTS_OF_WATCHDOG.answer;
    try {
      await withDeadline(this.#options.clock, withinMs, name, async (signal) =>
        this.#options.watch.during(name, () => ask(signal)),
      );
      return null;
    } catch (thrown) {
      return { part: name, detail: sentence(thrown) };
    }
  }

  /** Each part once, when it falls silent and when it is back; in the unit's own journal first. */
  #note(silent: readonly Silent[]): void {
    const { log } = this.#options;
    const names = new Set(silent.map(({ part }) => part));
    for (const { part, detail } of silent) {
      if (this.#silent.has(part)) continue;
      process.stderr.write(`<3>motcua: no answer from: ${part} (${detail})\n`);
      log("health.silent", { part, detail });
    }
    for (const part of this.#silent) if (!names.has(part)) log("health.back", { part });
    this.#silent = names;
  }

  #newStatus(text: string): string {
    this.#status = statusLine(text);
    return this.#status;
  }
}

export const startHealth = (options: HealthOptions): Health => new Rounds(options);
