// Noise on the wire, lost ACKs, damaged answers: the card hears every APDU once, and every answer is the right one.
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ACK_FRAME, encodeFrame, TFI_ANSWER } from "../../src/hal/chip-reader/pn532/frame.js";
import { clock, faultOf } from "../contract/bench.js";
import { FILE_BLOCKS, fileCard, forever, isBlock, openSim, readBlock } from "./reader-bench.js";

const withCard = async () => {
  const { reader, sim } = await openSim();
  const laid = fileCard();
  sim.control.layCard(laid);
  return { reader, sim, laid, card: await reader.waitForCard(forever()) };
};

test("garbage before an answer is skipped, whatever it looks like", async () => {
  const { reader, sim, laid, card } = await withCard();
  const answer = encodeFrame(TFI_ANSWER, Uint8Array.of(0x41, 0x00, 0x90, 0x00));
  const garbage: Record<string, Uint8Array> = {
    noise: Uint8Array.of(0x12, 0xff, 0x80, 0x7f),
    "a start code": Uint8Array.of(0x00, 0x00, 0xff),
    "a header that would swallow the answer": Uint8Array.of(0x00, 0x00, 0xff, 0x80, 0x80, 0xd5),
    "an extended header": Uint8Array.of(0x00, 0x00, 0xff, 0xff, 0xff, 0x01, 0x08, 0xf7, 0xd5, 0x41),
    "another ACK": ACK_FRAME,
    "half an answer": answer.subarray(0, 7),
    "an answer to another command": encodeFrame(TFI_ANSWER, Uint8Array.of(0x4b, 0x00)),
  };
  for (const [name, bytes] of Object.entries(garbage)) {
    sim.control.injectGarbage(bytes);
    const before = laid.heard.length;
    const started = clock.monotonicMs();
    assert.ok(isBlock(await readBlock(card, 5), 5), name);
    assert.is(laid.heard.length, before + 1, `${name}: told once`);
    assert.ok(clock.monotonicMs() - started < 5_000, name);
    assert.ok(isBlock(await readBlock(card, 6), 6), `after ${name}`);
  }
  await reader.close();
});

test("fuzz: random noise before every answer never changes one", async () => {
  const { reader, sim, laid, card } = await withCard();
  let block = 0;
  // A whole answer frame can not be told from the chip's own; chance makes none.
  const noise = fc.array(fc.oneof(fc.constantFrom(0x00, 0xff, 0xd5), fc.nat(255)), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(noise, async (bytes) => {
      block = (block + 1) % FILE_BLOCKS;
      sim.control.injectGarbage(Uint8Array.from(bytes));
      const before = laid.heard.length;
      assert.ok(isBlock(await readBlock(card, block), block));
      assert.is(laid.heard.length, before + 1);
    }),
    { numRuns: 60 },
  );
  await reader.close();
});

test("a lost ACK does not send an APDU twice", async () => {
  const { reader, sim, laid, card } = await withCard();
  for (let block = 0; block < FILE_BLOCKS; block++) {
    sim.quirks.loseAcks = 1;
    assert.ok(isBlock(await readBlock(card, block), block));
  }
  assert.is(laid.heard.length, FILE_BLOCKS);
  sim.quirks.cardMs = 400;
  sim.quirks.loseAcks = 1;
  assert.ok(isBlock(await readBlock(card, 2), 2), "also when the card takes longer than the ACK's time");
  assert.is(laid.heard.length, FILE_BLOCKS + 1);
  await reader.close();
});

test("lost ACKs while polling cost a repeat, nothing else", async () => {
  const { reader, sim } = await openSim();
  sim.control.layCard(fileCard());
  for (const lost of [1, 2]) {
    sim.quirks.loseAcks = lost;
    const card = await reader.waitForCard(forever());
    assert.ok(isBlock(await readBlock(card, lost), lost));
    await card.release();
  }
  await reader.close();
});

test("a damaged answer is asked for again; the card is not", async () => {
  const { reader, sim, laid, card } = await withCard();
  for (let block = 0; block < FILE_BLOCKS; block++) {
    sim.quirks.damageAnswers = 1 + (block % 2);
    assert.ok(isBlock(await readBlock(card, block), block), `block ${block}`);
  }
  assert.is(laid.heard.length, FILE_BLOCKS);
  await reader.close();
});

test("a chip that answers an error frame has failed; one whose card garbles has lost the card", async () => {
  const { reader, sim, card } = await withCard();
  sim.control.liftCard();
  assert.is(await faultOf(readBlock(card, 0)), "card.lost");
  assert.is(await reader.health(), null);
  await reader.close();
});

test.run();
