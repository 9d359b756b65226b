// Which real-time commands are in the bytes as they arrive, wherever in other data they stand?

export interface RealTimeActions {
  /** DLE EOT n. */
  status(n: 1 | 2 | 3 | 4): void;
  /** DLE ENQ 1 (go on) and 2 (drop the buffers). */
  recover(clear: boolean): void;
}

const DLE = 0x10;
const EOT = 0x04;
const ENQ = 0x05;

export class RealTimeScanner {
  readonly #actions: RealTimeActions;
  #last: readonly [before: number, prior: number] = [0, 0];
  #pending: (() => void) | null = null;

  constructor(actions: RealTimeActions) {
    this.#actions = actions;
  }

  /** True when `byte` ends a command, which `act` then runs. */
  ends(byte: number): boolean {
    const [first, second] = this.#last;
    this.#last = [second, byte];
    this.#pending = null;
    if (first !== DLE) return false;
    if (second === EOT && (byte === 1 || byte === 2 || byte === 3 || byte === 4))
      this.#pending = () => this.#actions.status(byte);
    else if (second === ENQ && (byte === 1 || byte === 2))
      this.#pending = () => this.#actions.recover(byte === 2);
    return this.#pending !== null;
  }

  act(): void {
    this.#pending?.();
    this.#pending = null;
  }
}
