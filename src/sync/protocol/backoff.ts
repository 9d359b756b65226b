// How long is it until the next try?

/** Full jitter: any time from zero to a ceiling that doubles, so that a fleet does not come back in step. */
export class Backoff {
  readonly #baseMs: number;
  readonly #capMs: number;
  readonly #random: () => number;
  #attempt = 0;

  constructor(baseMs: number, capMs: number, random: () => number = Math.random) {
    this.#baseMs = baseMs;
    this.#capMs = capMs;
    this.#random = random;
  }

  nextMs(): number {
    const ceiling = Math.min(this.#capMs, this.#baseMs * 2 ** Math.min(this.#attempt, 30));
    this.#attempt += 1;
    return this.#random() * ceiling;
  }

  reset(): void {
    this.#attempt = 0;
  }
}
