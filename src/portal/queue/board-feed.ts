// What does each board show now, and when is it told?
//
// A change that was made here is told at once; one that another replica made is seen by its revision within a second,
// which costs one row a second and only while somebody looks. After a restart a board comes back and gets all of it.
import type { Clock } from "../../core/clock.js";
import type { Queue } from "./queue.js";

export interface BoardCall {
  readonly id: number;
  readonly label: string;
  readonly counter: string;
  /** Grows when somebody is called again. */
  readonly calls: number;
}

export interface BoardState {
  readonly place: string;
  readonly revision: number;
  /** Called now, the newest first. */
  readonly now: readonly BoardCall[];
  /** Called before, the newest first. */
  readonly past: readonly BoardCall[];
  readonly waiting: readonly { readonly title: string; readonly people: number }[];
}

type Tell = (event: "state" | "beat", data: object) => void;

interface Watcher {
  readonly place: string;
  readonly tell: Tell;
  revision: number;
}

const LOOK_EVERY_MS = 1_000;
const BEAT_EVERY_LOOKS = 10;
const SHOWN_PAST = 4;

export const boardState = ({ rows, today }: Queue, place: string): BoardState => {
  const callOf = ({ id, label, counter, calls }: ReturnType<typeof rows.called>[number]): BoardCall => ({
    ...{ id, label, calls },
    counter: counter ?? "",
  });
  const waiting = rows.waiting(place, today);
  return {
    place,
    revision: rows.revision(place),
    now: rows.called(place, today).map(callOf),
    past: rows.past(place, today, SHOWN_PAST).map(callOf),
    waiting: rows.services(place).map(({ id, vi }) => ({
      title: vi,
      people: waiting.filter(({ service }) => service === id).length,
    })),
  };
};

export class BoardFeed {
  readonly #queue: Queue;
  readonly #clock: Clock;
  readonly #watchers = new Set<Watcher>();
  readonly #unwatch: () => void;
  #timer: unknown = null;
  #looks = 0;

  constructor(queue: Queue, clock: Clock) {
    this.#queue = queue;
    this.#clock = clock;
    this.#unwatch = queue.watch(() => this.#look());
  }

  get watching(): number {
    return this.#watchers.size;
  }

  /** Told at once how it stands, then each change. Returns the stop. */
  watch(place: string, tell: Tell): () => void {
    const watcher: Watcher = { place, tell, revision: -1 };
    this.#watchers.add(watcher);
    this.#look();
    if (this.#timer === null) this.#regularly();
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#rest();
    };
  }

  close(): void {
    this.#unwatch();
    this.#watchers.clear();
    this.#rest();
  }

  #regularly(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#looks += 1;
      try {
        this.#look();
        if (this.#looks % BEAT_EVERY_LOOKS === 0) for (const { tell } of this.#watchers) tell("beat", {});
      } catch {
        // The database is away: without a beat the board says that it may be old.
      }
      if (this.#watchers.size > 0) this.#regularly();
      else this.#timer = null;
    }, LOOK_EVERY_MS);
  }

  #rest(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const states = new Map<string, BoardState | null>();
    for (const watcher of this.#watchers) {
      const revision = this.#queue.rows.revision(watcher.place);
      if (revision === watcher.revision) continue;
      const state = states.get(watcher.place) ?? boardState(this.#queue, watcher.place);
      states.set(watcher.place, state);
      watcher.revision = state.revision;
      watcher.tell("state", state);
    }
  }
}
