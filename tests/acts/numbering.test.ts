// Does a number stand on disk before anything is promised, and is what is said about the wait true?
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type NumberingParts,
  offerOf,
  queueNow,
  queueParts,
  reconcileTickets,
  takeNumber,
} from "../../src/acts/numbering.js";
import { Printing } from "../../src/acts/printing.js";
import { ConfigError, parseConfig } from "../../src/config.js";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { slipLayout } from "../../src/flows/slip.js";
import { renderLayout } from "../../src/hal/printer/layout.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import type { QueueMessage } from "../../src/sync/protocol/queue.js";
import { clockAt, MINUTE_MS, MORNING_MS } from "../portal/queue-rig.js";
import { withFolder } from "../store/fixtures.js";

const DAY = "2026-11-23";
const PLACE = { name: { vi: "Nhà văn hóa", en: "Cultural centre" }, phone: null };
const CONFIG = parseConfig(
  `[queue]
place = "binh-phu"
prefix = "B"
services = [
  { id = "general", letter = "A", vi = "Chứng thực", en = "Certification" },
  { id = "land", letter = "C", vi = "Đất đai", en = "Land", minutes = 20 },
]
`,
  "test.toml",
);
const PLAIN = { language: "vi", service: "general", group: null } as const;

const stateOf = (more: Partial<QueueMessage> = {}): QueueMessage => ({
  ...{ v: 1, place: "binh-phu", revision: 1, atMs: MORNING_MS, day: DAY },
  services: [{ service: "general", waiting: 6, counters: 2, minutes: 8, before: { "": 6, elderly: 1 } }],
  called: [{ label: "BA004", counter: "3", atMs: MORNING_MS }],
  counted: { BA: 0 },
  ...more,
});

interface House extends NumberingParts {
  readonly clock: ReturnType<typeof clockAt>;
  state: QueueMessage | null;
}

/** The printer of this kiosk is not there: a number is a number all the same. */
const houseOn = (dir: string): House => {
  const clock = clockAt(MORNING_MS);
  const store = openStore({ dir, clock, log: silentLog });
  const house: { state: QueueMessage | null } = { state: null };
  const printing = new Printing({
    ...{ store, clock, log: silentLog, render: renderLayout },
    printer: {
      use: async () => {
        throw new FaultError("printer.absent", "not there");
      },
    } as never,
    layoutOf: (slip) => slipLayout(slip, PLACE, "vi"),
  });
  return Object.assign(house, {
    ...{ config: CONFIG, store, printing, place: PLACE, clock },
    link: {
      queue: {
        get state() {
          return house.state;
        },
        watch: () => () => undefined,
      },
    },
  });
};

const numbersOf = (store: Store) =>
  store.tickets.untold(99).map(({ label, service, group }) => [label, service, group]);

test("each service counts for itself; a number without paper is told like any other", () =>
  withFolder(async (dir) => {
    const house = houseOn(dir);
    const first = await takeNumber(house, PLAIN);
    assert.equal([first.number, first.print.result, first.wait], ["BA001", "notPrinted", null]);
    await takeNumber(house, { ...PLAIN, service: "land", group: "elderly" });
    assert.is((await takeNumber(house, { ...PLAIN, service: "no such thing" })).number, "BA002");
    assert.equal(numbersOf(house.store), [
      ["BA001", "general", null],
      ["BA002", "general", null],
      ["BC001", "land", "elderly"],
    ]);
    house.clock.nowMs += 24 * 60 * MINUTE_MS;
    assert.is((await takeNumber(house, PLAIN)).number, "BA001", "a new day begins anew");
    assert.equal(house.store.journal.open("ticket"), []);
    house.store.close();
  }));

test("a power cut between the number and its paper: the number is not given again, and the journal says so", () =>
  withFolder(async (dir) => {
    const house = houseOn(dir);
    await takeNumber(house, PLAIN);
    // As far as the cut let it come: the intent and the number, and nothing after them.
    const intent = house.store.journal.intent("ticket", `${DAY}/BA`, { service: "general", group: null });
    house.store.tickets.take({
      ...{ day: DAY, letters: "BA", service: "general", group: null, atMs: MORNING_MS, wallTrust: "trusted" },
    });
    house.store.close();
    const again = houseOn(dir);
    reconcileTickets(again.store);
    assert.equal(again.store.journal.open("ticket"), []);
    assert.ok(again.store.journal.find(intent));
    assert.is((await takeNumber(again, PLAIN)).number, "BA003");
    assert.equal(numbersOf(again.store).length, 3, "the cut one is told too");
    again.store.close();
  }));

test("the wait: what the portal counted, own numbers since, at so many counters; old words carry their time", () =>
  withFolder(async (dir) => {
    const house = houseOn(dir);
    house.state = stateOf();
    assert.equal((await takeNumber(house, PLAIN)).wait, {
      ...{ before: 6, minutes: 25, asOf: "2026-11-23T08:00", fresh: true },
    });
    assert.is((await takeNumber(house, PLAIN)).wait?.before, 7, "one was taken here since");
    assert.is(
      (await takeNumber(house, { ...PLAIN, group: "elderly" })).wait?.before,
      1,
      "those behind do not count",
    );
    house.clock.nowMs += 30 * MINUTE_MS;
    assert.is((await takeNumber(house, PLAIN)).wait?.fresh, false);
    const [general] = stateOf().services;
    house.state = stateOf({
      counted: { BA: 4 },
      services: general === undefined ? [] : [{ ...general, counters: 0 }],
    });
    assert.is((await takeNumber(house, PLAIN)).wait?.minutes, null, "nobody serves it yet");
    assert.equal(queueNow(house)?.called, [{ number: "BA004", counter: "3" }]);
    house.clock.nowMs += 4 * 60 * MINUTE_MS;
    assert.is((await takeNumber(house, PLAIN)).wait, null);
    assert.is(queueNow(house), null);
    house.store.close();
  }));

test("a portal's confirmation is kept; old numbers go, what is not confirmed stays", () =>
  withFolder(async (dir) => {
    const house = houseOn(dir);
    await takeNumber(house, PLAIN);
    await takeNumber(house, PLAIN);
    house.store.tickets.told([{ day: DAY, label: "BA001" }], "2027-01-01");
    assert.equal(numbersOf(house.store), [["BA002", "general", null]]);
    assert.is((await takeNumber(house, PLAIN)).number, "BA003", "the count outlives the rows");
    house.store.close();
  }));

test("services and groups are data, and wrong ones are refused by name", () => {
  assert.equal(
    offerOf(CONFIG).services.map(({ id }) => id),
    ["general", "land"],
  );
  assert.is(queueParts(parseConfig("", "x")).place, "VH01", "a kiosk alone is a place");
  assert.is(offerOf(parseConfig("[queue]\ngroups = []", "x")).groups.length, 0);
  const twice = '{ id = "a", letter = "A", vi = "a", en = "a" }';
  for (const wrong of [
    `services = [${twice}, ${twice}]`,
    "services = []",
    'prefix = "abc"',
    'place = "Bình Phú"',
  ])
    assert.throws(
      () => parseConfig(`[queue]\n${wrong}`, "x"),
      (thrown: unknown) => thrown instanceof ConfigError && thrown.message.includes("queue."),
    );
});

test.run();
