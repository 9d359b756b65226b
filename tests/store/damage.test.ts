// When a disk damages what it keeps: is each confirmed submission there, whole, or else named, and no number twice?
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import { type Random, seededRandom } from "../../src/ml/samples/random.js";
import { storeCondition } from "../../src/ops/status.js";
import { verifyJournal } from "../../src/store/sqlite-store.js";
import { testClock } from "./fixtures.js";
import { INJURIES } from "./injuries.js";
import { check, checkNumbers, openAt, type Promises, work } from "./promises.js";

const SEED = Number(process.env["MOTCUA_DAMAGE_SEED"] ?? 20_261_122);
/** Trials with two injuries at once, after each injury alone. */
const PAIRS = process.env["MOTCUA_LONG"] === "1" ? 600 : 14;

/** In memory where there is such a place: what is tried here is not the disk's speed. */
const withBench = (act: (bench: string) => void): void => {
  const bench = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "motcua-damage-"));
  try {
    act(bench);
  } finally {
    rmSync(bench, { recursive: true, force: true });
  }
};

interface Template {
  readonly bench: string;
  readonly key: string;
  readonly promises: Promises;
  readonly random: Random;
}

const trial = ({ bench, key, promises, random }: Template, injuries: readonly string[]): number => {
  const dir = join(bench, "trial");
  rmSync(dir, { recursive: true, force: true });
  cpSync(join(bench, "kiosk"), dir, { recursive: true });
  for (const name of injuries) INJURIES[name]?.({ dir, foreign: join(bench, "foreign"), random });
  const store = openAt(dir, key);
  const whole = check(store, promises);
  checkNumbers(store, promises);
  const told = store.damage();
  if (told !== null) assert.ok(FAULTS[told.fault].technician.vi.length > 20);
  assert.is(storeCondition(store, testClock).now().fault, told?.fault ?? null, "what operations hear");
  const verdict = store.journal.verify();
  store.close();
  assert.equal(verifyJournal(dir).ok, verdict.ok);
  // Once more: what was mended stays mended, and is not told a second time.
  const again = openAt(dir, key);
  assert.is(check(again, promises), whole, "the second opening has others");
  assert.is(again.damage()?.folders.length, told?.folders.length, "told twice");
  again.close();
  return whole;
};

test(`each injury alone and ${PAIRS} pairs: every submission is there or named, no number comes twice`, () =>
  withBench((bench) => {
    const key = join(bench, "device.pem");
    const promises = work(join(bench, "kiosk"), key, 12);
    work(join(bench, "foreign"), join(bench, "foreign.pem"), 5);
    const names = Object.keys(INJURIES);
    const random = seededRandom(SEED);
    const trials = [
      ...names.map((name) => [name]),
      ...Array.from({ length: PAIRS }, () => [random.pick(names), random.pick(names)]),
    ];
    const waiting = promises.enqueued.length - promises.accepted.size;
    let whole = 0;
    for (const [place, injuries] of trials.entries()) {
      try {
        whole += trial({ bench, key, promises, random: seededRandom(SEED + place) }, injuries);
      } catch (thrown) {
        const problem = thrown instanceof Error ? thrown.stack : String(thrown);
        throw new Error(`trial ${place}, seed ${SEED}: ${injuries.join(" + ")}: ${problem}`);
      }
    }
    process.stdout.write(
      `${trials.length} trials: ${whole} of ${trials.length * waiting} came back whole, the rest is named\n`,
    );
    assert.ok(whole >= trials.length * waiting * 0.9, "too few came back");
  }));

test("a lost log: the chain of the journal goes on, and says how many rows there had been", () =>
  withBench((bench) => {
    const dir = join(bench, "kiosk");
    const key = join(bench, "device.pem");
    work(dir, key, 6);
    INJURIES["the log gone"]?.({ dir, foreign: "", random: seededRandom(SEED) });
    const store = openAt(dir, key);
    assert.is(store.journal.verify().ok, true);
    store.journal.note("test", "after", {});
    store.close();
    assert.is(verifyJournal(dir).ok, true);
    const db = new Database(join(dir, "motcua.db"), { readonly: true });
    const note = db.prepare("SELECT data FROM journal WHERE kind = 'store.setAside'").pluck().get();
    db.close();
    const { journal } = JSON.parse(String(note)) as { journal: { kept: number; expected: number } };
    // Two rows a submission; all of them lay in the log.
    assert.equal(journal, { kept: 0, expected: 12 });
  }));

test.run();
