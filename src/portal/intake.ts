// What does the portal answer to each message of a kiosk?
//
// init: the manifest is checked and kept, the answer is what is missing. chunk: appended. fin: when all is
// there the hashes are checked, the seal is opened, everything is made durable and committed; only then comes
// the ack. Whatever was taken before is acked again. Every way a message can be wrong has one answer.
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import { verifyManifest } from "../sync/protocol/manifest.js";
import {
  type AckMessage,
  type DownKind,
  type InitMessage,
  type Manifest,
  type ManifestDocument,
  parseTopic,
  type RejectReason,
} from "../sync/protocol/messages.js";
import {
  type Chunk,
  decode,
  decodeChunk,
  MAX_DOCUMENT_BYTES,
  MAX_DOCUMENTS,
  MAX_SUBMISSION_BYTES,
  type Problem,
} from "../sync/protocol/validate.js";
import type { UserProperties } from "../sync/protocol/wire.js";
import type { Reuses } from "./copies/reuse.js";
import type { Enrolment } from "./enrolment.js";
import type { Announced, Incoming } from "./incoming.js";
import type { Inquiries } from "./inquiries.js";
import { openDocuments } from "./open-documents.js";
import type { Staging } from "./parts.js";
import { type Application, type Register, statusOf, type Taking } from "./register.js";
import type { Peers } from "./replicas/peers.js";
import type { Codes } from "./sms/codes.js";
import { Turns } from "./turns.js";
import type { Vault } from "./vault.js";

export interface IntakeParts {
  readonly incoming: Incoming;
  readonly register: Register;
  readonly enrolment: Enrolment;
  readonly parts: Staging;
  readonly peers: Peers;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly inquiries: Inquiries;
  /** Commits the application with what it says of its fee; null: it costs nothing. */
  readonly take: (taking: Taking, feeVnd: number | null) => Application;
  readonly reuses: Reuses;
  /** What the application says was proven by a code; see sms/codes.ts. */
  readonly codes: Pick<Codes, "settle">;
  readonly log: Log;
  readonly send: (kiosk: string, kind: DownKind, message: object) => void;
}

/** A wrong hash is first taken for damage on the portal's own disk; then for a lie. */
const MAX_BAD_HASHES = 3;
/** The last chunks may still be with another replica when the fin is here: looked for again before they are asked for. */
const LOOK_AGAIN_MS = [50, 150, 300] as const;

export class Intake {
  readonly #parts: IntakeParts;
  readonly #finishing = new Map<string, Promise<void>>();
  readonly #turns: Turns;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#turns = new Turns({ clock: parts.clock, failed: (thrown) => this.#failed(thrown) });
    parts.incoming.sweep();
    parts.parts.sweep((kiosk, submission) => this.#parts.incoming.find(kiosk, submission) !== undefined);
  }

  /** `atOnce`: it does not wait for a turn. */
  receive(topic: string, payload: Uint8Array, properties: UserProperties, atOnce = false): void {
    const place = parseTopic(topic);
    if (place === undefined) return;
    const { kiosk, rest } = place;
    if (rest === "up/init") this.#init(kiosk, payload, atOnce);
    else if (rest === "up/chunk") this.#chunk(kiosk, payload, properties);
    else if (rest === "up/fin") this.#fin(kiosk, payload);
    else if (rest === "up/seen") this.#seen(kiosk, payload);
    else if (rest === "up/lookup") this.#lookup(kiosk, payload);
    else if (rest === "up/copy") this.#copy(kiosk, payload);
    else if (rest === "up/fee") this.#fee(kiosk, payload);
  }

  /** Sends the statuses again that the kiosk has not confirmed. */
  resend(kiosk: string): void {
    for (const application of this.#parts.register.unseen(kiosk)) this.announce(application);
  }

  announce(application: Application): void {
    const { kiosk, submission } = application;
    this.#parts.send(kiosk, "status", { v: 1, submission, status: statusOf(application) });
  }

  /** Nobody is given a turn any more. */
  close(): void {
    this.#turns.close();
  }

  /** Resolves when what is being taken in is committed. */
  async idle(): Promise<void> {
    await Promise.all(this.#finishing.values());
  }

  #init(kiosk: string, payload: Uint8Array, atOnce: boolean): void {
    const message = decode("init", payload);
    if (!message.ok) this.#odd(kiosk, message.submission, message.problem);
    else if (atOnce) this.#begin(kiosk, message.value);
    else this.#turns.ask(key(kiosk, message.value.submission), () => this.#begin(kiosk, message.value));
  }

  #begin(kiosk: string, message: InitMessage): void {
    const { submission } = message;
    const known = this.#parts.register.find(kiosk, submission);
    if (known !== undefined) {
      this.#ack(known);
      return;
    }
    // Its files are on their way from one folder to the other: asked now, all of them would seem to be missing.
    if (this.#finishing.has(key(kiosk, submission))) return;
    const checked = this.#check(kiosk, message);
    if (typeof checked === "string") {
      this.#reject(kiosk, submission, checked);
      return;
    }
    const signed = Buffer.from(message.manifest, "base64");
    this.#parts.incoming.announce(checked, signed);
    this.#need(kiosk, submission, checked);
  }

  #check(kiosk: string, message: InitMessage): Manifest | RejectReason {
    const { enrolment } = this.#parts;
    const key = enrolment.publicKeyOf(kiosk);
    if (key === undefined) return "unknownKiosk";
    const signed = Buffer.from(message.manifest, "base64");
    const newKey = (): string => enrolment.newKeyOf(kiosk) ?? key;
    const manifest = verifyManifest(signed, key) ?? verifyManifest(signed, newKey());
    if (manifest === undefined) return "badManifest";
    const { documents } = manifest;
    const inOrder = documents.every((document, place) => document.index === place);
    const distinct = new Set(documents.map((document) => document.sha256)).size === documents.length;
    if (manifest.kiosk !== kiosk || manifest.submission !== message.submission || !inOrder || !distinct)
      return "badManifest";
    const total = documents.reduce((sum, document) => sum + document.length, 0);
    if (
      documents.length > MAX_DOCUMENTS ||
      total > MAX_SUBMISSION_BYTES ||
      documents.some((document) => document.length > MAX_DOCUMENT_BYTES)
    )
      return "tooLarge";
    return this.#parts.vault.keyOf(manifest.portalKeyId) === undefined ? "cannotOpen" : manifest;
  }

  #chunk(kiosk: string, payload: Uint8Array, properties: UserProperties): void {
    const message = decodeChunk(properties, payload);
    if (!message.ok) {
      this.#odd(kiosk, null, message.problem);
      return;
    }
    const chunk: Chunk = message.value;
    this.#turns.heard(key(kiosk, chunk.submission));
    const incoming = this.#parts.incoming.find(kiosk, chunk.submission);
    const document = incoming?.manifest.documents.find((entry) => entry.sha256 === chunk.document);
    // A chunk of what is taken already, or of nothing that was announced: the next fin gets the answer.
    if (document === undefined || this.#finishing.has(key(kiosk, chunk.submission))) return;
    this.#parts.parts.append(kiosk, chunk, document);
  }

  #fin(kiosk: string, payload: Uint8Array): void {
    const message = decode("fin", payload);
    if (!message.ok) {
      this.#odd(kiosk, message.submission, message.problem);
      return;
    }
    const { submission } = message.value;
    const name = key(kiosk, submission);
    this.#turns.heard(name);
    if (this.#finishing.has(name)) return;
    const incoming = this.#parts.incoming.find(kiosk, submission);
    // Another replica is at it: it answers.
    const release = incoming === undefined ? () => {} : this.#parts.peers.hold(`finish/${name}`);
    if (release === null) return;
    let isNew = false;
    try {
      // Asked now that nobody else can take it in any more.
      const known = this.#parts.register.find(kiosk, submission);
      if (known !== undefined) this.#ack(known);
      isNew = known === undefined;
    } finally {
      if (!isNew || incoming === undefined) release();
    }
    if (!isNew || incoming === undefined) return;
    const work = this.#finish(kiosk, submission, incoming)
      .catch((thrown: unknown) => this.#failed(thrown))
      .finally(() => {
        this.#finishing.delete(name);
        release();
      });
    this.#finishing.set(name, work);
  }

  /** No answer: the kiosk comes again, and a disk that is full now may not be then. */
  #failed(thrown: unknown): void {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    this.#parts.log("kiosk.error", { where: "portal take-in", message });
  }

  async #finish(kiosk: string, submission: string, incoming: Announced): Promise<void> {
    const { parts, vault, log } = this.#parts;
    const { manifest, signed } = incoming;
    if (!(await this.#isWhole(kiosk, submission, manifest))) {
      this.#need(kiosk, submission, manifest);
      return;
    }
    const paths = new Map(
      manifest.documents.map((document) => [document.sha256, parts.gather(kiosk, submission, document)]),
    );
    const pathOf = ({ sha256 }: ManifestDocument) => paths.get(sha256) ?? "";
    const opened = await openDocuments(manifest, pathOf, vault.keyOf(manifest.portalKeyId));
    if (opened.kind === "damaged") {
      for (const document of opened.documents) parts.drop(kiosk, submission, document);
      incoming.badHashes += 1;
      if (incoming.badHashes >= MAX_BAD_HASHES) this.#reject(kiosk, submission, "badHash");
      else this.#need(kiosk, submission, manifest);
      return;
    }
    if (opened.kind === "cannotOpen") {
      this.#reject(kiosk, submission, "cannotOpen");
      return;
    }
    const { content } = opened;
    await vault.adopt([...paths].map(([sha256, path]) => ({ sha256, path })));
    const taking = {
      manifest,
      signedManifest: signed,
      procedureTitle: content?.procedure.title.vi ?? manifest.procedure,
      workingDays: content?.procedure.workingDays ?? 1,
    };
    // Before the commit: a fin that comes again after it is answered at once, and would not come here.
    if (content !== undefined) this.#parts.codes.settle({ kiosk, submission }, content);
    const application = this.#parts.take(taking, content?.fee?.amountVnd ?? null);
    log("portal.taken", { kiosk, submission, receipt: application.receiptNumber });
    this.#ack(application);
    this.#parts.incoming.settled(kiosk, submission);
    parts.forget(kiosk, submission);
    // The receipt is out: a stored copy that can not be found now is looked for again when an officer looks.
    if (content !== undefined) await this.#parts.reuses.settle(application, content);
  }

  async #isWhole(kiosk: string, submission: string, { documents }: Manifest): Promise<boolean> {
    const { parts, peers, clock } = this.#parts;
    const isWhole = () => parts.missing(kiosk, submission, documents).length === 0;
    for (const waitMs of peers.several ? LOOK_AGAIN_MS : []) {
      if (isWhole()) return true;
      await clock.sleep(waitMs);
    }
    return isWhole();
  }

  #seen(kiosk: string, payload: Uint8Array): void {
    const message = decode("seen", payload);
    if (message.ok) this.#parts.register.seen(kiosk, message.value.submission, message.value.revision);
    else this.#odd(kiosk, null, message.problem);
  }

  #lookup(kiosk: string, payload: Uint8Array): void {
    const message = decode("lookup", payload);
    if (message.ok) this.#parts.inquiries.lookup(kiosk, message.value);
    else this.#odd(kiosk, null, message.problem);
  }

  #copy(kiosk: string, payload: Uint8Array): void {
    const message = decode("copyWish", payload);
    if (message.ok) this.#parts.inquiries.copy(kiosk, message.value);
    else this.#odd(kiosk, null, message.problem);
  }

  #fee(kiosk: string, payload: Uint8Array): void {
    const message = decode("feeWish", payload);
    if (message.ok) this.#parts.inquiries.fee(kiosk, message.value);
    else this.#odd(kiosk, null, message.problem);
  }

  #need(kiosk: string, submission: string, manifest: Manifest): void {
    const ranges = this.#parts.parts.missing(kiosk, submission, manifest.documents);
    this.#parts.send(kiosk, "need", { v: 1, submission, ranges });
  }

  #ack(application: Application): void {
    const { kiosk, submission } = application;
    this.#turns.over(key(kiosk, submission));
    const message: AckMessage = {
      v: 1,
      submission,
      result: "accepted",
      reason: null,
      status: statusOf(application),
    };
    this.#parts.send(kiosk, "ack", message);
  }

  #reject(kiosk: string, submission: string, reason: RejectReason): void {
    this.#parts.log("portal.refused", { kiosk, submission, reason });
    this.#turns.over(key(kiosk, submission));
    this.#forget(kiosk, submission);
    const message: AckMessage = { v: 1, submission, result: "rejected", reason, status: null };
    this.#parts.send(kiosk, "ack", message);
  }

  /** An unknown version is answered where the message can be told; noise is only logged. */
  #odd(kiosk: string, submission: string | null, problem: Problem): void {
    if (submission !== null && problem === "unsupportedVersion")
      this.#reject(kiosk, submission, "unsupportedVersion");
    else if (submission !== null) this.#reject(kiosk, submission, "badManifest");
    else this.#parts.log("portal.refused", { kiosk, submission: "unknown", reason: problem });
  }

  #forget(kiosk: string, submission: string): void {
    this.#parts.incoming.forget(kiosk, submission);
    this.#parts.parts.forget(kiosk, submission);
  }
}

const key = (kiosk: string, submission: string): string => `${kiosk}/${submission}`;
