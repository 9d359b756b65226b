// How large is the next chunk, and may it go yet?
//
// One 3 MB publish over 64 KB/s with a keepalive of 10 s restarted for ever; 32 KB chunks with a window of two
// took 99 % of that link. The size follows the acknowledgements: a chunk that takes seconds blocks the pings
// and the answers behind it, one that takes milliseconds wastes round trips.
import type { Clock } from "../core/clock.js";
import type { NeedRange } from "./protocol/messages.js";
import { topics } from "./protocol/messages.js";
import { type OpenWire, PublishRefused, REASON_TOO_LARGE, WireClosed } from "./protocol/wire.js";

const KB = 1024;
const SMALLEST = 8 * KB;
const FIRST = 32 * KB;
const LARGEST = 64 * KB;
const FAST_MS = 300;
const SLOW_MS = 4000;
const NARROW = 2;
const WIDE = 8;

/** Lives longer than a connection: what the link can carry is learned once. */
export class ChunkPace {
  #bytes = FIRST;
  #window = NARROW;
  #ceiling = LARGEST;

  get bytes(): number {
    return Math.min(this.#bytes, this.#ceiling);
  }

  get window(): number {
    return this.#window;
  }

  lost(afterMs: number): void {
    if (afterMs <= SLOW_MS) return;
    this.#bytes = Math.max(SMALLEST, this.#bytes / 2);
    this.#window = NARROW;
  }

  acknowledged(tookMs: number): void {
    if (tookMs > SLOW_MS) this.lost(tookMs);
    else if (tookMs < FAST_MS) {
      this.#bytes = Math.min(LARGEST, this.#bytes * 2);
      this.#window = Math.min(WIDE, this.#window + 1);
    }
  }

  /** The server's limit, or its refusal. False when even the smallest chunk does not pass. */
  limitTo(bytes: number): boolean {
    this.#ceiling = Math.min(this.#ceiling, Math.max(KB, bytes));
    return bytes >= KB;
  }

  halve(): boolean {
    return this.limitTo(this.bytes / 2);
  }
}

/** A gate for `window` at a time, shared by all submissions under way. */
class Gate {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  async enter(width: () => number): Promise<void> {
    while (this.#inside >= width()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#inside += 1;
  }

  leave(): void {
    this.#inside -= 1;
    this.#waiting.shift()?.();
  }
}

export interface ChunkSenderParts {
  readonly wire: OpenWire;
  readonly kiosk: string;
  readonly clock: Clock;
  readonly pace: ChunkPace;
  readonly read: (sha256: string, offset: number, length: number, into: Uint8Array) => Uint8Array;
}

export class ChunkSender {
  readonly #parts: ChunkSenderParts;
  readonly #gate = new Gate();
  /** Used again: a buffer for each chunk of a scan is more work to clear away than to send. */
  readonly #buffers: Uint8Array[] = [];
  #stopped = false;

  constructor(parts: ChunkSenderParts) {
    this.#parts = parts;
    parts.pace.limitTo(parts.wire.maxPayloadBytes);
  }

  /** No further chunk is begun. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when every byte is acknowledged by the broker; rejects with the first refusal. */
  async send(submission: string, ranges: readonly NeedRange[]): Promise<void> {
    const under = new Set<Promise<void>>();
    const failures: unknown[] = [];
    for (const { document, from, to } of ranges) {
      for (let offset = from; offset < to; ) {
        await this.#gate.enter(() => this.#parts.pace.window);
        if (failures.length > 0 || this.#stopped) {
          this.#gate.leave();
          throw failures[0] ?? new WireClosed("the link is closing");
        }
        const length = Math.min(this.#parts.pace.bytes, to - offset);
        const chunk = this.#sendOne(submission, document, offset, length)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => {
            this.#gate.leave();
            under.delete(chunk);
          });
        under.add(chunk);
        offset += length;
      }
    }
    await Promise.all(under);
    if (failures.length > 0) throw failures[0];
  }

  async #sendOne(submission: string, document: string, offset: number, length: number): Promise<void> {
    const { wire, kiosk, clock, pace, read } = this.#parts;
    const started = clock.monotonicMs();
    const buffer = this.#buffers.pop() ?? new Uint8Array(LARGEST);
    try {
      await wire.publish(topics.up(kiosk, "chunk"), read(document, offset, length, buffer), {
        properties: { submission, document, offset: String(offset) },
      });
      // The broker has it all. What failed may still be with the socket, and is not written to again.
      this.#buffers.push(buffer);
    } catch (thrown) {
      // Smaller chunks may pass: the submission is not to blame until the smallest is refused too.
      if (thrown instanceof PublishRefused && thrown.code === REASON_TOO_LARGE && pace.halve())
        throw new ChunkTooLarge();
      // Lost after a long wait: the link became slower than what was sent into it.
      pace.lost(clock.monotonicMs() - started);
      throw thrown;
    }
    pace.acknowledged(clock.monotonicMs() - started);
  }
}

export class ChunkTooLarge extends Error {
  override readonly name = "ChunkTooLarge";
}
