// Is every event defined in every state, does every way lead back to the first screen, is nothing done twice?
//
// The walk finds every state with a shortest way to it. Each way is then gone on a real visit, with real
// promises and simulated time, and the rules of this file are looked at after every step.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { getNextSnapshot } from "xstate";
import { stepPath, viewOf } from "../../src/flows/view-of.js";
import { visitMachine } from "../../src/flows/visit.js";
import { turn } from "./house.js";
import { EVENTS, type Happening, happeningsIn, keyOf, nameOf, type Reached, walk } from "./walk.js";
import { Watched } from "./watched.js";

const reached = walk();
const story = (path: readonly Happening[]): string => path.map(nameOf).join("\n    then ");

/** Longer than every delay, deadline and idle time in a row: whoever hangs, hangs longer. */
const FOREVER_MS = 15 * 60_000;

const go = async ({ path }: Reached): Promise<Watched> => {
  const kiosk = new Watched();
  for (const happening of path) await kiosk.happen(happening);
  return kiosk;
};

const nameIn = ({ snapshot }: Reached): string => stepPath(snapshot).join(".");

test("the walk reaches every state of the visit", () => {
  const names = new Set(reached.map(nameIn));
  const leaves = (node: (typeof visitMachine.root.states)[string]): string[] =>
    Object.keys(node.states).length === 0
      ? [node.path.slice(1).join(".")]
      : Object.values(node.states).flatMap((child) => leaves(child));
  const visit = Object.entries(visitMachine.root.states).find(([name]) => name === "visit")?.[1];
  assert.ok(visit !== undefined);
  // These decide at once and are never seen.
  const passing = [
    "identify.judging",
    "identify.judgingFace",
    "lookup.judging",
    "form.arriving",
    "papers.arriving",
    "papers.arranged",
    "papers.place.arriving",
    "papers.review.judging",
    "confirm.arriving",
    "papers.stored.arriving",
    "papers.stored.judging",
    "papers.stored.taken",
  ];
  const missing = leaves(visit).filter((name) => !names.has(name) && !passing.includes(name));
  assert.equal(missing, []);
});

test("every event in every state gives a state with a screen (pure)", () => {
  let steps = 0;
  for (const each of reached) {
    for (const event of EVENTS) {
      const next = getNextSnapshot(visitMachine, each.snapshot, event);
      assert.is(next.status, "active", `${nameIn(each)} ${event.type}`);
      const view = viewOf(next);
      assert.ok(view.screen.name.length > 0);
      steps += 1;
    }
  }
  assert.ok(steps > 10_000, `${steps} steps`);
});

test("can.back tells the truth in every state", () => {
  for (const each of reached) {
    const next = getNextSnapshot(visitMachine, each.snapshot, { type: "BACK" });
    const moved = keyOf(next) !== each.key;
    assert.is(viewOf(each.snapshot).can.back, moved, `${nameIn(each)}:\n    ${story(each.path)}`);
  }
});

test("on a real visit every state is what the walk says, and CANCEL leads out of it", async () => {
  for (const each of reached) {
    const kiosk = await go(each);
    const at = `${nameIn(each)}:\n    ${story(each.path)}`;
    assert.is(kiosk.visit.state.name, nameIn(each), at);
    const { can } = kiosk.view;
    const revision = kiosk.view.revision;
    kiosk.send({ type: "CANCEL" });
    kiosk.look("CANCEL");
    const moved = kiosk.view.revision !== revision;
    if (each.snapshot.value.visit !== "goodbye")
      assert.is(moved, can.cancel, `can.cancel tells the truth at ${at}`);
    await kiosk.wait(FOREVER_MS);
    kiosk.look("a long time");
    assert.is(kiosk.view.screen.name, "attract", `after CANCEL at ${at}`);
    assert.ok(
      kiosk.effects.calls.every((call) => call.settled || call.signal?.aborted !== false),
      at,
    );
  }
});

test("whoever walks away and whatever hangs: time leads back to the first screen, and all is forgotten", async () => {
  for (const each of reached) {
    const kiosk = await go(each);
    const at = `${nameIn(each)}:\n    ${story(each.path)}`;
    const { open } = kiosk.visit.state;
    const forgotten = kiosk.effects.forgotten;
    await kiosk.wait(FOREVER_MS);
    kiosk.look("a long time");
    assert.is(kiosk.view.screen.name, "attract", at);
    if (open) assert.ok(kiosk.effects.forgotten > forgotten, at);
    assert.is(kiosk.clock.pending, 0, `no timer is left after ${at}`);
  }
});

test("every event, outcome and time-out of every kind of state, on a real visit", async () => {
  const kinds = new Map(reached.map((each) => [nameIn(each), each] as const));
  let steps = 0;
  for (const each of kinds.values()) {
    for (const happening of happeningsIn(each.snapshot)) {
      const kiosk = await go(each);
      await kiosk.happen(happening);
      await turn();
      kiosk.look(nameOf(happening));
      const busy = kiosk.effects.calls.some((call) => !call.settled && call.signal?.aborted === false);
      if (
        !["identify.card.laying", "identify.cardBack", "papers.place.watching"].includes(
          kiosk.visit.state.name,
        ) &&
        busy
      ) {
        assert.ok(kiosk.visit.state.busy, `${kiosk.visit.state.name} works and does not say so`);
      }
      steps += 1;
    }
  }
  assert.ok(steps > 1_500, `${steps} steps`);
});

test("the keys of the walk are the states' own", () => {
  assert.is(new Set(reached.map(({ key }) => key)).size, reached.length);
  assert.ok(reached.every(({ key, snapshot }) => key === keyOf(snapshot)));
});

test.run();
