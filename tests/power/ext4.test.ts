// When the power of the disk itself goes, is everything there that was said to be committed?
//
// kill -9 leaves the kernel's caches alive; a power cut does not. The control (SQLite as it comes) must lose
// rows under the same cuts, or the cuts prove nothing.
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { seededRandom } from "../../src/ml/samples/random.js";
import { withFolder } from "../store/fixtures.js";
import { INJURIES } from "../store/injuries.js";
import { check, checkNumbers, openAt, work } from "../store/promises.js";
import { runAndCut } from "./cut-process.js";
import { EnqueueOracle } from "./enqueue-oracle.js";
import type { Ext4Disk } from "./ext4-disk.js";
import { withDisk } from "./with-disk.js";

const LONG = process.env["MOTCUA_LONG"] === "1";
const CUTS = {
  queue: LONG ? 140 : 12,
  control: LONG ? 20 : 3,
  migration: LONG ? 60 : 6,
  repair: LONG ? 40 : 4,
};
const scriptOf = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

const withLargeDisk = (act: (disk: Ext4Disk) => Promise<void>): Promise<void> =>
  withDisk(act, { megabytes: 1_024 });

const upTo = (cuts: number) => (cut: number) => cut < cuts;

/** What the script said before each power cut, as long as there are more, is given to `check` after the disk is up again. */
const cutting = async (
  disk: Ext4Disk,
  script: string,
  more: (cut: number) => boolean,
  check: (lines: readonly string[], cut: number) => void,
): Promise<void> => {
  const random = seededRandom(20_261_122);
  for (let cut = 0; more(cut); cut += 1) {
    const lines = await runAndCut(scriptOf(script), disk.folder, random.between(0, 400), () =>
      disk.cutPower(),
    );
    disk.restart();
    check(lines, cut);
  }
};

test(`${CUTS.queue} power cuts while it enqueues: rows, blobs, journal and numbers are all there`, () =>
  withLargeDisk(async (disk) => {
    const oracle = new EnqueueOracle();
    await cutting(disk, "enqueue-loop", upTo(CUTS.queue), (lines, cut) => {
      oracle.hear(lines);
      oracle.check(disk.folder, cut);
    });
    assert.ok(oracle.enqueued > CUTS.queue, `only ${oracle.enqueued} submissions were made`);
  }));

test(`${CUTS.migration} power cuts while it migrates: a version that was reached stays, and every row with it`, () =>
  withLargeDisk(async (disk) => {
    let reached = 0;
    await cutting(disk, "migrate-loop", upTo(CUTS.migration), (lines, cut) => {
      for (const line of lines)
        if (line.startsWith("version ")) reached = Math.max(reached, Number(line.slice(8)));
      const path = join(disk.folder, "migrated.db");
      if (!readdirSync(disk.folder).includes("migrated.db")) return assert.is(reached, 0, `cut ${cut}`);
      const db = new Database(path);
      try {
        const version = Number(db.pragma("user_version", { simple: true }));
        assert.ok(version >= reached, `cut ${cut}: version ${version} after ${reached} was said`);
        assert.is(db.pragma("integrity_check", { simple: true }), "ok");
        // One table, the one of the version, with every row: no step is half done.
        const tables = db.prepare("SELECT name FROM sqlite_schema WHERE name GLOB 'rows_*'").pluck().all();
        assert.equal(tables, version === 0 ? [] : [`rows_${version}`]);
        if (version > 0) assert.is(db.prepare(`SELECT count(*) FROM rows_${version}`).pluck().get(), 3_000);
      } finally {
        db.close();
      }
    });
    assert.ok(reached > 1, "no migration was finished between the cuts");
  }));

test(`${CUTS.repair} power cuts while it repairs a damaged store: the next start finishes the work`, () =>
  withFolder((template) =>
    withLargeDisk(async (disk) => {
      const key = join(template, "device.pem");
      const promises = work(join(template, "store"), key, 7);
      const random = seededRandom(7);
      INJURIES["a page of the database"]?.({ dir: join(template, "store"), foreign: "", random });
      let opened = 0;
      for (let cut = 0; cut < CUTS.repair; cut += 1) {
        rmSync(join(disk.folder, "store"), { recursive: true, force: true });
        cpSync(template, disk.folder, { recursive: true });
        spawnSync("sync", ["-f", disk.folder]);
        const lines = await runAndCut(scriptOf("repair-loop"), disk.folder, random.between(0, 300), () =>
          disk.cutPower(),
        );
        disk.restart();
        if (lines.includes("opened")) opened += 1;
        const store = openAt(join(disk.folder, "store"), key);
        try {
          assert.ok(check(store, promises) >= 4, `cut ${cut}: too few came back`);
          checkNumbers(store, promises);
          assert.ok(store.damage() !== null, `cut ${cut}: nobody is told`);
        } finally {
          store.close();
        }
      }
      process.stdout.write(`${CUTS.repair} cuts of a repair, ${opened} of them after its end\n`);
    }),
  ));

test("the control: cuts of a database with synchronous=NORMAL lose rows", () =>
  withLargeDisk(async (disk) => {
    let [lost, cuts] = [0, 0];
    const look = (lines: readonly string[]): void => {
      cuts += 1;
      const said = lines.filter((line) => line.startsWith("row ")).map((line) => Number(line.slice(4)));
      const last = said.at(-1) ?? 0;
      const db = new Database(join(disk.folder, "control.db"));
      const kept = Number(db.prepare("SELECT coalesce(max(id), 0) FROM rows").pluck().get());
      db.close();
      lost += Math.max(0, last - kept);
    };
    // The kernel writes back when it likes: a few cuts may find everything on the disk.
    const more = (cut: number) => cut < CUTS.control || (lost === 0 && cut < 5 * CUTS.control);
    await cutting(disk, "normal-loop", more, look);
    assert.ok(lost > 0, "nothing was lost: these cuts do not cut");
    process.stdout.write(`the control lost ${lost} acknowledged rows in ${cuts} cuts\n`);
  }));

test.run();
