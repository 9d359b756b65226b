// Has a technician plugged in a stick with bundles, and what is answered on it?
//
// The folder is looked at again and again; it is a stick, or the place where sticks are mounted. A bundle is gone
// through once for each time it is plugged in: what the portal has already is acknowledged from its register with
// the status of now, so an old stick does no harm and brings back news. After a kill it is gone through again.
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import { writeFileDurably } from "../../store/durable-file.js";
import {
  ANSWER_FILE,
  type CourierIndex,
  type CourierItem,
  type CourierKey,
  INDEX_FILE,
  MAX_INDEX_BYTES,
  MAX_ITEMS,
  openIndex,
  signAnswer,
} from "../../sync/protocol/courier.js";
import { bundlesOn, readBounded } from "../../sync/protocol/courier-files.js";
import type { AckMessage } from "../../sync/protocol/messages.js";
import type { Audit } from "../access/audit.js";
import type { Enrolment } from "../enrolment.js";
import { type Application, type Register, statusOf } from "../register.js";
import { BundleFiles } from "./bundle.js";
import type { TakeIn } from "./take-in.js";

export interface CourierPlace {
  /** A stick, or the folder in which sticks are mounted. */
  readonly folder: string;
  /** Between two looks. */
  readonly pollMs?: number;
}

export interface CourierWatchParts extends CourierPlace {
  readonly takeIn: TakeIn;
  readonly register: Pick<Register, "find" | "unseen">;
  readonly enrolment: Enrolment;
  readonly audit: Pick<Audit, "write">;
  /** The machine at which sticks are plugged in, for the audit. */
  readonly machine: string;
  /** Kiosks know it from `[commands] keys`. */
  readonly key: CourierKey;
  readonly clock: Clock;
  readonly log: Log;
}

const POLL_MS = 3000;
/**
 * What could not be taken whole is looked at again, ever more seldom: a folder that somebody is still copying, a
 * full disk, a kiosk that is enrolled a little later.
 */
const RETRY_MS = 30_000;
const RETRY_CAP_MS = 3_600_000;
const MAX_BUNDLES = 256;

interface Outcome {
  readonly acks: readonly AckMessage[];
  taken: number;
  known: number;
  refused: number;
  damaged: number;
  /** Could not be taken now, and may be at the next look. */
  postponed: number;
}

export class CourierWatch {
  readonly #parts: CourierWatchParts;
  readonly #stop = new AbortController();
  /** Bundles that are plugged in, and when to look again (monotonic ms; infinite: gone through). */
  readonly #seen = new Map<string, { readonly againMs: number; readonly waitMs: number }>();
  readonly #done: Promise<void>;

  constructor(parts: CourierWatchParts) {
    this.#parts = parts;
    this.#done = this.#loop();
  }

  /** Ends after the submission that is under way. */
  async close(): Promise<void> {
    this.#stop.abort(new Error("the portal was closed"));
    await this.#done;
  }

  async #loop(): Promise<void> {
    const { clock, pollMs = POLL_MS } = this.#parts;
    while (!this.#stop.signal.aborted) {
      await this.#look().catch((thrown: unknown) => this.#failed("courier folder", thrown));
      await clock.sleep(pollMs, this.#stop.signal).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    const { clock } = this.#parts;
    const bundles = await this.#pluggedIn();
    const present = new Set(bundles);
    for (const bundle of this.#seen.keys()) if (!present.has(bundle)) this.#seen.delete(bundle);
    for (const bundle of bundles) {
      const seen = this.#seen.get(bundle);
      if (this.#stop.signal.aborted) return;
      if (seen !== undefined && seen.againMs > clock.monotonicMs()) continue;
      const isDone = await this.#bundle(bundle).catch((thrown: unknown) => {
        this.#failed(`courier bundle ${basename(bundle)}`, thrown);
        return false;
      });
      const waitMs = isDone ? Infinity : Math.min(RETRY_CAP_MS, (seen?.waitMs ?? RETRY_MS / 2) * 2);
      this.#seen.set(bundle, { againMs: clock.monotonicMs() + waitMs, waitMs });
    }
  }

  async #pluggedIn(): Promise<readonly string[]> {
    const { folder } = this.#parts;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const places = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
    const bundles: string[] = [];
    // One stick that does not answer must not hide the others.
    for (const place of [folder, ...places]) bundles.push(...(await bundlesOn(place).catch(() => [])));
    return bundles.slice(0, MAX_BUNDLES);
  }

  /** True when there is nothing left to do for it. */
  async #bundle(folder: string): Promise<boolean> {
    const { enrolment, log } = this.#parts;
    const name = basename(folder);
    const bytes = await readBounded(join(folder, INDEX_FILE), MAX_INDEX_BYTES);
    const opened = openIndex(bytes ?? new Uint8Array(), (kiosk) => enrolment.publicKeyOf(kiosk));
    if (!opened.ok) {
      const { kiosk, problem: reason } = opened;
      log("portal.refused", { kiosk: kiosk ?? "unknown", submission: `courier bundle ${name}`, reason });
      this.#note("courier.refused", { subject: bundleOf(kiosk ?? "unknown", name), detail: reason });
      return false;
    }
    const { index } = opened;
    const subject = bundleOf(index.kiosk, name);
    // Before anything of it is taken: what can not be written down here is not done.
    this.#note("courier.begun", { subject, detail: `${index.items.length} submissions` });
    const { acks, ...counts } = await this.#takeAll(folder, index);
    if (this.#stop.signal.aborted) return false;
    this.#answer(folder, index, acks);
    this.#note("courier.answered", { subject, detail: inWords(counts) });
    log("portal.courier", { kiosk: index.kiosk, bundle: name, ...counts });
    return counts.postponed + counts.damaged === 0;
  }

  async #takeAll(folder: string, index: CourierIndex): Promise<Outcome> {
    const files = new BundleFiles(folder);
    const acks: AckMessage[] = [];
    const outcome: Outcome = { acks, taken: 0, known: 0, refused: 0, damaged: 0, postponed: 0 };
    try {
      for (const item of index.items) {
        if (this.#stop.signal.aborted) break;
        const known = this.#parts.register.find(index.kiosk, item.submission);
        const ack = known === undefined ? await this.#take(files, index.kiosk, item) : ackOf(known);
        if (known !== undefined) outcome.known += 1;
        else if (ack === "damaged") outcome.damaged += 1;
        else if (ack === undefined) outcome.postponed += 1;
        else if (ack.result === "accepted") {
          outcome.taken += 1;
          this.#taken(folder, index.kiosk, item);
        } else outcome.refused += 1;
        if (ack !== undefined && ack !== "damaged") acks.push(ack);
      }
    } finally {
      await files.close();
    }
    return outcome;
  }

  async #take(
    files: BundleFiles,
    kiosk: string,
    item: CourierItem,
  ): Promise<AckMessage | "damaged" | undefined> {
    const bundled = await files.item(item);
    return bundled === undefined ? "damaged" : this.#parts.takeIn.take(kiosk, item, bundled);
  }

  #taken(folder: string, kiosk: string, { submission, sequence }: CourierItem): void {
    const application = this.#parts.register.find(kiosk, submission)?.id ?? null;
    const subject = bundleOf(kiosk, basename(folder));
    this.#note("courier.taken", { application, subject, detail: `number ${sequence} of the kiosk` });
  }

  #note(
    act: string,
    about: { readonly subject: string; readonly detail: string; readonly application?: number | null },
  ): void {
    const { audit, machine } = this.#parts;
    audit.write({ who: "courier", role: "", address: machine, act, application: null, ...about });
  }

  /** What the kiosk has not heard of yet about other submissions travels along. */
  #answer(folder: string, { kiosk, bundle }: CourierIndex, acks: readonly AckMessage[]): void {
    const { register, key, clock } = this.#parts;
    const acked = new Set(acks.map(({ submission }) => submission));
    const others = register.unseen(kiosk).filter(({ submission }) => !acked.has(submission));
    const statuses = others
      .slice(-MAX_ITEMS)
      .map((application) => ({ v: 1, submission: application.submission, status: statusOf(application) }));
    const wallMs = Math.round(clock.wall().epochMs);
    const answer = { v: 1 as const, kiosk, bundle, wallMs, acks: [...acks], statuses };
    writeFileDurably(folder, ANSWER_FILE, signAnswer(answer, key));
  }

  #failed(where: string, thrown: unknown): void {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    this.#parts.log("kiosk.error", { where, message });
  }
}

const bundleOf = (kiosk: string, name: string): string => `bundle ${name} of ${kiosk}`;

const inWords = (counts: Omit<Outcome, "acks">): string =>
  Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(", ");

const ackOf = (application: Application): AckMessage => ({
  v: 1,
  submission: application.submission,
  result: "accepted",
  reason: null,
  status: statusOf(application),
});
