// After kill -9 at any point, is everything there that the kiosk had said was committed?
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { openStore, verifyJournal } from "../../src/store/sqlite-store.js";
import { testClock, withFolder } from "../store/fixtures.js";

const CUTS = 24;
const LOOP = fileURLToPath(new URL("./enqueue-loop.js", import.meta.url));

/** Runs the loop in `dir` and kills it `afterMs` after it is ready. Returns the whole lines that it said. */
const runAndKill = (dir: string, afterMs: number): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LOOP, dir], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    let armed = false;
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (armed) return;
      armed = true;
      setTimeout(() => child.kill("SIGKILL"), afterMs);
    });
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      if (signal === "SIGKILL") resolve(said.split("\n").slice(0, -1));
      else reject(new Error("the loop ended by itself"));
    });
  });

interface Enqueued {
  readonly id: string;
  readonly documents: readonly { readonly sha256: string; readonly length: number }[];
}

test(`${CUTS} times kill -9: committed rows, blobs and journal are all there`, () =>
  withFolder(async (dir) => {
    const enqueued = new Map<string, Enqueued>();
    const accepted = new Set<string>();
    const sequences: number[] = [];
    const settled = new Set<number>();
    for (let cut = 0; cut < CUTS; cut += 1) {
      for (const line of await runAndKill(dir, (cut * 37) % 180)) {
        const [word, ...rest] = line.split(" ");
        const value = JSON.parse(rest.join(" ")) as unknown;
        if (word === "enqueued") enqueued.set((value as Enqueued).id, value as Enqueued);
        if (word === "accepted") accepted.add(value as string);
        if (word === "reserved") sequences.push(value as number);
        if (word === "settled") settled.add(value as number);
      }
      assert.is(verifyJournal(dir).ok, true, `journal after cut ${cut}`);
      const store = openStore({ dir, clock: testClock, log: silentLog });
      for (const { id, documents } of enqueued.values()) {
        const state = store.outbox.state(id);
        // Accepted may be committed without having been said; the other way round is a loss.
        if (accepted.has(id)) assert.is(state, "accepted", id);
        if (state === "accepted") continue;
        assert.is(state, "sealed", `cut ${cut}: ${id}`);
        for (const { sha256, length } of documents) {
          const bytes = store.outbox.readDocument(sha256, 0, length);
          assert.is(createHash("sha256").update(bytes).digest("hex"), sha256);
        }
      }
      for (const open of store.journal.open())
        assert.is(settled.has(open.id), false, "a settled intent is open");
      const files = store.outbox
        .pending(100_000)
        .filter((row) => row.documents.length > 1)
        .reduce((sum, row) => sum + row.documents.length + 1, 0);
      assert.is(readdirSync(join(dir, "blobs")).length, files, "blobs without a row, or rows without blobs");
      store.close();
    }
    assert.ok(enqueued.size > CUTS, `only ${enqueued.size} submissions were made`);
    assert.is(new Set(sequences).size, sequences.length, "a sequence was given out twice");
  }));

test.run();
