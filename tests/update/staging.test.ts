// Is what lies on disk about an update whole, or known not to be: journal lines, pieces, a full disk, a wrong file?
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { OutOfTurn, UpdateJournal } from "../../src/update/journal.js";
import { SPARE_BYTES, Staging } from "../../src/update/staging.js";
import { withDisk } from "../power/with-disk.js";
import { testClock, withFolder } from "../store/fixtures.js";
import { releaseOfBytes } from "./releases.js";

const JOURNAL = "update.journal";
const bytes = randomBytes(300_000);
const release = releaseOfBytes(bytes, 11);

const fetchAll = (staging: Staging, from: Uint8Array = bytes): void => {
  for (let next = staging.wanted(20_000); next !== null; next = staging.wanted(20_000))
    assert.is.not(staging.put(next.from, from.subarray(next.from, next.from + next.length)), "wrong");
};

const rejects = async (work: () => Promise<unknown>, pattern: RegExp): Promise<void> => {
  try {
    await work();
  } catch (thrown) {
    assert.match((thrown as Error).message, pattern);
    return;
  }
  assert.unreachable(`was expected to fail: ${pattern}`);
};

test("pieces are found again by their hashes; what is torn or changed is asked for anew", () =>
  withFolder(async (dir) => {
    const first = await Staging.open(dir, release);
    for (let piece = 0; piece < 3; piece += 1) {
      const next = first.wanted(65_536) ?? { from: -1, length: 0 };
      assert.is(first.put(next.from, bytes.subarray(next.from, next.from + next.length)), "piece");
    }
    assert.is(first.bytes, 3 * 65_536);
    const part = join(dir, `${release.sha256}.part`);
    truncateSync(part, 3 * 65_536 - 1);
    assert.is((await Staging.open(dir, release)).bytes, 2 * 65_536, "the torn piece is not there");
    const content = readFileSync(part);
    content[10] = (content[10] ?? 0) ^ 1;
    writeFileSync(part, content);
    const again = await Staging.open(dir, release);
    assert.is(again.bytes, 65_536, "nor is the changed one");
    assert.is(again.wanted(100)?.from, 0);
    fetchAll(again);
    await again.finish();
    assert.ok(readFileSync(again.bundle).equals(bytes));
    assert.is(await again.problem(), null);
  }));

test("slices out of order are ignored; a wrong piece is dropped whole", () =>
  withFolder(async (dir) => {
    const staging = await Staging.open(dir, release);
    assert.is(staging.put(65_536, bytes.subarray(65_536, 70_000)), "ignored");
    assert.is(staging.put(0, bytes.subarray(0, 30_000)), "kept");
    assert.is(staging.put(0, bytes.subarray(0, 30_000)), "ignored", "it came twice");
    assert.is(staging.put(30_000, bytes.subarray(30_000, 90_000)), "ignored", "it goes beyond the piece");
    assert.is(staging.put(30_000, randomBytes(35_536)), "wrong");
    assert.is(staging.wanted(10)?.from, 0);
    fetchAll(staging);
    await staging.finish();
    assert.ok(staging.isFinished);
  }));

test("a finished bundle that the disk changed is told; another release's rest goes", () =>
  withFolder(async (dir) => {
    const staging = await Staging.open(dir, release);
    fetchAll(staging);
    await staging.finish();
    const content = readFileSync(staging.bundle);
    content[299_999] = (content[299_999] ?? 0) ^ 1;
    writeFileSync(staging.bundle, content);
    assert.match((await staging.problem()) ?? "", /not the one that was signed/);
    truncateSync(staging.bundle, 100);
    assert.match((await staging.problem()) ?? "", /has 100 bytes, and 300000 were signed/);
    await Staging.open(dir, releaseOfBytes(randomBytes(1_000), 12));
    assert.equal(readdirSync(dir), []);
  }));

test("a stick's file: truncated, or another one", () =>
  withFolder(async (dir) => {
    const file = join(dir, "stick.raucb");
    const staging = await Staging.open(join(dir, "update"), release);
    writeFileSync(file, bytes.subarray(0, 200_000));
    await rejects(() => staging.copyFrom(file), /ends early/);
    writeFileSync(file, randomBytes(300_000));
    await rejects(() => staging.copyFrom(file), /not the bundle that was signed/);
    writeFileSync(file, bytes);
    await staging.copyFrom(file);
    await staging.finish();
    assert.ok(readFileSync(staging.bundle).equals(bytes));
  }));

test("a disk with too little room is told before a byte is fetched, and a full one leaves every piece that was said", () =>
  withDisk(
    async (disk) => {
      const dir = join(disk.folder, "update");
      const staging = await Staging.open(dir, release);
      const large = releaseOfBytes(randomBytes(64), 12);
      const tooLarge = await Staging.open(dir, { ...large, bytes: SPARE_BYTES });
      assert.throws(() => tooLarge.checkRoom(), /the update needs \d+ bytes of the disk, and \d+ are free/);
      spawnSync("dd", ["if=/dev/zero", `of=${join(disk.folder, "filler")}`, "bs=64k"]);
      let full = "";
      let said = 0;
      for (let next = staging.wanted(65_536); next !== null && full === ""; next = staging.wanted(65_536))
        try {
          if (staging.put(next.from, bytes.subarray(next.from, next.from + next.length)) === "piece")
            said += 1;
        } catch (thrown) {
          full = String((thrown as { code?: unknown }).code);
        }
      assert.is(full, "ENOSPC");
      assert.is((await Staging.open(dir, release)).bytes, said * 65_536);
      // Somebody makes room.
      spawnSync("rm", [join(disk.folder, "filler")]);
      const again = await Staging.open(dir, release);
      fetchAll(again);
      await again.finish();
      assert.is(await again.problem(), null);
    },
    { megabytes: 72 },
  ));

test("the journal: a torn line is cut off, a damaged one sets the journal aside, an impossible step is refused", () =>
  withFolder(async (dir) => {
    const journal = new UpdateJournal(dir, testClock);
    await journal.step("offered", 11, { envelope: "AAAA", source: "link" }, () => ({}));
    await journal.enter("fetching", 11);
    const path = join(dir, JOURNAL);
    const whole = statSync(path).size;
    appendFileSync(path, '{"seq":4,"atMs":1,"entry":"after","step":"fetch');
    assert.is(journal.state().step, "fetching");
    await journal.leave("fetching", 11);
    assert.is(journal.state().open, false);
    assert.ok(statSync(path).size > whole);
    assert.is(journal.entries().length, 4);
    await rejects(() => journal.enter("good", 11), /"good" can not begin: the update is at fetching/);
    await rejects(() => journal.leave("installing", 11), /"installing" can not end/);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"build":11', '"build":12'));
    await journal.enter("offered", 13, { envelope: "BBBB" });
    assert.equal([journal.state().build, journal.entries().length], [13, 1]);
    assert.ok(readdirSync(dir).some((name) => name.startsWith(`${JOURNAL}.damaged-`)));
    assert.ok(OutOfTurn.prototype instanceof Error);
  }));

test("two at once: each entry has its turn, and none is lost", () =>
  withFolder(async (dir) => {
    mkdirSync(dir, { recursive: true });
    const journals = [new UpdateJournal(dir, testClock), new UpdateJournal(dir, testClock)];
    await Promise.all(
      journals.map(async (journal, place) => {
        for (let round = 0; round < 10; round += 1)
          await journal.enter("offered", 100 * (place + 1) + round, { envelope: "AAAA" });
      }),
    );
    const entries = journals[0]?.entries() ?? [];
    assert.equal(
      entries.map(({ seq }) => seq),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  }));

test.run();
