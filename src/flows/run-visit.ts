// How is the statechart of the visit run: on the kiosk's clock, watched by the screen, and revived if it dies?
import { isDeepStrictEqual } from "node:util";
import { type Actor, createActor } from "xstate";
import type { Clock } from "../core/clock.js";
import type { Fault, FaultCode } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { Catalogue } from "../procedures/procedure.js";
import type { House, SpeechMode } from "./context.js";
import { DELAYS, type Delays } from "./delays.js";
import type { VisitEffects } from "./effects.js";
import type { CitizenEvent, WorldEvent } from "./events.js";
import { CITIZEN_EVENTS } from "./parts/beside.js";
import { dropPersonal } from "./personal.js";
import { ONE_QUEUE, type QueueNow, type QueueOffer } from "./queue.js";
import type { View } from "./view.js";
import { stepPath, type VisitSnapshot, viewOf } from "./view-of.js";
import { visitMachine } from "./visit.js";

export interface VisitOptions {
  readonly effects: VisitEffects;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly delays?: Partial<Delays>;
  /** "off" when left out. */
  readonly speech?: SpeechMode;
  /** One queue, and nobody is asked, when left out. */
  readonly queue?: QueueOffer;
}

export interface Visit {
  /** Ill-timed events are ignored, unknown ones too. Never throws. */
  send(event: CitizenEvent | WorldEvent): void;
  readonly view: View;
  /** Called with each changed view, not with the present one. Returns the unsubscribe. */
  watch(callback: (view: View) => void): () => void;
  /** For console and ops: nothing personal. */
  readonly state: VisitState;
  /** False when the statechart no longer takes events: an event without a meaning does not come through it. */
  answers(): boolean;
  close(): void;
}

export interface VisitState {
  /** Dotted, e.g. "identify.card.laying". */
  readonly name: string;
  /** A device or the store works for this visit. */
  readonly busy: boolean;
  /** Somebody uses the kiosk: no update, no restart now. */
  readonly open: boolean;
  /** Journal intents of prints that were asked about and not answered. */
  readonly unansweredPrints: readonly number[];
}

const WORLD_EVENTS: Readonly<Record<WorldEvent["type"], true>> = {
  CODE_SHOWN: true,
  PRESENCE: true,
  OUT_OF_SERVICE: true,
  IN_SERVICE: true,
  CODE_READER: true,
  HEADPHONES: true,
  QUEUE: true,
  PRINT_IN_DOUBT: true,
};

/** The page may be wrong or hostile; the statechart's own events must not come from outside. */
const isFromOutside = (event: CitizenEvent | WorldEvent): boolean =>
  Object.hasOwn(CITIZEN_EVENTS, event.type) || Object.hasOwn(WORLD_EVENTS, event.type);

class RunningVisit implements Visit {
  readonly #options: VisitOptions;
  readonly #watchers = new Set<(view: View) => void>();
  #life = new AbortController();
  #actor: Actor<typeof visitMachine>;
  #view: View;
  #name = "attract";
  #outOfService: Fault | null = null;
  #codeReaderFault: FaultCode | null = null;
  #headphones = false;
  #queueNow: QueueNow | null = null;
  #closed = false;

  constructor(options: VisitOptions) {
    this.#options = options;
    this.#actor = this.#create();
    this.#view = { ...viewOf(this.#actor.getSnapshot()), revision: 1 };
    this.#start();
  }

  get view(): View {
    return this.#view;
  }

  get state(): VisitState {
    const snapshot = this.#actor.getSnapshot();
    return {
      name: this.#name,
      busy: snapshot.hasTag("busy"),
      open: snapshot.context.open,
      unansweredPrints: snapshot.context.unanswered,
    };
  }

  send(event: CitizenEvent | WorldEvent): void {
    if (this.#closed || !isFromOutside(event)) return;
    if (event.type === "OUT_OF_SERVICE") this.#outOfService = event.fault;
    if (event.type === "IN_SERVICE") this.#outOfService = null;
    if (event.type === "CODE_READER") this.#codeReaderFault = event.fault;
    if (event.type === "HEADPHONES") this.#headphones = event.in;
    if (event.type === "QUEUE") this.#queueNow = event.now;
    this.#actor.send(event);
  }

  answers(): boolean {
    let came = false;
    const { unsubscribe } = this.#actor.subscribe(() => {
      came = true;
    });
    this.#actor.send({ type: "ANSWER" });
    unsubscribe();
    return came;
  }

  watch(callback: (view: View) => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#end();
    this.#name = "attract";
    // The last view may hold what the citizen saw: the first screen takes its place, here and on the page.
    this.#show(viewOf(this.#create().getSnapshot()));
    this.#watchers.clear();
  }

  #create(): Actor<typeof visitMachine> {
    const { clock, delays, speech = "off", queue = ONE_QUEUE, ...rest } = this.#options;
    const input: House = {
      ...rest,
      clock,
      speech,
      queue,
      delays: { ...DELAYS, ...delays },
      stepNow: () => this.#name,
      life: this.#life.signal,
    };
    return createActor(visitMachine, {
      input,
      clock: {
        setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
        clearTimeout: (handle) => clock.clearTimeout(handle),
      },
    });
  }

  #start(): void {
    this.#actor.subscribe({
      next: (snapshot) => this.#onSnapshot(snapshot),
      error: (error) => this.#onDeath(error),
    });
    this.#actor.start();
  }

  /** XState leaves a dead actor's children running and its context reachable: both are ended here. */
  #end(): void {
    dropPersonal(this.#actor.getSnapshot().context.personal);
    this.#actor.stop();
    this.#life.abort();
    this.#options.effects.forget();
  }

  #onSnapshot(snapshot: VisitSnapshot): void {
    if (this.#closed) return;
    const name = stepPath(snapshot).join(".");
    if (name !== this.#name) {
      this.#name = name;
      this.#options.log("visit.step", { visit: snapshot.context.visit, step: name });
    }
    let next: Omit<View, "revision">;
    try {
      next = viewOf(snapshot);
    } catch (error) {
      this.#onDeath(error);
      return;
    }
    this.#show(next);
  }

  #show(next: Omit<View, "revision">): void {
    const { revision } = this.#view;
    if (isDeepStrictEqual({ ...next, revision }, this.#view)) return;
    this.#view = { ...next, revision: revision + 1 };
    for (const watcher of this.#watchers) this.#tell(watcher);
  }

  /** A page that can not be told must not take the visit with it. */
  #tell(watcher: (view: View) => void): void {
    try {
      watcher(this.#view);
    } catch (error) {
      const message = error instanceof Error ? error.name : typeof error;
      this.#options.log("kiosk.error", { where: "view watcher", message });
    }
  }

  /** A program error: the visit is lost, the kiosk is not. The next person finds the first screen. */
  #onDeath(error: unknown): void {
    if (this.#closed) return;
    // The message may quote a personal value; its kind and place do not.
    const stack = error instanceof Error ? error.stack?.split("\n    at ").slice(1, 8).join("; ") : undefined;
    this.#options.log("kiosk.error", {
      where: `visit ${this.#name}`,
      message: error instanceof Error ? error.name : typeof error,
      ...(stack === undefined ? {} : { stack }),
    });
    this.#end();
    this.#life = new AbortController();
    this.#name = "attract";
    this.#actor = this.#create();
    this.#start();
    this.#actor.send({ type: "CODE_READER", fault: this.#codeReaderFault });
    this.#actor.send({ type: "HEADPHONES", in: this.#headphones });
    this.#actor.send({ type: "QUEUE", now: this.#queueNow });
    if (this.#outOfService !== null) this.#actor.send({ type: "OUT_OF_SERVICE", fault: this.#outOfService });
  }
}

/** One kiosk's visits, one after the other, from the first screen back to it. */
export const createVisit = (options: VisitOptions): Visit => new RunningVisit(options);
