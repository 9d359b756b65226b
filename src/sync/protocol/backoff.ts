// How long is it until the next try?

/** A broker takes about 225 connections a second with mutual TLS on two cores; a seventh of that leaves it room to work. */
const MS_A_KIOSK = 30;
const SHORTEST_SPREAD_MS = 1_500;
const LONGEST_SPREAD_MS = 300_000;

/** Over how long a fleet of this size comes back after a broker's restart: 1.5 s for a handful, 300 s for 10,000. */
export const comebackSpreadMs = (fleet: number): number =>
  Math.min(LONGEST_SPREAD_MS, Math.max(SHORTEST_SPREAD_MS, fleet * MS_A_KIOSK));

/** Full jitter: any time from zero to a ceiling that doubles, so that a fleet does not come back in step. */
export class Backoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #random: () => number;
  #attempt = 0;
  #spreadMs = 0;
  #held = false;

  constructor(baseMs: number, capMs: number, random: () => number = Math.random) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  /** A fleet must be spread over this: ceilings after a connection that held start here, and none is capped below. */
  spreadOver(spreadMs: number): void {
    this.#spreadMs = spreadMs;
  }

  nextMs(): number {
    const first = this.#held ? Math.max(this.#baseMs, this.#spreadMs) : this.#baseMs;
    const cap = Math.max(this.#capMs, this.#spreadMs);
    const ceiling = Math.min(cap, first * 2 ** Math.min(this.#attempt, 30));
    this.#attempt += 1;
    return this.#random() * ceiling;
  }

  /** A connection had held: if it is lost, so perhaps is everybody's. */
  reset(): void {
    this.#attempt = 0;
    this.#held = true;
  }
}
