// A disk whose operations fail one by one: is it said, is nothing half there, does the store come back with the disk?
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { openStore, verifyJournal } from "../../src/store/sqlite-store.js";
import type { SealedSubmission, Store } from "../../src/store/store.js";
import { nextTicket, randomSubmission, testClock, withFolder } from "../store/fixtures.js";
import { FailingDisk } from "./failing-disk.js";

const LONG = process.env["MOTCUA_LONG"] === "1";
const DAY = "2026-11-22";
const open = (disk: FailingDisk): Store =>
  openStore({ dir: join(disk.folder, "store"), clock: testClock, log: silentLog });

const withDisk = (act: (disk: FailingDisk) => void): Promise<void> =>
  withFolder(async (at) => {
    const disk = await FailingDisk.mount(at);
    if (disk === null) return;
    try {
      act(disk);
    } finally {
      disk.unmount();
    }
  });

/** What a kiosk was given and was told; checked against what the store says later. */
class Ledger {
  readonly taken = new Map<string, SealedSubmission>();
  readonly refused = new Set<string>();
  readonly #numbers = new Set<number>();
  readonly #tickets = new Set<number>();
  faults = 0;

  reserve(store: Store): number | null {
    const number = this.#try(() => store.outbox.reserveSequence());
    if (number === null) return null;
    assert.not.ok(this.#numbers.has(number), `sequence ${number} was given twice`);
    this.#numbers.add(number);
    return number;
  }

  ticket(store: Store): void {
    const number = this.#try(() => nextTicket(store, DAY));
    if (number === null) return;
    assert.not.ok(this.#tickets.has(number), `ticket ${number} was given twice`);
    this.#tickets.add(number);
  }

  enqueue(store: Store, submission: SealedSubmission): boolean {
    const given = this.#try(() => store.outbox.enqueue(submission));
    if (given !== null) this.taken.set(submission.submissionId, submission);
    else this.refused.add(submission.submissionId);
    return given !== null;
  }

  journal(store: Store, subject: string): void {
    const intent = this.#try(() => store.journal.intent("submit", subject, {}));
    if (intent !== null) this.#try(() => store.journal.outcome(intent, "done"));
  }

  /** All that was taken is there, whole; of all that was refused nothing is, not even a file. */
  check(store: Store, dir: string): void {
    const files = new Set(readdirSync(join(dir, "blobs")));
    for (const [id, { documents }] of this.taken) {
      assert.is(store.outbox.state(id), "sealed", `${id} was taken`);
      for (const { sha256, bytes } of documents) {
        const back = store.outbox.readDocument(sha256, 0, bytes.length);
        assert.is(createHash("sha256").update(back).digest("hex"), sha256);
      }
    }
    for (const id of this.refused) {
      if (this.taken.has(id)) continue;
      assert.is(store.outbox.state(id), undefined, `${id} was refused`);
      assert.not.ok(files.has(`${id}.json`), `the record of ${id}, which was refused`);
    }
    assert.is(store.outbox.stats().queued, this.taken.size);
    assert.is(store.journal.verify().ok, true);
    assert.is(store.damage(), null);
  }

  #try<T>(act: () => T): T | null {
    try {
      return act();
    } catch (thrown) {
      assert.instance(thrown, FaultError);
      const { code } = thrown as FaultError;
      assert.ok(["store.unwritable", "store.full"].includes(code), `${code}: ${String(thrown)}`);
      this.faults += 1;
      return null;
    }
  }
}

const SIZES: readonly (readonly number[])[] = [[900], [700, 40_000]];

/** One visit's enqueue with the disk failing after so many operations, then the disk's return. */
const visit = (
  disk: FailingDisk,
  store: Store,
  ledger: Ledger,
  fail: () => void,
  sizes: readonly number[],
): void => {
  fail();
  const sequence = ledger.reserve(store);
  ledger.ticket(store);
  const submission = randomSubmission(sequence ?? ledger.taken.size + 500_000, sizes);
  ledger.journal(store, submission.submissionId);
  if (sequence !== null) ledger.enqueue(store, submission);
  ledger.journal(store, "after");
  disk.set("none");
  // The citizen tries once more, now that the disk is back.
  const again = ledger.reserve(store);
  assert.ok(again !== null, "the disk is back and the store is not");
  const second = randomSubmission(again, sizes);
  assert.ok(ledger.enqueue(store, second), "the disk is back and nothing is taken");
  ledger.ticket(store);
  ledger.journal(store, "back");
};

const trial = (name: string, fail: (disk: FailingDisk, before: number) => void, upTo: number): void => {
  test(`${name}, at each of ${upTo} moments of a visit`, () =>
    withDisk((disk) => {
      const ledger = new Ledger();
      const dir = join(disk.folder, "store");
      let store = open(disk);
      for (let before = 0; before < upTo; before += 1) {
        for (const sizes of SIZES) visit(disk, store, ledger, () => fail(disk, before), sizes);
        ledger.check(store, dir);
        if (before % 4 !== 3) continue;
        store.close();
        store = open(disk);
        ledger.check(store, dir);
      }
      store.close();
      assert.is(verifyJournal(dir).ok, true);
      assert.ok(ledger.faults > 0, "nothing ever failed");
      process.stdout.write(
        `${name}: ${ledger.faults} faults, ${ledger.taken.size} taken, ${ledger.refused.size} refused\n`,
      );
    }));
};

const moments = (few: number, many: number): number => (LONG ? many : few);
trial(
  "a flush of the log fails, its data stays",
  (disk, before) => disk.set("logFlush", before),
  moments(7, 12),
);
trial("a write to the log fails", (disk, before) => disk.set("logWrite", before), moments(12, 40));
trial("the disk turns read-only", (disk, before) => disk.set("readOnly", before), moments(12, 60));
trial("every write fails", (disk, before) => disk.set("dead", before), moments(16, 80));
trial("the whole disk is gone", (disk, before) => disk.set("gone", before), moments(12, 60));
trial("the disk is full", (disk, before) => disk.set("full", before), moments(8, 30));

test("a kiosk that dies while its disk is dead has, when both are back, all that it had taken", () =>
  withDisk((disk) => {
    const dir = join(disk.folder, "store");
    const store = open(disk);
    const ledger = new Ledger();
    for (let turn = 0; turn < 4; turn += 1) {
      const sequence = ledger.reserve(store) ?? assert.unreachable("the disk is sound");
      ledger.enqueue(store, randomSubmission(sequence as number, SIZES[turn % 2] ?? []));
    }
    disk.set("dead", 3);
    const sequence = ledger.reserve(store);
    if (sequence !== null) ledger.enqueue(store, randomSubmission(sequence, [40_000]));
    store.close();
    disk.set("none");
    const again = open(disk);
    for (const id of ledger.taken.keys()) assert.is(again.outbox.state(id), "sealed");
    assert.ok(ledger.reserve(again) !== null);
    assert.is(again.journal.verify().ok, true);
    assert.is(again.damage(), null);
    again.close();
    assert.is(verifyJournal(dir).ok, true);
  }));

test.run();
