// Is everybody called, once, in an order that can be explained, whatever comes twice, late or wrong?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DeskError } from "../../src/portal/desk-error.js";
import { before, dueMs, PRIORITY_RULE } from "../../src/portal/queue/rule.js";
import type { Held } from "./holdings.js";
import { withHeld } from "./holdings.js";
import { clockAt, DAY, MINUTE_MS, MORNING_MS, messageOf, PLACE, queueOn, ticketOf } from "./queue-rig.js";

const withQueue = (act: (rig: ReturnType<typeof queueOn> & { clock: ReturnType<typeof clockAt> }) => void) =>
  withHeld(async ({ db }: Held) => {
    const clock = clockAt(MORNING_MS + 60 * MINUTE_MS);
    act({ ...queueOn(db, clock), clock });
  });

const refused = (act: () => unknown): void =>
  assert.throws(act, (thrown: unknown) => thrown instanceof DeskError && thrown.status === 409);

const GROUPS = [null, "elderly", "pregnant"] as const;
const RULE = { headStartMinutes: 60, headStarts: { pregnant: 90 } };
const LONGEST_MS = 90 * MINUTE_MS;

test("priority with ageing: within a group by time, priority first, and nobody overtaken for longer than a head start", () => {
  const arrival = fc.record({
    atMs: fc.integer({ min: 0, max: 480 * MINUTE_MS }),
    group: fc.constantFrom(...GROUPS),
    callsBefore: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(arrival, { minLength: 2, maxLength: 60 }), (given) => {
      const people = given
        .sort((a, b) => a.atMs - b.atMs)
        .map(({ atMs, group, callsBefore }, id) => {
          return { id, takenAtMs: atMs, group, callsBefore, dueAtMs: dueMs(RULE, atMs, group) };
        });
      const waiting: typeof people = [];
      const order: typeof people = [];
      // Between two arrivals some are called, by whichever counters.
      const call = () => {
        const next = waiting.sort(before).shift();
        if (next === undefined) return;
        for (const passed of waiting) {
          if (passed.group === next.group)
            assert.ok(passed.id > next.id, "of one group the earlier goes first");
          if (passed.group !== null && next.group === null)
            assert.ok(
              passed.takenAtMs >= next.takenAtMs + 60 * MINUTE_MS,
              "priority waits for nobody it need not",
            );
          assert.ok(
            next.takenAtMs - passed.takenAtMs <= LONGEST_MS,
            "nobody is overtaken by who came much later",
          );
        }
        order.push(next);
      };
      for (const person of people) {
        for (let calls = 0; calls < person.callsBefore; calls += 1) call();
        waiting.push(person);
      }
      while (waiting.length > 0) call();
      assert.is(order.length, people.length);
      assert.is(new Set(order.map(({ id }) => id)).size, people.length);
    }),
    { numRuns: 300 },
  );
});

test("one answer to each message: kept, kept before, from nobody, of another version, of a wrong shape", () =>
  withQueue(({ queue, sent, tell }) => {
    const reasonsOf = () =>
      sent.filter(({ kind }) => kind === "ticketed").map(({ message }) => message["reason"]);
    const kept = () => sent.filter(({ kind }) => kind === "ticketed").map(({ message }) => message["kept"]);
    tell([ticketOf(2), ticketOf(3)]);
    tell([ticketOf(1), ticketOf(2)]);
    assert.equal(kept(), [
      [
        { day: DAY, label: "A002" },
        { day: DAY, label: "A003" },
      ],
      [
        { day: DAY, label: "A001" },
        { day: DAY, label: "A002" },
      ],
    ]);
    assert.equal(
      queue.rows.waiting(PLACE, DAY).map(({ label }) => label),
      ["A001", "A002", "A003"],
      "late and twice, and still in the order of taking",
    );
    sent.length = 0;
    queue.tickets("STRANGE", Buffer.from(JSON.stringify(messageOf([ticketOf(9)]))));
    queue.tickets("T01", Buffer.from(JSON.stringify({ ...messageOf([ticketOf(9)]), v: 2 })));
    queue.tickets("T01", Buffer.from(JSON.stringify({ ...messageOf([]), place: "a place" })));
    queue.tickets("T01", Buffer.from("{"));
    assert.equal(reasonsOf(), ["unknownKiosk", "unsupportedVersion", "badShape", "badShape"]);
    assert.is(sent.length, 4);
    assert.is(queue.rows.waiting(PLACE, DAY).length, 3);
  }));

test("a ticket that is told again after it was called stays called", () =>
  withQueue(({ queue, tell }) => {
    tell([ticketOf(1)]);
    queue.open({ place: PLACE, counter: "3", account: "thu", services: ["general"] });
    queue.callNext({ place: PLACE, counter: "3", by: "thu", current: 0 });
    tell([ticketOf(1)]);
    assert.is(queue.rows.waiting(PLACE, DAY).length, 0);
    assert.is(queue.rows.called(PLACE, DAY)[0]?.label, "A001");
  }));

test("an untrusted clock, or one that is ahead, gives nobody a place before others", () =>
  withQueue(({ queue, tell }) => {
    tell([
      ticketOf(1, { atMs: 0, wallTrust: "floor" }),
      ticketOf(2, { atMs: MORNING_MS + 999 * MINUTE_MS }),
      ticketOf(3, { atMs: MORNING_MS }),
    ]);
    assert.equal(
      queue.rows.waiting(PLACE, DAY).map(({ label }) => label),
      ["A003", "A001", "A002"],
    );
  }));

test("a counter: next, again, away, back in the line, to another service, served", () =>
  withQueue(({ queue, tell, clock }) => {
    tell([ticketOf(1), ticketOf(2), ticketOf(3, { group: "elderly" }), ticketOf(4, { service: "land" })]);
    queue.open({ place: PLACE, counter: "3", account: "thu", services: ["general"] });
    queue.open({ place: PLACE, counter: "4", account: "ban", services: ["land"] });
    const at = (current = 0) => ({ place: PLACE, counter: "3", by: "thu", current });
    const first = queue.callNext(at());
    assert.is(first?.label, "A003", "priority first");
    queue.callAgain(at(first?.id));
    assert.is(queue.rows.ticket(first?.id ?? 0)?.calls, 2);
    clock.nowMs += 5 * MINUTE_MS;
    queue.end(at(first?.id), "absent");
    const second = queue.callNext(at());
    assert.is(second?.label, "A001");
    queue.transfer(at(second?.id), "land");
    assert.equal(
      queue.rows.waiting(PLACE, DAY).map(({ label, service }) => [label, service]),
      [
        ["A001", "land"],
        ["A002", "general"],
        ["A004", "land"],
      ],
      "with the place of its time",
    );
    queue.rejoin(PLACE, first?.id ?? 0, "thu");
    const third = queue.callNext(at());
    assert.is(third?.label, "A002", "who waits for more than a head start goes first");
    assert.is(queue.callNext(at(third?.id))?.label, "A003", "back, with the head start of the group");
    refused(() => queue.callNext(at()));
    refused(() => queue.callNext({ ...at(first?.id), by: "ban" }));
    refused(() => queue.open({ place: PLACE, counter: "3", account: "ban", services: [] }));
    queue.close(PLACE, "thu");
    assert.is(queue.rows.ticket(first?.id ?? 0)?.state, "served", "who goes home has served who was there");
    assert.is(queue.rows.counters(PLACE, DAY).length, 1);
    const other = { place: PLACE, counter: "4", by: "ban", current: 0 };
    assert.is(queue.callNext(other)?.label, "A001");
  }));

test("yesterday's numbers are nobody's today", () =>
  withQueue(({ queue, tell, clock }) => {
    tell([ticketOf(1)]);
    queue.open({ place: PLACE, counter: "3", account: "thu", services: ["general"] });
    clock.nowMs += 24 * 60 * MINUTE_MS;
    refused(() => queue.callNext({ place: PLACE, counter: "3", by: "thu", current: 0 }));
    queue.open({ place: PLACE, counter: "3", account: "thu", services: ["general"] });
    assert.is(queue.callNext({ place: PLACE, counter: "3", by: "thu", current: 0 }), null);
  }));

test("what a kiosk is told: how many before whom, at how many counters, how long, and up to which of its numbers", () =>
  withQueue(({ queue, tell, clock, sent }) => {
    tell([ticketOf(1), ticketOf(2), ticketOf(3), ticketOf(4, { group: "elderly" })]);
    queue.open({ place: PLACE, counter: "3", account: "thu", services: ["general"] });
    const told = queue.messageFor("T01", PLACE);
    assert.equal(told.services[0], {
      ...{ service: "general", waiting: 4, counters: 1, minutes: 10 },
      // Whoever comes now with priority goes before those who came less than an hour ago.
      before: { "": 4, elderly: 1 },
    });
    assert.equal(told.counted, { A: 4 });
    for (let turn = 0; turn < 3; turn += 1) {
      const current = queue.rows.called(PLACE, DAY)[0]?.id ?? 0;
      clock.nowMs += turn === 0 ? 0 : 4 * MINUTE_MS;
      queue.callNext({ place: PLACE, counter: "3", by: "thu", current });
    }
    clock.nowMs += 4 * MINUTE_MS;
    queue.end(
      { place: PLACE, counter: "3", by: "thu", current: queue.rows.called(PLACE, DAY)[0]?.id ?? 0 },
      "served",
    );
    assert.is(queue.messageFor("T01", PLACE).services[0]?.minutes, 4, "as long as it takes today");
    const revisions = sent
      .filter(({ kind }) => kind === "queue")
      .map(({ message }) => Number(message["revision"]));
    assert.equal(
      revisions,
      [...new Set(revisions)].sort((a, b) => a - b),
      "each later than the one before",
    );
    assert.is(PRIORITY_RULE.headStartMinutes, 60);
  }));

test.run();
