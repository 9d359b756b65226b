// A disk that is really full: is it said, is nothing half-kept, and can the queue still be emptied?
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { randomSubmission, testClock, withFolder } from "../store/fixtures.js";

/** A small disk of its own; only root may mount one. */
const withSmallDisk = (megabytes: number, act: (dir: string) => void) =>
  withFolder((folder) => {
    const dir = join(folder, "disk");
    mkdirSync(dir);
    const mounted =
      spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir]).status === 0;
    if (!mounted) {
      process.stdout.write("skipped: a small disk can not be mounted here\n");
      return;
    }
    try {
      act(dir);
    } finally {
      spawnSync("umount", [dir]);
    }
  });

const open = (dir: string): Store =>
  openStore({ dir: join(dir, "store"), clock: testClock, log: silentLog, keepFreeBytes: 0 });

/** Enqueues until the disk refuses; returns what was taken. */
const fill = (store: Store, size: number): string[] => {
  const taken: string[] = [];
  for (let turn = 0; turn < 5000; turn += 1) {
    try {
      const submission = randomSubmission(store.outbox.reserveSequence(), [size]);
      store.outbox.enqueue(submission);
      taken.push(submission.submissionId);
    } catch (thrown) {
      assert.instance(thrown, FaultError);
      assert.is((thrown as FaultError).code, "store.full");
      return taken;
    }
  }
  return assert.unreachable("the disk never filled") as never;
};

test("a full disk refuses by name, keeps what it took, opens again and lets the queue be emptied", () =>
  withSmallDisk(40, (dir) => {
    const store = open(dir);
    const taken = [...fill(store, 300_000), ...fill(store, 9000)];
    assert.is(store.quota().level, "refuse");
    assert.is(store.outbox.stats().queued, taken.length);
    assert.equal(
      readdirSync(join(dir, "store", "blobs")).filter((name) => name.endsWith(".tmp")),
      [],
    );
    store.close();
    const again = open(dir);
    assert.equal(
      again.outbox
        .pending(10_000)
        .map((row) => row.submissionId)
        .sort(),
      [...taken].sort(),
    );
    for (const id of taken) {
      again.outbox.mark(id, "sending");
      again.outbox.applyStatus(id, { revision: 1, state: "received", receiptNumber: "R", appointment: null });
      again.outbox.mark(id, "accepted");
    }
    assert.is(again.outbox.stats().queued, 0);
    assert.is(again.quota().level, "ok");
    again.outbox.enqueue(randomSubmission(again.outbox.reserveSequence(), [300_000]));
    again.close();
  }));

test.run();
