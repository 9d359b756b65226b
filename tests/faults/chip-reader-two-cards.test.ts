// Two cards lie on the reader: that is said, neither is read by chance, and with one of them gone it goes on.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import { cardA, cardB } from "../contract/bench.js";
import { assertFault } from "../contract/wires.js";
import { fileCard, forever, isBlock, openSim, readBlock, superviseSim } from "./reader-bench.js";

test("at the first look, type A and type B: neither card hears an APDU, the field goes off", async () => {
  const { reader, sim } = await openSim();
  for (const card of [cardA(), cardB()]) {
    sim.control.layCard(card);
    sim.quirks.secondCard = true;
    await assertFault("card.several", /two type/, () => reader.waitForCard(forever()));
    assert.is(card.heard.length, 0);
    assert.not.ok(sim.fieldOn);
    sim.quirks.secondCard = false;
    const alone = await reader.waitForCard(forever());
    assert.equal([...(await alone.transceive(Uint8Array.of(1, 2, 3, 4)))], [1, 2, 3, 4]);
    sim.control.liftCard();
  }
  await reader.close();
});

test("laid beside the card in the middle of a reading: the card at work is not disturbed", async () => {
  const { reader, sim } = await openSim();
  sim.control.layCard(fileCard());
  const card = await reader.waitForCard(forever());
  assert.ok(isBlock(await readBlock(card, 0), 0));
  sim.quirks.secondCard = true;
  assert.ok(isBlock(await readBlock(card, 1), 1));
  await reader.close();
});

test("it is the card's fault: the reader stays ready, and the citizen is told what to do", async () => {
  const { reader, sim, opened } = superviseSim();
  sim.control.layCard(fileCard());
  sim.quirks.secondCard = true;
  await assertFault("card.several", /two/, () => reader.use((device) => device.waitForCard(forever())));
  assert.is(reader.status.state, "ready");
  assert.is(opened(), 1);
  assert.match(FAULTS["card.several"].citizen.en, /only your citizen card/);
  await reader.close();
});

test.run();
