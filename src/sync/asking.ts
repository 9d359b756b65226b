// What can the kiosk ask the portal while a citizen waits?
import type { Clock } from "../core/clock.js";
import type { FeeQuestion, FoundStatus, StoredCopyWish } from "./link-view.js";
import { hashHolder, hashLookupCode } from "./protocol/lookup-code.js";
import type {
  CodeMessage,
  CodeWish,
  CopyMessage,
  FeeMessage,
  FoundMessage,
  StoredCopy,
} from "./protocol/messages.js";
import type { OpinionAnswer, OpinionResult } from "./protocol/queue.js";
import type { OpenWire } from "./protocol/wire.js";
import { Questions } from "./questions.js";

/** All reject with "link.down" when they can not be asked or no answer comes in time. */
export class Asking {
  readonly #clock: Clock;
  readonly #lookups: Questions<FoundMessage>;
  readonly #copies: Questions<CopyMessage>;
  readonly #opinions: Questions<OpinionAnswer>;
  readonly #fees: Questions<FeeMessage>;
  readonly #codes: Questions<CodeMessage>;
  readonly #feeListeners = new Set<(message: FeeMessage) => void>();
  #wire: OpenWire | null = null;

  constructor(clock: Clock, kiosk: string) {
    this.#clock = clock;
    this.#lookups = new Questions(clock, kiosk);
    this.#copies = new Questions(clock, kiosk);
    this.#opinions = new Questions(clock, kiosk);
    this.#fees = new Questions(clock, kiosk);
    this.#codes = new Questions(clock, kiosk);
  }

  /** Null: there is no connection any more. */
  connected(wire: OpenWire | null): void {
    this.#wire = wire;
  }

  async lookUp(lookupHash: string, timeoutMs: number, signal?: AbortSignal): Promise<FoundStatus | null> {
    const what = "the portal's answer to a look-up";
    const question = { kind: "lookup", body: { lookupHash }, what, timeoutMs } as const;
    const { found } = await this.#lookups.ask(this.#wire, question, signal);
    if (found === null) return null;
    const { submission, slipNumber, procedure, status, fee } = found;
    const asOfMs = this.#clock.wall().epochMs;
    return { submissionId: submission, slipNumber, procedureCode: procedure, ...status, fee, asOfMs };
  }

  found(message: FoundMessage): void {
    this.#lookups.answered(message);
  }

  async findStoredCopy(
    { lookupCode, number, paperClass }: StoredCopyWish,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<StoredCopy | null> {
    const body = {
      lookupHash: hashLookupCode(lookupCode),
      holderHash: hashHolder(lookupCode, number),
      paperClass,
    };
    const what = "the portal's answer about a stored copy";
    return (await this.#copies.ask(this.#wire, { kind: "copy", body, what, timeoutMs }, signal)).found;
  }

  copyFound(message: CopyMessage): void {
    this.#copies.answered(message);
  }

  async opinion(
    lookupHash: string,
    stars: number,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<OpinionResult> {
    const what = "the portal's answer to an opinion";
    const question = { kind: "opinion", body: { lookupHash, stars }, what, timeoutMs } as const;
    return (await this.#opinions.ask(this.#wire, question, signal)).result;
  }

  opinionAnswered(message: OpinionAnswer): void {
    this.#opinions.answered(message);
  }

  fee(wish: FeeQuestion, timeoutMs: number, signal?: AbortSignal): Promise<FeeMessage> {
    const what = "the portal's answer about a fee";
    return this.#fees.ask(this.#wire, { kind: "fee", body: wish, what, timeoutMs }, signal);
  }

  /** The question has its id already: what is sealed in it is bound to it. */
  code({ id, v: _, ...body }: CodeWish, timeoutMs: number, signal?: AbortSignal): Promise<CodeMessage> {
    const what = "the portal's answer about a code";
    return this.#codes.ask(this.#wire, { kind: "code", id, body, what, timeoutMs }, signal);
  }

  codeAnswered(message: CodeMessage): void {
    this.#codes.answered(message);
  }

  watchFee(listener: (message: FeeMessage) => void): () => void {
    this.#feeListeners.add(listener);
    return () => this.#feeListeners.delete(listener);
  }

  feeTold(message: FeeMessage): void {
    this.#fees.answered(message);
    for (const listener of this.#feeListeners) listener(message);
  }
}
