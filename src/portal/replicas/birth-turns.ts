// Which replica tells a kiosk that is there again what it has not confirmed?
//
// All of them hear of its birth. The first to claim it says everything again; the others look once more after a
// while, for that one may have died in the middle. What was confirmed meanwhile is not said again.
import type { Clock } from "../../core/clock.js";
import type { Peers } from "./peers.js";

/** A kiosk confirms within a second or two. */
const TURN_MS = 10_000;
/** So that the claim is over for certain. */
const MARGIN_MS = 500;

const nameOf = (kiosk: string): string => `birth/${kiosk}`;

export class BirthTurns {
  readonly #peers: Peers;
  readonly #clock: Clock;
  readonly #tell: (kiosk: string) => void;
  /** Kiosks at which this replica looks once more. */
  readonly #later = new Map<string, unknown>();

  constructor(peers: Peers, clock: Clock, tell: (kiosk: string) => void) {
    this.#peers = peers;
    this.#clock = clock;
    this.#tell = tell;
  }

  greet(kiosk: string): void {
    if (this.#peers.claim(nameOf(kiosk), TURN_MS)) this.#tell(kiosk);
    else if (!this.#later.has(kiosk)) this.#later.set(kiosk, this.#after(kiosk));
  }

  close(): void {
    for (const timer of this.#later.values()) this.#clock.clearTimeout(timer);
    this.#later.clear();
  }

  #after(kiosk: string): unknown {
    return this.#clock.setTimeout(() => {
      this.#later.delete(kiosk);
      try {
        if (this.#peers.claim(nameOf(kiosk), TURN_MS)) this.#tell(kiosk);
      } catch {
        // The database is away: the kiosk's next birth brings it up again.
      }
    }, TURN_MS + MARGIN_MS);
  }
}
