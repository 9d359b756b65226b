// Which replica tells a kiosk that is there again what it has not confirmed?
//
// All of them hear of its birth. The first to claim it says everything again; the others look once more after a
// while, for that one may have died in the middle. What was confirmed meanwhile is not said again. After a storm, and
// when a portal subscribes, a whole fleet is born at once: looked up one after the other, some seconds long, the
// broker's acknowledgements would wait behind them until the link takes it for dead. So births have a part of the time.
import type { Clock } from "../../core/clock.js";
import type { Peers } from "./peers.js";

/** A kiosk confirms within a second or two. */
const TURN_MS = 10_000;
/** So that the claim is over for certain. */
const MARGIN_MS = 500;
/** Of a fleet that is born at once: so much of each while. */
const SLICE_MS = 10;
const WHILE_MS = 50;

const nameOf = (kiosk: string): string => `birth/${kiosk}`;

export class BirthTurns {
  readonly #peers: Peers;
  readonly #clock: Clock;
  readonly #tell: (kiosk: string) => void;
  /** Kiosks at which this replica looks once more. */
  readonly #later = new Map<string, unknown>();
  readonly #born = new Set<string>();
  #slice: unknown = null;

  constructor(peers: Peers, clock: Clock, tell: (kiosk: string) => void) {
    this.#peers = peers;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Now, or with the others that are born at the same time. */
  greet(kiosk: string): void {
    if (this.#slice !== null) {
      this.#born.add(kiosk);
      return;
    }
    this.#nextSlice();
    this.#greetNow(kiosk);
  }

  close(): void {
    for (const timer of this.#later.values()) this.#clock.clearTimeout(timer);
    this.#later.clear();
    this.#born.clear();
    if (this.#slice !== null) this.#clock.clearTimeout(this.#slice);
    this.#slice = null;
  }

  #greetNow(kiosk: string): void {
    if (this.#peers.claim(nameOf(kiosk), TURN_MS)) this.#tell(kiosk);
    else if (!this.#later.has(kiosk)) this.#later.set(kiosk, this.#after(kiosk));
  }

  #nextSlice(): void {
    this.#slice = this.#clock.setTimeout(() => {
      this.#slice = null;
      if (this.#born.size === 0) return;
      this.#nextSlice();
      const untilMs = this.#clock.monotonicMs() + SLICE_MS;
      for (const kiosk of this.#born) {
        this.#born.delete(kiosk);
        this.#quietly(() => this.#greetNow(kiosk));
        if (this.#clock.monotonicMs() >= untilMs) break;
      }
    }, WHILE_MS);
  }

  #after(kiosk: string): unknown {
    return this.#clock.setTimeout(() => {
      this.#later.delete(kiosk);
      this.#quietly(() => {
        if (this.#peers.claim(nameOf(kiosk), TURN_MS)) this.#tell(kiosk);
      });
    }, TURN_MS + MARGIN_MS);
  }

  #quietly(act: () => void): void {
    try {
      act();
    } catch {
      // The database is away: the kiosk's next birth brings it up again.
    }
  }
}
