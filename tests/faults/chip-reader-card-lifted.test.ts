// The card is lifted in the middle of a reading, at every block, and laid back: nothing is lost but time.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FaultError } from "../../src/core/faults.js";
import type { Card } from "../../src/hal/chip-reader/chip-reader.js";
import { clock, faultOf, until } from "../contract/bench.js";
import { FILE_BLOCKS, fileCard, forever, isBlock, openSim, readBlock, superviseSim } from "./reader-bench.js";

/** Reads from `from` on; resumes where the card was lost, as the chip room does. */
const readAll = async (card: Card, from: number): Promise<number> => {
  for (let block = from; block < FILE_BLOCKS; block++) {
    try {
      assert.ok(isBlock(await readBlock(card, block), block), `block ${block}`);
    } catch (thrown) {
      if (thrown instanceof FaultError && thrown.code === "card.lost") return block;
      throw thrown;
    }
  }
  return FILE_BLOCKS;
};

test("lifted after every possible number of blocks, laid back, read on from there", async () => {
  const { reader, sim, opened } = superviseSim();
  for (let lifted = 1; lifted < FILE_BLOCKS; lifted++) {
    const card = fileCard();
    sim.control.layCard(card);
    const first = await reader.use((device) => device.waitForCard(forever()));
    sim.control.liftAfter(lifted);
    assert.is(await readAll(first, 0), lifted);
    const waiting = reader.use((device) => device.waitForCard(forever()));
    await clock.sleep(lifted % 2 === 0 ? 0 : 120);
    sim.control.layCard(card);
    const again = await waiting;
    assert.is(await readAll(again, lifted), FILE_BLOCKS);
    assert.is(card.resets, 2);
    await again.release();
  }
  assert.is(reader.status.state, "ready", "a lifted card is no fault of the reader");
  assert.is(opened(), 1);
  await reader.close();
});

test("lifted while the chip computes: the exchange ends as lost within the frame waiting time", async () => {
  const { reader, sim } = await openSim();
  sim.quirks.cardMs = 100;
  sim.control.layCard(fileCard());
  const card = await reader.waitForCard(forever());
  const reading = faultOf(readBlock(card, 0));
  await clock.sleep(30);
  sim.control.liftCard();
  const lifted = clock.monotonicMs();
  assert.is(await reading, "card.lost");
  assert.ok(clock.monotonicMs() - lifted < 5_000);
  await reader.close();
});

test("a card laid back while nobody looked is another activation, not the old one", async () => {
  const { reader, sim } = await openSim();
  const card = fileCard();
  sim.control.layCard(card);
  const first = await reader.waitForCard(forever());
  assert.ok(isBlock(await readBlock(first, 3), 3));
  sim.control.liftCard();
  sim.control.layCard(card);
  assert.is(await faultOf(readBlock(first, 4)), "card.lost");
  assert.is(card.heard.length, 1, "the card, newly powered, was told nothing without activation");
  const again = await reader.waitForCard(forever());
  assert.ok(isBlock(await readBlock(again, 4), 4));
  await reader.close();
});

test("a chip that crashes in the middle of a command is lost, and found again after the field was off", async () => {
  const { reader, sim } = await openSim();
  let crash = true;
  const card = fileCard();
  const respond = card.respond.bind(card);
  card.respond = (command) => {
    if (crash) throw new Error("brown-out");
    return respond(command);
  };
  sim.control.layCard(card);
  assert.is(await faultOf(readBlock(await reader.waitForCard(forever()), 0)), "card.lost");
  crash = false;
  const again = await reader.waitForCard(forever());
  assert.ok(isBlock(await readBlock(again, 0), 0));
  await until("idle", () => card.resets === 2);
  await reader.close();
});

test.run();
