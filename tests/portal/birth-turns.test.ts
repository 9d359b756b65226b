// Does a fleet that is born at once leave the portal time for everything else, and is each kiosk greeted?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BirthTurns } from "../../src/portal/replicas/birth-turns.js";
import { ALONE, type Peers } from "../../src/portal/replicas/peers.js";
import { handClock } from "./hand-clock.js";

const FLEET = 1_000;
/** What one look-up takes. */
const LOOK_MS = 2;

test("one kiosk is greeted at once, a thousand get a part of the time", () => {
  const hand = handClock();
  const told: string[] = [];
  const births = new BirthTurns(ALONE, hand.clock, (kiosk) => {
    told.push(kiosk);
    hand.take(LOOK_MS);
  });
  for (let number = 0; number < FLEET; number += 1) births.greet(`K${number}`);
  assert.equal(told, ["K0"], "the others do not hold up what came with them");
  hand.pass(1_000);
  assert.ok(told.length > 50 && told.length < 200, `${told.length} in a second`);
  hand.pass(30_000);
  assert.is(new Set(told).size, FLEET);
  assert.is(told.length, FLEET);
  assert.is(hand.timers(), 0);
  births.greet("late");
  assert.is(told.at(-1), "late");
  births.close();
  assert.is(hand.timers(), 0);
});

test("whose birth another replica claimed is looked at once more, and a database that is away ends nothing", () => {
  const hand = handClock();
  const told: string[] = [];
  let answer: () => boolean = () => false;
  const peers: Peers = { ...ALONE, several: true, claim: () => answer() };
  const births = new BirthTurns(peers, hand.clock, (kiosk) => told.push(kiosk));
  for (const kiosk of ["a", "b", "c"]) births.greet(kiosk);
  hand.pass(1_000);
  assert.equal(told, []);
  let asked = 0;
  answer = () => {
    asked += 1;
    if (asked === 1) throw new Error("away");
    return true;
  };
  hand.pass(20_000);
  assert.equal(told, ["b", "c"]);
  assert.is(hand.timers(), 0);
});

test.run();
