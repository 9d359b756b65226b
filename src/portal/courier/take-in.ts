// How does a submission from a stick go through the very intake that the link feeds?
//
// It is told to the intake in the link's own messages, so every check, the staging that survives a kill and the
// one commit are the same. What the intake answers is listened to here; it also goes out by the link, and
// whichever reaches the kiosk first counts.
import type { CourierItem } from "../../sync/protocol/courier.js";
import { verifyManifest } from "../../sync/protocol/manifest.js";
import {
  type AckMessage,
  type DownKind,
  type ManifestDocument,
  type NeedMessage,
  type NeedRange,
  topics,
} from "../../sync/protocol/messages.js";
import { encode, MAX_CHUNK_BYTES } from "../../sync/protocol/validate.js";
import type { Enrolment } from "../enrolment.js";
import type { Intake } from "../intake.js";
import type { BundledSubmission } from "./bundle.js";

/** As many as the link allows itself. */
const MAX_ROUNDS = 6;

type Reply =
  | { readonly kind: "need"; readonly message: NeedMessage }
  | { readonly kind: "ack"; readonly message: AckMessage };

export class TakeIn {
  readonly #intake: Pick<Intake, "receive" | "idle">;
  readonly #enrolment: Enrolment;
  #awaited: { readonly kiosk: string; readonly submission: string; reply: Reply | null } | null = null;

  constructor(intake: Pick<Intake, "receive" | "idle">, enrolment: Enrolment) {
    this.#intake = intake;
    this.#enrolment = enrolment;
  }

  /** Everything that the portal says to a kiosk passes by here. */
  hear(kiosk: string, kind: DownKind, message: object): void {
    const awaited = this.#awaited;
    if (awaited === null || kiosk !== awaited.kiosk) return;
    if (kind === "ack" && (message as AckMessage).submission === awaited.submission)
      awaited.reply = { kind, message: message as AckMessage };
    if (kind === "need" && (message as NeedMessage).submission === awaited.submission)
      awaited.reply = { kind, message: message as NeedMessage };
  }

  /** The portal's answer, after its commit; undefined when it could not be taken in now. One at a time. */
  async take(kiosk: string, item: CourierItem, bundled: BundledSubmission): Promise<AckMessage | undefined> {
    const { submission, sequence } = item;
    const manifest = Buffer.from(bundled.manifest).toString("base64");
    const awaited = { kiosk, submission, reply: null as Reply | null };
    this.#awaited = awaited;
    try {
      this.#say(kiosk, "init", { v: 1, submission, sequence, manifest });
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const reply = awaited.reply;
        if (reply === null) return undefined;
        if (reply.kind === "ack") return reply.message;
        await this.#sendRanges(kiosk, submission, reply.message.ranges, bundled);
        awaited.reply = null;
        this.#say(kiosk, "fin", { v: 1, submission });
        await this.#intake.idle();
      }
      const last = awaited.reply as Reply | null;
      return last?.kind === "ack" ? last.message : undefined;
    } finally {
      this.#awaited = null;
    }
  }

  async #sendRanges(
    kiosk: string,
    submission: string,
    ranges: readonly NeedRange[],
    bundled: BundledSubmission,
  ): Promise<void> {
    const starts = startsOf(this.#documentsOf(kiosk, bundled));
    for (const { document, from, to } of ranges) {
      const start = starts.get(document);
      if (start === undefined) return;
      for (let at = from; at < to; at += MAX_CHUNK_BYTES) {
        const bytes = await bundled.chunk(start + at, Math.min(MAX_CHUNK_BYTES, to - at));
        if (bytes === undefined) return;
        const place = { submission, document, offset: String(at) };
        this.#intake.receive(topics.up(kiosk, "chunk"), bytes, place);
      }
    }
  }

  #documentsOf(kiosk: string, { manifest }: BundledSubmission): readonly ManifestDocument[] {
    const key = this.#enrolment.publicKeyOf(kiosk);
    return (key === undefined ? undefined : verifyManifest(manifest, key)?.documents) ?? [];
  }

  #say(kiosk: string, kind: "init" | "fin", message: object): void {
    // A person stands there with the stick: it takes no turn.
    this.#intake.receive(topics.up(kiosk, kind), encode(message), {}, true);
  }
}

/** Where each document begins, by its hash. */
const startsOf = (documents: readonly ManifestDocument[]): ReadonlyMap<string, number> => {
  const starts = new Map<string, number>();
  let at = 0;
  for (const { sha256, length } of documents) {
    starts.set(sha256, at);
    at += length;
  }
  return starts;
};
