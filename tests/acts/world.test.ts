// Does a reader that costs something while it listens (a camera) listen only in steps that want a code? How often does
// an idle kiosk write, and is a disk in trouble told and believed again?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { watchWorld } from "../../src/acts/world.js";
import type { Clock } from "../../src/core/clock.js";
import { FaultError } from "../../src/core/faults.js";
import type { CitizenEvent, WorldEvent } from "../../src/flows/events.js";
import type { Board } from "../../src/hal/board.js";
import type { CodeReader } from "../../src/hal/code-reader/code-reader.js";
import type { Device, DeviceStatus, Supervised } from "../../src/hal/device.js";
import type { Store } from "../../src/store/store.js";
import { clock } from "../contract/bench.js";
import { SimulatedClock } from "../flows/simulated-clock.js";

const readerThat = (watches: boolean) => {
  const listeners = new Set<(text: string) => void>();
  const reader: CodeReader = {
    watches,
    onCode: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    health: async () => null,
    close: async () => {},
  };
  return { reader, listeners };
};

const supervised = <D extends Device>(device: D | null, status: DeviceStatus): Supervised<D> => ({
  part: "codeReader",
  status,
  watch: (callback) => {
    callback(status);
    return () => {};
  },
  use: async (verb) => {
    if (device === null) throw new Error("not there");
    return verb(device);
  },
  restart: async () => {},
});

const SINCE = { sinceMs: 0, inGrace: false } as const;
const AWAY: DeviceStatus = {
  state: "absent",
  fault: { code: "power.absent", detail: "" },
  retryInMs: 1,
  quarantined: false,
  presence: "disconnected",
  ...SINCE,
};
const READY: DeviceStatus = { state: "ready", presence: "connected", ...SINCE };

const worldWith = (
  reader: CodeReader,
  status: DeviceStatus,
  { time = clock, writes = {} }: { time?: Clock; writes?: Partial<Pick<Store, "tryDisk" | "meta">> } = {},
) => {
  const sent: (CitizenEvent | WorldEvent)[] = [];
  const watchers = new Set<() => void>();
  let name = "attract";
  const board = {
    codeReader: supervised(reader, status),
    lines: supervised(null, AWAY),
    power: supervised(null, AWAY),
  } as unknown as Board;
  const store = {
    quota: () => ({ level: "ok", usedFraction: 0 }),
    meta: { set: () => {} },
    tryDisk: () => {},
    ...writes,
  } as unknown as Store;
  const stop = watchWorld({
    board,
    store,
    clock: time,
    visit: {
      send: (event) => sent.push(event),
      get state() {
        return { name, busy: false, open: true, unansweredPrints: [] };
      },
      watch: (callback) => {
        const tell = callback as () => void;
        watchers.add(tell);
        return () => watchers.delete(tell);
      },
    },
  });
  return {
    sent,
    stop,
    step: (next: string) => {
      name = next;
      for (const watcher of watchers) watcher();
    },
  };
};

test("a camera listens while the visit identifies or looks up, and rests elsewhere", async () => {
  const { reader, listeners } = readerThat(true);
  const world = worldWith(reader, {
    ...READY,
    state: "faulted",
    fault: { code: "codeReader.standIn", detail: "" },
  });
  await clock.sleep(20);
  const listening = [
    "attract",
    "identify.showQr",
    "identify.card.laying",
    "papers.place",
    "lookup.asking",
    "attract",
  ];
  assert.equal(
    listening.map((step) => {
      world.step(step);
      return listeners.size;
    }),
    [0, 1, 1, 0, 1, 0],
  );
  world.step("identify.showQr");
  for (const listener of listeners) listener("a code");
  // The screen says where to hold the code: there is no scanner to be seen.
  assert.equal(world.sent, [
    { type: "CODE_READER", fault: "codeReader.standIn" },
    { type: "CODE_SHOWN", text: "a code" },
  ]);
  world.stop();
  assert.is(listeners.size, 0);
});

test("a scanner that costs nothing is always listened to", async () => {
  const { reader, listeners } = readerThat(false);
  const world = worldWith(reader, READY);
  await clock.sleep(20);
  assert.is(listeners.size, 1);
  world.step("papers.place");
  assert.is(listeners.size, 1);
  world.stop();
  assert.is(listeners.size, 0);
});

const LOOK_MS = 5_000;
const LOOKS_AN_HOUR = 720;

/** Counts what is written; `disk.ok` false: each write is refused. */
const idleWorld = () => {
  const time = new SimulatedClock();
  const disk = { ok: true, blocks: 0, rows: 0 };
  const write = (what: "blocks" | "rows") => () => {
    disk[what] += 1;
    if (!disk.ok) throw new FaultError("store.unwritable", "read-only");
  };
  const meta = { get: () => undefined, set: write("rows") };
  const { reader } = readerThat(false);
  const world = worldWith(reader, READY, { time, writes: { tryDisk: write("blocks"), meta } });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  /** One look is under way at a time, and the next is set when it has ended. */
  const looks = async (count: number): Promise<void> => {
    await settled();
    for (let look = 0; look < count; look += 1) {
      time.advance(LOOK_MS);
      await settled();
    }
  };
  const told = () => world.sent.map(({ type }) => type).filter((type) => type !== "CODE_READER");
  return { disk, looks, told, stop: world.stop };
};

test("an idle hour writes thirty blocks and one row, the first look both", async () => {
  const { disk, looks, told, stop } = idleWorld();
  await looks(0);
  assert.equal(disk, { ok: true, blocks: 1, rows: 1 });
  await looks(LOOKS_AN_HOUR - 1);
  assert.equal(disk, { ok: true, blocks: 30, rows: 1 });
  await looks(1);
  assert.equal(disk, { ok: true, blocks: 31, rows: 2 });
  assert.equal(told(), []);
  stop();
});

test("a disk that takes no block is told within two minutes, and believed again when a row went through", async () => {
  const { disk, looks, told, stop } = idleWorld();
  await looks(1);
  disk.ok = false;
  await looks(23);
  assert.equal(told(), ["OUT_OF_SERVICE"]);
  const { rows } = disk;
  await looks(3);
  assert.equal(told(), ["OUT_OF_SERVICE"]);
  disk.ok = true;
  await looks(1);
  assert.equal(told(), ["OUT_OF_SERVICE", "IN_SERVICE"]);
  assert.is(disk.rows, rows + 1);
  stop();
});

test.run();
