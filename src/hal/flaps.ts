// Has a device come and gone so often lately that opening it again does more harm than good?

export interface FlapLimit {
  /** So many losses … */
  readonly losses: number;
  /** … within this time. */
  readonly withinMs: number;
}

/** A device that opens and is lost again and again: a loose plug, a supply that breaks down under load. */
export class Flaps {
  readonly #limit: FlapLimit;
  #lossesMs: readonly number[] = [];

  constructor(limit: FlapLimit) {
    this.#limit = limit;
  }

  /** True when this loss is one too many. */
  lost(nowMs: number): boolean {
    const { losses, withinMs } = this.#limit;
    this.#lossesMs = [...this.#lossesMs.filter((lostMs) => nowMs - lostMs < withinMs), nowMs].slice(-losses);
    return this.#lossesMs.length >= losses;
  }

  forget(): void {
    this.#lossesMs = [];
  }
}
