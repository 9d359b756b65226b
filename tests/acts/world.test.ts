// Does a reader that costs something while it listens (a camera) listen only in steps that want a code?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { watchWorld } from "../../src/acts/world.js";
import type { CitizenEvent, WorldEvent } from "../../src/flows/events.js";
import type { Board } from "../../src/hal/board.js";
import type { CodeReader } from "../../src/hal/code-reader/code-reader.js";
import type { Device, DeviceStatus, Supervised } from "../../src/hal/device.js";
import type { Store } from "../../src/store/store.js";
import { clock } from "../contract/bench.js";

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

const worldWith = (reader: CodeReader, status: DeviceStatus) => {
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
  } as unknown as Store;
  const stop = watchWorld({
    board,
    store,
    clock,
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

test.run();
