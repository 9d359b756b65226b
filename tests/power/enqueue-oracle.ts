// Is everything there that an enqueueing kiosk had said was committed?
//
// The oracle's memory is on another disk than the kiosk's: it is this process.
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { openStore, verifyJournal } from "../../src/store/sqlite-store.js";
import { testClock } from "../store/fixtures.js";

interface Enqueued {
  readonly id: string;
  readonly documents: readonly { readonly sha256: string; readonly length: number }[];
}

export class EnqueueOracle {
  readonly #enqueued = new Map<string, Enqueued>();
  readonly #accepted = new Set<string>();
  readonly #sequences: number[] = [];
  readonly #settled = new Set<number>();

  get enqueued(): number {
    return this.#enqueued.size;
  }

  /** Lines of enqueue-loop.ts. */
  hear(lines: readonly string[]): void {
    for (const line of lines) {
      const [word, ...rest] = line.split(" ");
      const value = JSON.parse(rest.join(" ")) as unknown;
      if (word === "enqueued") this.#enqueued.set((value as Enqueued).id, value as Enqueued);
      if (word === "accepted") this.#accepted.add(value as string);
      if (word === "reserved") this.#sequences.push(value as number);
      if (word === "settled") this.#settled.add(value as number);
    }
  }

  check(dir: string, cut: number): void {
    const chain = verifyJournal(dir);
    assert.is(chain.ok, true, `journal after cut ${cut}: ${JSON.stringify(chain)}`);
    const store = openStore({ dir, clock: testClock, log: silentLog });
    try {
      for (const { id, documents } of this.#enqueued.values()) {
        const state = store.outbox.state(id);
        // Accepted may be committed without having been said; the other way round is a loss.
        if (this.#accepted.has(id)) assert.is(state, "accepted", `cut ${cut}: ${id}`);
        if (state === "accepted") continue;
        assert.is(state, "sealed", `cut ${cut}: ${id}`);
        for (const { sha256, length } of documents) {
          const bytes = store.outbox.readDocument(sha256, 0, length);
          assert.is(createHash("sha256").update(bytes).digest("hex"), sha256, `cut ${cut}: ${id}`);
        }
      }
      for (const open of store.journal.open())
        assert.is(this.#settled.has(open.id), false, `cut ${cut}: a settled intent is open`);
      const files = store.outbox
        .pending(100_000)
        .reduce((sum, row) => sum + (row.documents.length > 1 ? row.documents.length + 1 : 1), 0);
      assert.is(readdirSync(join(dir, "blobs")).length, files, "blobs without a row, or rows without blobs");
      // A cut is no damage: nobody is alarmed by one.
      assert.is(store.damage(), null, `cut ${cut}: ${JSON.stringify(store.damage())}`);
      assert.is(new Set(this.#sequences).size, this.#sequences.length, "a sequence was given out twice");
    } finally {
      store.close();
    }
  }
}
