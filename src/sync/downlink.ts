// What does the kiosk do with what the portal says?
//
// Stored first, idempotently by (submission, revision); confirmed after. A message that can not be understood
// changes nothing and is counted in the log.
import type { Log } from "../core/log.js";
import type { ReadManifest } from "../store/record.js";
import type { Store, SubmissionStatus } from "../store/store.js";
import {
  type AckMessage,
  type CertificateMessage,
  type CodeMessage,
  type CopyMessage,
  type DownKind,
  type FeeMessage,
  type FoundMessage,
  type HeardMessage,
  parseTopic,
  type RejectReason,
  type StateMessage,
  type StatusBody,
  topics,
} from "./protocol/messages.js";
import type { OpinionAnswer, QueueMessage, TicketedMessage } from "./protocol/queue.js";
import type { OfferMessage } from "./protocol/update.js";
import { decode, type MessageOf } from "./protocol/validate.js";
import type { Reply } from "./uplink.js";

export interface DownlinkParts {
  readonly store: Store;
  readonly log: Log;
  /** What this kiosk's own manifests say; left out: a manifest that the portal finds bad is taken for bad. */
  readonly readManifest?: ReadManifest;
  readonly onReply: (submission: string, reply: Reply) => void;
  readonly onStatus: (status: SubmissionStatus) => void;
  readonly onFound: (message: FoundMessage) => void;
  readonly onCopy: (message: CopyMessage) => void;
  readonly onCode: (message: CodeMessage) => void;
  readonly onFee: (message: FeeMessage) => void;
  readonly onCertificate: (message: CertificateMessage) => void;
  readonly onTicketed: (message: TicketedMessage) => void;
  readonly onQueue: (message: QueueMessage) => void;
  readonly onOpinion: (message: OpinionAnswer) => void;
  readonly onPortal: (message: StateMessage) => void;
  readonly onOrder: (payload: Uint8Array, retained: boolean) => void;
  readonly onHeard: (message: HeardMessage) => void;
  readonly onOffer: (message: OfferMessage) => void;
  /** Tells the portal that this revision is stored here. */
  readonly confirm: (submission: string, revision: number) => void;
}

/** Repairs at the portal (enrolment, its keys, its version) cure these; the others are for good. */
const CURABLE: ReadonlySet<RejectReason> = new Set(["unknownKiosk", "unsupportedVersion", "cannotOpen"]);

export class Downlink {
  readonly #parts: DownlinkParts;

  constructor(parts: DownlinkParts) {
    this.#parts = parts;
  }

  receive(topic: string, payload: Uint8Array, retained: boolean): void {
    if (topic === topics.portal) {
      const message = decode("state", payload);
      if (message.ok) this.#parts.onPortal(message.value);
      return;
    }
    const kind = parseTopic(topic)?.rest.replace(/^down\//, "") as DownKind | undefined;
    if (kind === "need") this.#need(payload);
    else if (kind === "ack") this.#ack(payload);
    else if (kind === "status") this.#status(payload);
    else if (kind === "found") this.#found(payload);
    else if (kind === "copy") this.#copy(payload);
    else if (kind === "fee") this.#fee(payload);
    else if (kind === "code") this.#pass("code", payload, this.#parts.onCode);
    else if (kind === "command") this.#parts.onOrder(payload, retained);
    else if (kind === "heard") this.#heard(payload);
    else if (kind === "certificate") this.#certificate(payload);
    else if (kind === "ticketed") this.#pass("ticketed", payload, this.#parts.onTicketed);
    else if (kind === "queue") this.#pass("queue", payload, this.#parts.onQueue);
    else if (kind === "opinion") this.#pass("opinionAnswer", payload, this.#parts.onOpinion);
    else if (kind === "offer") this.#pass("offer", payload, this.#parts.onOffer);
  }

  #need(payload: Uint8Array): void {
    const message = this.#decoded("need", payload);
    if (message === undefined) return;
    const { submission, ranges } = message;
    this.#parts.onReply(submission, { kind: "need", ranges });
  }

  #ack(payload: Uint8Array): void {
    const message = this.#decoded("ack", payload);
    if (message === undefined) return;
    const { submission, status } = message;
    if (!this.#isOurs("ack", submission)) return;
    if (status === null) this.#rejected(message);
    else {
      this.#apply(submission, status);
      this.#parts.store.outbox.mark(submission, "accepted");
    }
    this.#parts.onReply(submission, { kind: "ack" });
  }

  #status(payload: Uint8Array): void {
    const message = this.#decoded("status", payload);
    if (message === undefined) return;
    const { submission, status } = message;
    if (!this.#isOurs("status", submission)) return;
    this.#apply(submission, status);
  }

  #apply(submission: string, body: StatusBody): void {
    const { outbox } = this.#parts.store;
    outbox.applyStatus(submission, body);
    const status = outbox.status(submission);
    if (status === undefined) return;
    // Also for an old revision: the portal then learns which one is held.
    this.#parts.confirm(submission, status.revision);
    this.#parts.onStatus(status);
  }

  #rejected({ submission, reason }: AckMessage): void {
    const { outbox, journal } = this.#parts.store;
    const state =
      reason !== null && (CURABLE.has(reason) || this.#isOtherKey(submission, reason))
        ? "quarantined"
        : "rejected";
    const before = outbox.state(submission);
    // An old stick may say no to what was taken in meanwhile.
    if (before === state || before === "accepted" || before === "done") return;
    outbox.mark(submission, state, `portal: ${reason}`);
    journal.note(`submission.${state}`, submission, { reason });
  }

  /** Good in the kiosk's own eyes: the portal knows another key of it, and will know this one once it is enrolled. */
  #isOtherKey(submission: string, reason: RejectReason): boolean {
    const { store, readManifest } = this.#parts;
    if (reason !== "badManifest" || readManifest === undefined) return false;
    const row = store.outbox.unsettled(submission);
    return row !== undefined && readManifest(row.manifest)?.submissionId === submission;
  }

  #found(payload: Uint8Array): void {
    const message = this.#decoded("found", payload);
    if (message !== undefined) this.#parts.onFound(message);
  }

  #heard(payload: Uint8Array): void {
    const message = this.#decoded("heard", payload);
    if (message !== undefined) this.#parts.onHeard(message);
  }

  #certificate(payload: Uint8Array): void {
    const message = this.#decoded("certificate", payload);
    if (message !== undefined) this.#parts.onCertificate(message);
  }

  #copy(payload: Uint8Array): void {
    const message = this.#decoded("copy", payload);
    if (message !== undefined) this.#parts.onCopy(message);
  }

  #pass<K extends "code" | "ticketed" | "queue" | "opinionAnswer" | "offer">(
    kind: K,
    payload: Uint8Array,
    act: (message: MessageOf<K>) => void,
  ): void {
    const message = decode(kind, payload);
    if (message.ok) act(message.value);
    else this.#odd(kind, message.problem);
  }

  #fee(payload: Uint8Array): void {
    const message = this.#decoded("fee", payload);
    if (message !== undefined && this.#isOurs("fee", message.submission)) this.#parts.onFee(message);
  }

  #decoded<K extends Exclude<DownKind, "part">>(kind: K, payload: Uint8Array): MessageOf<K> | undefined {
    const message = decode(kind, payload);
    if (message.ok) return message.value;
    this.#odd(kind, message.problem);
    return undefined;
  }

  #isOurs(kind: string, submission: string): boolean {
    const ours = this.#parts.store.outbox.state(submission) !== undefined;
    if (!ours) this.#odd(kind, "unknown submission");
    return ours;
  }

  #odd(kind: string, problem: string): void {
    this.#parts.log("link.message", { kind, problem });
  }
}
