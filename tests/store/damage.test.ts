// When a disk damages what it keeps: is each confirmed submission there, whole, or else named, and no number twice?
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import type { EventName } from "../../src/core/log.js";
import { type Random, seededRandom } from "../../src/ml/samples/random.js";
import { openStore, verifyJournal } from "../../src/store/sqlite-store.js";
import type { Store, StoreDamage } from "../../src/store/store.js";
import { loadDeviceKey } from "../../src/sync/protocol/keys.js";
import { testClock } from "./fixtures.js";
import { INJURIES } from "./injuries.js";
import { readerOf } from "./signed.js";

const SEED = Number(process.env["MOTCUA_DAMAGE_SEED"] ?? 20_261_122);
/** Trials with two injuries at once, after each injury alone. */
const PAIRS = process.env["MOTCUA_LONG"] === "1" ? 600 : 14;
const LOOP = fileURLToPath(new URL("./damage-loop.js", import.meta.url));
const DAY = "2026-11-22";

interface Promised {
  readonly id: string;
  readonly sequence: number;
  readonly documents: readonly { readonly sha256: string; readonly length: number }[];
}

/** What a kiosk had said was committed, before its disk was hurt. */
class Promises {
  readonly enqueued: Promised[] = [];
  readonly accepted = new Set<string>();
  ticket = 0;

  constructor(lines: readonly string[]) {
    for (const line of lines) {
      const space = line.indexOf(" ");
      const value = JSON.parse(line.slice(space + 1)) as unknown;
      const word = line.slice(0, space);
      if (word === "enqueued") this.enqueued.push(value as Promised);
      if (word === "accepted") this.accepted.add(value as string);
      if (word === "ticket") this.ticket = value as number;
    }
  }

  get sequence(): number {
    return Math.max(...this.enqueued.map(({ sequence }) => sequence));
  }
}

const work = (dir: string, key: string, turns: number): Promises => {
  const { stdout, signal } = spawnSync(process.execPath, [LOOP, dir, key, String(turns)], { encoding: "utf8" });
  assert.is(signal, "SIGKILL", "the kiosk did not work to its end");
  return new Promises(stdout.trim().split("\n"));
};

/** In memory where there is such a place: what is tried here is not the disk's speed. */
const withBench = (act: (bench: string) => void): void => {
  const bench = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "motcua-damage-"));
  try {
    act(bench);
  } finally {
    rmSync(bench, { recursive: true, force: true });
  }
};

const openAt = (dir: string, key: string, said: EventName[] = []): Store =>
  openStore({
    ...{ dir, clock: testClock, readManifest: readerOf(loadDeviceKey(key)) },
    log: (event) => said.push(event),
  });

const isWhole = (store: Store, { documents }: Promised): boolean => {
  try {
    return documents.every(({ sha256, length }) => {
      const bytes = store.outbox.readDocument(sha256, 0, length);
      return createHash("sha256").update(bytes).digest("hex") === sha256;
    });
  } catch {
    return false;
  }
};

const isNamed = (damage: StoreDamage | null, { id, documents }: Promised): boolean => {
  const names = new Set(damage?.lost.map(({ submission }) => submission));
  return names.has(id) || documents.some(({ sha256 }) => names.has(sha256));
};

/** Returns how many came back whole. */
const check = (store: Store, promises: Promises): number => {
  let whole = 0;
  for (const promised of promises.enqueued) {
    const state = store.outbox.state(promised.id);
    if (promises.accepted.has(promised.id)) {
      // The portal has it. When the database forgot that, somebody is told that commits are lost.
      if (state !== "accepted") assert.ok(store.damage() !== null, `${promised.id} is ${state}, and nobody is told`);
      continue;
    }
    const isThere = state !== undefined && isWhole(store, promised);
    if (isThere) whole += 1;
    else assert.ok(isNamed(store.damage(), promised), `${promised.id} (${state}) is gone, and nobody is told`);
  }
  return whole;
};

const checkNumbers = (store: Store, promises: Promises): void => {
  for (let turn = 0; turn < 2; turn += 1) {
    assert.ok(store.outbox.reserveSequence() > promises.sequence, "a sequence twice");
    assert.ok(store.nextTicket(DAY) > promises.ticket, "a ticket twice");
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
    process.stdout.write(`${trials.length} trials: ${whole} of ${trials.length * waiting} came back whole, the rest is named\n`);
    assert.ok(whole >= trials.length * waiting * 0.9, "too few came back");
  }));

test.run();
