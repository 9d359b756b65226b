// What does the rest of the kiosk meet when the disk under the real store fails?
import { type FaultCode, FaultError } from "../../src/core/faults.js";
import type { Store } from "../../src/store/store.js";

export type DiskTrouble = "none" | "full" | "readOnly";

export interface Disk {
  trouble: DiskTrouble;
}

const FAULT: Readonly<Record<Exclude<DiskTrouble, "none">, readonly [FaultCode, string]>> = {
  full: ["store.full", "no space left (ENOSPC)"],
  readOnly: ["store.unwritable", "can not be written (SQLITE_READONLY)"],
};

/** The store, whose writing calls throw what `guarded` makes of ENOSPC and EROFS while `disk` is in trouble. */
export const onDisk = (store: Store, disk: Disk): Store => {
  const write =
    <A extends unknown[], R>(act: (...args: A) => R) =>
    (...args: A): R => {
      if (disk.trouble !== "none") throw new FaultError(...FAULT[disk.trouble]);
      return act(...args);
    };
  const { outbox, journal, meta } = store;
  return {
    outbox: {
      reserveSequence: write(() => outbox.reserveSequence()),
      enqueue: write((submission) => outbox.enqueue(submission)),
      pending: (...asked) => outbox.pending(...asked),
      readDocument: (...place) => outbox.readDocument(...place),
      unsettledSequences: () => outbox.unsettledSequences(),
      unsettled: (sequence) => outbox.unsettled(sequence),
      mark: write((...mark) => outbox.mark(...mark)),
      releaseQuarantined: write(() => outbox.releaseQuarantined()),
      requeue: write((which) => outbox.requeue(which)),
      held: (limit) => outbox.held(limit),
      applyStatus: write((...status) => outbox.applyStatus(...status)),
      status: (id) => outbox.status(id),
      state: (id) => outbox.state(id),
      statusByLookup: (hash) => outbox.statusByLookup(hash),
      stats: () => outbox.stats(),
      onEnqueued: (listener) => outbox.onEnqueued(listener),
    },
    journal: {
      intent: write((...intent) => journal.intent(...intent)),
      outcome: write((...outcome) => journal.outcome(...outcome)),
      open: (kind) => journal.open(kind),
      find: (id) => journal.find(id),
      note: write((...note) => journal.note(...note)),
      verify: () => journal.verify(),
    },
    tickets: {
      take: write((wish) => store.tickets.take(wish)),
      untold: (limit) => store.tickets.untold(limit),
      told: write((...kept) => store.tickets.told(...kept)),
      after: (...place) => store.tickets.after(...place),
      last: (...place) => store.tickets.last(...place),
      onTaken: (listener) => store.tickets.onTaken(listener),
    },
    addRating: write((...rating) => store.addRating(...rating)),
    ratingsAfter: (day) => store.ratingsAfter(day),
    quota: () => (disk.trouble === "full" ? { level: "refuse", usedFraction: 0.97 } : store.quota()),
    meta: { get: (key) => meta.get(key), set: write((...pair) => meta.set(...pair)) },
    tryDisk: write(() => store.tryDisk()),
    damage: () => store.damage(),
    onDamage: (listener) => store.onDamage(listener),
    close: () => store.close(),
  };
};
