// What stands in while the serial scanner is away, and how does it come back?
import type { Clock } from "../../core/clock.js";
import type { Fault } from "../../core/faults.js";
import type { CodeReader } from "./code-reader.js";

export interface FallbackOptions {
  /** Opens the scanner; rejects while it is away. */
  readonly scanner: () => Promise<CodeReader>;
  readonly standIn: () => CodeReader;
  readonly clock: Clock;
}

/** Opening a path that is not there costs nothing; one that is there but dead takes some tens of milliseconds. */
const ASK_AGAIN_MS = 10_000;

/**
 * The scanner where it opens; else the stand-in, whose health says so ("codeReader.standIn") until the scanner can
 * be opened again: then it says "absent", and the supervisor opens the scanner.
 */
export const openWithFallback = async ({ scanner, standIn, clock }: FallbackOptions): Promise<CodeReader> => {
  try {
    return await scanner();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return new StandIn(standIn(), scanner, clock, why);
  }
};

class StandIn implements CodeReader {
  readonly watches = true;
  readonly #reader: CodeReader;
  readonly #scanner: () => Promise<CodeReader>;
  readonly #clock: Clock;
  readonly #why: string;
  #askedAtMs: number;

  constructor(reader: CodeReader, scanner: () => Promise<CodeReader>, clock: Clock, why: string) {
    this.#reader = reader;
    this.#scanner = scanner;
    this.#clock = clock;
    this.#why = why;
    this.#askedAtMs = clock.monotonicMs();
  }

  onCode(listener: (text: string) => void): () => void {
    return this.#reader.onCode(listener);
  }

  async health(): Promise<Fault | null> {
    if (await this.#scannerIsBack()) return { code: "codeReader.absent", detail: "the scanner is back" };
    const fault = await this.#reader.health();
    if (fault === null) return { code: "codeReader.standIn", detail: this.#why };
    return { code: fault.code, detail: `${this.#why}; in its place ${fault.detail}` };
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  async #scannerIsBack(): Promise<boolean> {
    const now = this.#clock.monotonicMs();
    if (now - this.#askedAtMs < ASK_AGAIN_MS) return false;
    this.#askedAtMs = now;
    try {
      const scanner = await this.#scanner();
      await scanner.close();
      return true;
    } catch {
      return false;
    }
  }
}
