// Does a portal ask only so many kiosks at a time for their documents, and is nobody forgotten who still listens?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Turns } from "../../src/portal/turns.js";
import { handClock } from "./hand-clock.js";

const rig = (mostAtOnce: number) => {
  const hand = handClock();
  const begun: string[] = [];
  const failed: unknown[] = [];
  const turns = new Turns({ clock: hand.clock, failed: (thrown) => failed.push(thrown), mostAtOnce });
  const ask = (...names: readonly string[]): void => {
    for (const name of names) turns.ask(name, () => void begun.push(name));
  };
  return { ...hand, turns, begun, failed, ask };
};

test("as many as fit begin at once, the others in their order when one is over", () => {
  const { turns, begun, ask } = rig(2);
  ask("a", "b", "c", "d");
  assert.equal(begun, ["a", "b"]);
  ask("a");
  assert.equal(begun, ["a", "b", "a"], "who is sending may ask again");
  turns.over("b");
  assert.equal(begun.slice(3), ["c"]);
  ask("d", "e");
  turns.over("a");
  turns.over("c");
  assert.equal(begun.slice(4), ["d", "e"], "asking again keeps the place");
});

test("a turn that is idle is over by itself; one of which chunks come is not", () => {
  const { turns, begun, ask, pass } = rig(1);
  ask("slow");
  for (let second = 0; second < 8; second += 1) {
    ask("next");
    pass(1_000);
    turns.heard("slow");
  }
  assert.equal(begun, ["slow"]);
  ask("next");
  pass(7_000);
  assert.equal(begun, ["slow", "next"]);
});

test("who does not listen any more is not asked, and nothing is left running", () => {
  const { turns, begun, ask, pass, timers } = rig(1);
  ask("long", "gone");
  for (let second = 0; second < 45; second += 1) {
    pass(1_000);
    turns.heard("long");
  }
  turns.over("long");
  pass(2_000);
  assert.equal(begun, ["long"]);
  assert.is(timers(), 0);
  ask("gone");
  assert.equal(begun, ["long", "gone"]);
});

test("who stood back and announces it again every 25 s keeps the place, and has it at once when it comes", () => {
  const { turns, begun, ask, pass } = rig(1);
  ask("long", "first", "second");
  for (let second = 1; second <= 60; second += 1) {
    pass(1_000);
    turns.heard("long");
    if (second % 25 === 0) ask("second", "first");
  }
  turns.over("long");
  turns.over("first");
  assert.equal(begun, ["long", "first", "second"]);
});

test("thousands that turn out to be taken already are all answered, and one that fails holds up nobody", () => {
  const { turns, failed } = rig(1);
  let answered = 0;
  turns.ask("first", () => {});
  turns.ask("bad", () => {
    throw new Error("the database is away");
  });
  for (let number = 0; number < 4_000; number += 1)
    turns.ask(`k${number}`, () => {
      answered += 1;
      turns.over(`k${number}`);
    });
  turns.over("first");
  assert.is(answered, 4_000);
  assert.is(failed.length, 1);
});

test.run();
