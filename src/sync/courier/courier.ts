// How does a kiosk without a link hand over what waits, and learn what became of it?
//
// Exporting changes no submission: each still waits and still goes by the link if that comes back first. The
// portal knows each by (kiosk, submission), so it does not matter how often or by which way it comes. What the
// portal answers on the stick goes the very way of what it answers by the link.
import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../core/clock.js";
import type { Log } from "../../core/log.js";
import type { ReadManifest } from "../../store/record.js";
import type { OutboxState, Store } from "../../store/store.js";
import { Downlink } from "../downlink.js";
import {
  ANSWER_FILE,
  bundleName,
  type CourierAnswer,
  type CourierIndex,
  type CourierItem,
  INDEX_FILE,
  MAX_ANSWER_BYTES,
  MAX_INDEX_BYTES,
  MAX_ITEMS,
  openAnswer,
  openIndex,
  signIndex,
  UNFINISHED,
} from "../protocol/courier.js";
import { bundlesOn, readBounded } from "../protocol/courier-files.js";
import type { DeviceKey } from "../protocol/keys.js";
import { topics } from "../protocol/messages.js";
import { encode } from "../protocol/validate.js";
import { DataFiles } from "./data-files.js";
import { finish, prepare, removeBundle, StickError, stickError } from "./stick.js";

export interface CourierParts {
  readonly store: Store;
  readonly kioskId: string;
  readonly device: DeviceKey;
  /** As in the link's options. */
  readonly readManifest?: ReadManifest;
  /** SPKI PEM; who may command this kiosk may also answer it. Asked for each time. */
  readonly portalKeys: () => readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

export interface ExportReport {
  readonly bundles: readonly string[];
  readonly submissions: number;
  readonly bytes: number;
  /** Null when nothing waits. */
  readonly sequences: readonly [from: number, to: number] | null;
  /** Damaged in the store: left out, and named so that a technician looks. */
  readonly unreadable: readonly string[];
}

export interface AcknowledgeReport {
  /** Answers that were believed and applied. */
  readonly answers: number;
  readonly acknowledged: number;
  readonly statuses: number;
  /** Bundles of this kiosk that nothing waits for any more: taken off the stick. */
  readonly removed: readonly string[];
  readonly refused: readonly { readonly bundle: string; readonly problem: string }[];
  /** Still waiting at this kiosk. */
  readonly waiting: number;
}

export interface CourierProgress {
  readonly act: "export" | "acknowledge";
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}

/** Index, names and the file system's own; beside the bytes of the submissions. */
const ROOM_BYTES = 8 * 1024 * 1024;
const ROOM_EACH_BYTES = 8 * 1024;
const SETTLED: ReadonlySet<OutboxState | undefined> = new Set(["accepted", "done", "rejected", undefined]);

export class KioskCourier {
  readonly #parts: CourierParts;
  #progress: CourierProgress | null = null;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  /** Null when nothing is under way. */
  get progress(): CourierProgress | null {
    return this.#progress;
  }

  /** Throws `StickError` in one line; then no bundle of this call is left half made. */
  export(stick: string): Promise<ExportReport> {
    return this.#alone("export", stick, () => this.#export(stick));
  }

  acknowledge(stick: string): Promise<AcknowledgeReport> {
    return this.#alone("acknowledge", stick, () => this.#acknowledge(stick));
  }

  async #alone<T>(act: CourierProgress["act"], stick: string, work: () => Promise<T>): Promise<T> {
    if (this.#progress !== null) throw new StickError(`the courier is at work: ${this.#progress.act}`);
    this.#progress = { act, done: 0, total: 0, bytes: 0 };
    try {
      const { journal } = this.#parts.store;
      for (const { id } of journal.open("courier")) journal.outcome(id, "failed", "interrupted by a restart");
      return await work();
    } catch (thrown) {
      throw stickError(stick, thrown);
    } finally {
      this.#progress = null;
    }
  }

  async #export(stick: string): Promise<ExportReport> {
    const { outbox } = this.#parts.store;
    const sequences = outbox.unsettledSequences();
    const needed = outbox.stats().bytes + ROOM_BYTES + sequences.length * ROOM_EACH_BYTES;
    const folder = await prepare(stick, sequences.length === 0 ? 0 : needed);
    const bundles: string[] = [];
    const items: CourierItem[] = [];
    const unreadable: string[] = [];
    this.#advance({ total: sequences.length });
    for (let from = 0; from < sequences.length; from += MAX_ITEMS) {
      const made = await this.#bundle(folder, sequences.slice(from, from + MAX_ITEMS));
      if (made.index !== null) {
        bundles.push(bundleName(made.index.bundle));
        items.push(...made.index.items);
      }
      unreadable.push(...made.unreadable);
    }
    const [first, last] = [items[0], items.at(-1)];
    return {
      ...{ bundles, unreadable, submissions: items.length },
      bytes: items.reduce((sum, { length }) => sum + length, 0),
      sequences: first === undefined || last === undefined ? null : [first.sequence, last.sequence],
    };
  }

  /** Journalled before and after. */
  async #bundle(
    folder: string,
    sequences: readonly number[],
  ): Promise<{ readonly index: CourierIndex | null; readonly unreadable: readonly string[] }> {
    const { journal } = this.#parts.store;
    const bundle = randomBytes(16).toString("hex");
    const making = join(folder, `${bundleName(bundle)}${UNFINISHED}`);
    const span = { from: sequences[0] ?? 0, to: sequences.at(-1) ?? 0, count: sequences.length };
    const intent = journal.intent("courier", bundle, { act: "export", ...span });
    try {
      await mkdir(making);
      const { items, unreadable } = await this.#write(making, sequences);
      const index = this.#indexOf(bundle, items);
      if (index === null) await rm(making, { recursive: true, force: true });
      else await finish(folder, bundleName(bundle), signIndex(index, this.#parts.device), INDEX_FILE);
      journal.outcome(intent, "done", `${items.length} submissions, ${unreadable.length} unreadable`);
      return { index, unreadable };
    } catch (thrown) {
      await rm(making, { recursive: true, force: true }).catch(() => {});
      const why = stickError(folder, thrown);
      journal.outcome(intent, "failed", why.message.slice(0, 200));
      throw why;
    }
  }

  async #write(
    making: string,
    sequences: readonly number[],
  ): Promise<{ readonly items: readonly CourierItem[]; readonly unreadable: readonly string[] }> {
    const { outbox } = this.#parts.store;
    const items: CourierItem[] = [];
    const unreadable: string[] = [];
    const files = new DataFiles(making, outbox, (bytes) => this.#advance({ bytes }));
    try {
      for (const sequence of sequences) {
        // What the link has brought over meanwhile is gone here.
        const row = outbox.unsettled(sequence);
        const item = row && (await files.add(row));
        if (item !== undefined) items.push(item);
        else if (row !== undefined && outbox.unsettled(sequence) !== undefined)
          unreadable.push(row.submissionId);
        this.#advance({ done: 1 });
      }
    } finally {
      await files.close();
    }
    return { items, unreadable };
  }

  #indexOf(bundle: string, items: readonly CourierItem[]): CourierIndex | null {
    const [first, last] = [items[0], items.at(-1)];
    if (first === undefined || last === undefined) return null;
    const { epochMs, trust } = this.#parts.clock.wall();
    return {
      ...{ v: 1, kiosk: this.#parts.kioskId, bundle, wallMs: Math.round(epochMs), wallTrust: trust },
      ...{ fromSequence: first.sequence, toSequence: last.sequence },
      ...{ count: items.length, items: [...items] },
    };
  }

  async #acknowledge(stick: string): Promise<AcknowledgeReport> {
    const { kioskId, portalKeys, store } = this.#parts;
    const counts = { answers: 0, acknowledged: 0, statuses: 0 };
    const refused: { bundle: string; problem: string }[] = [];
    const bundles = await bundlesOn(stick);
    for (const folder of bundles) {
      const bytes = await readBounded(join(folder, ANSWER_FILE), MAX_ANSWER_BYTES);
      if (bytes === undefined) continue;
      const opened = openAnswer(bytes, kioskId, portalKeys());
      if (opened.ok) {
        const applied = await this.#apply(opened.answer);
        counts.answers += 1;
        counts.acknowledged += applied.acknowledged;
        counts.statuses += applied.statuses;
      } else if (opened.problem !== "otherKiosk")
        refused.push({ bundle: basename(folder), problem: opened.problem });
    }
    const removed = await this.#removeSettled(bundles);
    for (const { bundle, problem } of refused) store.journal.note("courier.refused", bundle, { problem });
    return { ...counts, removed, refused, waiting: store.outbox.unsettledSequences().length };
  }

  /** Each message is stored by the code that stores what the link brings, idempotently. */
  async #apply({
    bundle,
    acks,
    statuses,
  }: CourierAnswer): Promise<{ acknowledged: number; statuses: number }> {
    const { store, log, kioskId, readManifest } = this.#parts;
    const heard = { acknowledged: 0, statuses: 0 };
    const nothing = () => {};
    const downlink = new Downlink({
      ...{
        store,
        log,
        onFound: nothing,
        onCopy: nothing,
        onCode: nothing,
        onFee: nothing,
        onPortal: nothing,
        onOrder: nothing,
      },
      ...(readManifest && { readManifest }),
      ...{ onHeard: nothing, onCertificate: nothing, confirm: nothing },
      ...{ onTicketed: nothing, onQueue: nothing, onOpinion: nothing, onOffer: nothing },
      onReply: () => {
        heard.acknowledged += 1;
      },
      onStatus: () => {
        heard.statuses += 1;
      },
    });
    const data = { act: "acknowledge", acks: acks.length, statuses: statuses.length };
    const intent = store.journal.intent("courier", bundle, data);
    const messages = [
      ...acks.map((body) => ["ack", body] as const),
      ...statuses.map((body) => ["status", body] as const),
    ];
    this.#advance({ total: messages.length });
    for (const [kind, body] of messages) {
      downlink.receive(topics.down(kioskId, kind), encode(Object(body)), false);
      this.#advance({ done: 1 });
      // A citizen may be at the kiosk: the screen is served in between.
      await setImmediate();
    }
    store.journal.outcome(intent, "done", `${heard.acknowledged} acknowledged`);
    return heard;
  }

  /** After all answers: an older bundle may have been settled by a later one, or by the link. */
  async #removeSettled(bundles: readonly string[]): Promise<readonly string[]> {
    const removed: string[] = [];
    for (const folder of bundles) {
      if (!(await this.#isSettled(folder))) continue;
      await removeBundle(folder);
      removed.push(basename(folder));
    }
    return removed;
  }

  /** Nothing in the bundle waits here any more; only this kiosk's own bundles are. */
  async #isSettled(folder: string): Promise<boolean> {
    const { kioskId, device, store } = this.#parts;
    const bytes = await readBounded(join(folder, INDEX_FILE), MAX_INDEX_BYTES);
    const opened =
      bytes && openIndex(bytes, (kiosk) => (kiosk === kioskId ? device.publicKeyPem : undefined));
    return (
      opened?.ok === true &&
      opened.index.items.every(({ submission }) => SETTLED.has(store.outbox.state(submission)))
    );
  }

  #advance(by: { readonly total?: number; readonly done?: number; readonly bytes?: number }): void {
    const now = this.#progress;
    if (now === null) return;
    const { total = 0, done = 0, bytes = 0 } = by;
    this.#progress = {
      act: now.act,
      total: now.total + total,
      done: now.done + done,
      bytes: now.bytes + bytes,
    };
  }
}
