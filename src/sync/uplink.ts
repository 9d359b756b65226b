// How does a submission get from the outbox to the portal's commit?
//
// init → need → chunks → fin → ack, every step repeatable: after any loss the next init asks what is still
// missing. PUBACK means nothing here (a broker that acknowledged 400 messages kept 96 after losing its disk);
// only the portal's ack settles. Several submissions are under way at once, so a form does not wait behind a
// scan, the link carries the next while the portal opens the last, and one that gets no answer stands back.
import type { Clock } from "../core/clock.js";
import { FaultError } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { Outbox, OutboxRow, OutboxState } from "../store/store.js";
import { isSmall } from "../store/turn.js";
import { type ChunkPace, ChunkSender, ChunkTooLarge } from "./chunks.js";
import { type NeedRange, type StateMessage, topics } from "./protocol/messages.js";
import { encode } from "./protocol/validate.js";
import { type OpenWire, PublishRefused, WireClosed } from "./protocol/wire.js";
import type { LinkTimings } from "./timings.js";

const LANES = 3;
/** The last lane is kept for forms: however many scans are under way, one gets through. */
const LANES_FOR_SCANS = LANES - 1;
/** Sending or waiting for the portal's word: a portal that is slow to answer must not pile up what it has to open. */
const MOST_UNDER_WAY = 6;
/** Rounds of need and chunks in one go; a portal that keeps asking is not making progress. */
const MAX_ROUNDS = 6;
/** Refusals by the broker that repeating can not cure; the others are congestion. */
const LASTING_REFUSALS: ReadonlySet<number> = new Set([0x83, 0x87, 0x90, 0x95, 0x99]);

const WAITING: ReadonlySet<OutboxState> = new Set(["sealed", "sending", "uploaded"]);

interface Need {
  readonly kind: "need";
  readonly ranges: readonly NeedRange[];
}

export type Reply = Need | { readonly kind: "ack" };

/** Whom the question went to is gone, and another is there. */
type Answer = Reply | { readonly kind: "again" };

export interface UplinkParts {
  readonly wire: OpenWire;
  readonly outbox: Outbox;
  readonly kiosk: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: ChunkPace;
  readonly timings: LinkTimings;
}

interface UnderWay {
  readonly work: Promise<void>;
  readonly small: boolean;
}

const bytesOf = ({ documents }: OutboxRow): number => documents.reduce((sum, { length }) => sum + length, 0);

/** One connection's worth of sending. */
export class Uplink {
  readonly #parts: UplinkParts;
  readonly #chunks: ChunkSender;
  readonly #replies = new Map<string, (answer: Answer | null) => void>();
  readonly #underWay = new Map<string, UnderWay>();
  /** Those of them whose bytes are all with the broker: they hold no lane. */
  readonly #uploaded = new Set<string>();
  readonly #coolUntil = new Map<string, number>();
  /** Their turn came at the portal while they stood back. */
  readonly #invited = new Map<string, Need>();
  #portal: Pick<StateMessage, "online" | "atMs" | "fleet"> | null = null;
  #wake: () => void = () => {};
  #kicked = false;
  #stopped = false;

  constructor(parts: UplinkParts) {
    this.#parts = parts;
    this.#chunks = new ChunkSender({
      ...parts,
      read: (sha256, offset, length, into) => parts.outbox.readDocument(sha256, offset, length, into),
    });
  }

  /** There may be work: a new submission, or the portal is back. */
  kick(): void {
    this.#kicked = true;
    this.#wake();
  }

  /**
   * A portal that says that it is there without having left is another process, or was connected anew: what the one
   * before was asked nobody will answer. One that only tells a changed fleet is the same.
   */
  portalIs(said: Pick<StateMessage, "online" | "atMs" | "fleet">): void {
    const before = this.#portal;
    this.#portal = said;
    if (said.online) this.#coolUntil.clear();
    const isAnother = before?.online === true && before.atMs !== said.atMs && before.fleet === said.fleet;
    if (!said.online || isAnother)
      for (const settle of this.#replies.values()) settle(said.online ? { kind: "again" } : null);
    this.kick();
  }

  /** Begins nothing more; what is under way will be asked for again some day. */
  stop(): void {
    this.#stopped = true;
    this.#chunks.stop();
  }

  /** A need that comes late is an invitation: a portal after a storm has its turns to give, and gives each once. */
  replied(submission: string, reply: Reply): void {
    const settle = this.#replies.get(submission);
    if (settle !== undefined) settle(reply);
    else if (reply.kind === "need" && this.#coolUntil.delete(submission)) {
      this.#invited.set(submission, reply);
      this.kick();
    }
  }

  /** Runs until the wire closes. */
  async run(): Promise<void> {
    const { wire } = this.#parts;
    void wire.closed.then(() => {
      for (const settle of this.#replies.values()) settle(null);
      this.kick();
    });
    while (wire.isOpen) {
      const mayStart =
        this.#portal?.online !== false &&
        !this.#stopped &&
        this.#underWay.size < MOST_UNDER_WAY &&
        this.#underWay.size - this.#uploaded.size < LANES;
      const row = mayStart ? this.#next() : undefined;
      if (row === undefined) await this.#rest();
      else this.#start(row);
    }
    await Promise.all([...this.#underWay.values()].map(({ work }) => work));
  }

  #next(): OutboxRow | undefined {
    const now = this.#parts.clock.monotonicMs();
    for (const [id, until] of this.#coolUntil) if (until <= now) this.#coolUntil.delete(id);
    const passedOver = this.#underWay.size + this.#coolUntil.size;
    const scans = [...this.#underWay].filter(([id, { small }]) => !small && !this.#uploaded.has(id)).length;
    const { outbox } = this.#parts;
    const most = scans < LANES_FOR_SCANS ? "any" : "small";
    const isFree = ({ submissionId }: OutboxRow) =>
      !this.#underWay.has(submissionId) && !this.#coolUntil.has(submissionId);
    for (const id of this.#invited.keys()) {
      const row = outbox.unsettled(id);
      if (row === undefined || !WAITING.has(row.state)) this.#invited.delete(id);
      else if (isFree(row) && (most === "any" || isSmall({ bytes: bytesOf(row) }))) return row;
    }
    return outbox.pending(passedOver + 1, most).find(isFree);
  }

  async #rest(): Promise<void> {
    if (!this.#kicked)
      await new Promise<void>((resolve) => {
        const timer = this.#parts.clock.setTimeout(resolve, this.#parts.timings.coolMs);
        this.#wake = () => {
          this.#parts.clock.clearTimeout(timer);
          resolve();
        };
      });
    this.#wake = () => {};
    this.#kicked = false;
  }

  #start(row: OutboxRow): void {
    const id = row.submissionId;
    const work = this.#send(row)
      .then((answered) => {
        if (!answered) this.#cool(id);
      })
      .catch((thrown: unknown) => this.#failed(id, thrown))
      // The store itself failed: this submission rests, and the start of the next pass says why.
      .catch(() => this.#cool(id))
      .finally(() => {
        this.#underWay.delete(id);
        this.#uploaded.delete(id);
        this.kick();
      });
    this.#underWay.set(id, { work, small: isSmall({ bytes: bytesOf(row) }) });
  }

  /** True when the portal answered for good. */
  async #send(row: OutboxRow): Promise<boolean> {
    const { outbox, kiosk, wire } = this.#parts;
    const submission = row.submissionId;
    outbox.mark(submission, "sending");
    const manifest = Buffer.from(row.manifest).toString("base64");
    const init = encode({ v: 1, submission, sequence: row.sequence, manifest });
    const fin = encode({ v: 1, submission });
    const announce = () => this.#ask(submission, () => wire.publish(topics.up(kiosk, "init"), init));
    const invitation = this.#invited.get(submission);
    this.#invited.delete(submission);
    let reply: Answer | null = invitation ?? (await announce());
    for (let round = 0; round < MAX_ROUNDS && reply !== null; round += 1) {
      if (reply.kind === "ack") return true;
      if (reply.kind === "again") {
        reply = await announce();
        continue;
      }
      this.#uploaded.delete(submission);
      if (reply.ranges.length > 0) await this.#chunks.send(submission, reply.ranges);
      outbox.mark(submission, "uploaded");
      this.#uploaded.add(submission);
      this.kick();
      reply = await this.#ask(submission, () => wire.publish(topics.up(kiosk, "fin"), fin));
    }
    return reply?.kind === "ack";
  }

  /** The portal's next word about this submission; null when none came in time or nobody listens. */
  async #ask(submission: string, publish: () => Promise<boolean>): Promise<Answer | null> {
    const { clock, timings } = this.#parts;
    let settle: (answer: Answer | null) => void = () => {};
    const answer = new Promise<Answer | null>((resolve) => {
      settle = resolve;
    });
    this.#replies.set(submission, settle);
    const timer = clock.setTimeout(() => settle(null), timings.replyTimeoutMs);
    try {
      if (!(await publish())) return null;
      return await answer;
    } finally {
      clock.clearTimeout(timer);
      this.#replies.delete(submission);
    }
  }

  #cool(submission: string): void {
    this.#coolUntil.set(submission, this.#parts.clock.monotonicMs() + this.#parts.timings.coolMs);
  }

  #failed(submission: string, thrown: unknown): void {
    if (thrown instanceof WireClosed || thrown instanceof ChunkTooLarge) return;
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    this.#parts.log("link.message", { kind: "up", problem });
    const refused = thrown instanceof PublishRefused && LASTING_REFUSALS.has(thrown.code);
    const damaged = thrown instanceof FaultError && thrown.code === "store.corrupt";
    if (refused || damaged) this.#parts.outbox.mark(submission, "quarantined", problem);
    else this.#cool(submission);
  }
}
