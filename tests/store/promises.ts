// What had a kiosk said was committed before its disk was hurt, and is it there?
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store, StoreDamage } from "../../src/store/store.js";
import { loadDeviceKey } from "../../src/sync/protocol/keys.js";
import { nextTicket, testClock } from "./fixtures.js";
import { readerOf } from "./signed.js";

const LOOP = fileURLToPath(new URL("./damage-loop.js", import.meta.url));
const DAY = "2026-11-22";

interface Promised {
  readonly id: string;
  readonly sequence: number;
  readonly documents: readonly { readonly sha256: string; readonly length: number }[];
}

/** What a kiosk had said was committed, before its disk was hurt. */
export class Promises {
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

/** A kiosk works in `dir` and is killed. */
export const work = (dir: string, key: string, turns: number): Promises => {
  const { stdout, signal } = spawnSync(process.execPath, [LOOP, dir, key, String(turns)], {
    encoding: "utf8",
  });
  assert.is(signal, "SIGKILL", "the kiosk did not work to its end");
  return new Promises(stdout.trim().split("\n"));
};

export const openAt = (dir: string, key: string): Store =>
  openStore({
    ...{ dir, clock: testClock, readManifest: readerOf(loadDeviceKey(key)) },
    log: silentLog,
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
export const check = (store: Store, promises: Promises): number => {
  let whole = 0;
  for (const promised of promises.enqueued) {
    const state = store.outbox.state(promised.id);
    if (promises.accepted.has(promised.id)) {
      // The portal has it. When the database forgot that, somebody is told that commits are lost.
      if (state !== "accepted")
        assert.ok(store.damage() !== null, `${promised.id} is ${state}, and nobody is told`);
      continue;
    }
    const isThere = state !== undefined && isWhole(store, promised);
    if (isThere) whole += 1;
    else
      assert.ok(isNamed(store.damage(), promised), `${promised.id} (${state}) is gone, and nobody is told`);
  }
  return whole;
};

export const checkNumbers = (store: Store, promises: Promises): void => {
  for (let turn = 0; turn < 2; turn += 1) {
    assert.ok(store.outbox.reserveSequence() > promises.sequence, "a sequence twice");
    assert.ok(nextTicket(store, DAY) > promises.ticket, "a ticket twice");
  }
};
