// An answer that comes in parts stops in the middle, or never ends: it is lost or refused whole, never half given.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cardA, clock, pattern } from "../contract/bench.js";
import { assertFault } from "../contract/wires.js";
import { forever, openSim } from "./reader-bench.js";

const READ = Uint8Array.of(0x00, 0xb0, 0x00, 0x00, 0x00);

test("the card leaves behind each part: lost, and the next activation reads the whole", async () => {
  const { reader, sim } = await openSim();
  sim.quirks.answerChunkBytes = 50;
  for (let parts = 1; parts <= 5; parts++) {
    sim.control.layCard(cardA(() => pattern(258)));
    const card = await reader.waitForCard(forever());
    let commands = 0;
    const stop = sim.onCommand(() => {
      commands += 1;
      if (commands === parts + 1) sim.control.liftCard();
    });
    await assertFault("card.lost", /RF time-out/, () => card.transceive(READ));
    stop();
    assert.is(await reader.health(), null);
    sim.control.layCard(cardA(() => pattern(258)));
    const again = await reader.waitForCard(forever());
    assert.equal([...(await again.transceive(READ))], [...pattern(258)]);
    await again.release();
  }
  await reader.close();
});

test("a chip that says for ever that more follows: refused in bounded time and memory", async () => {
  const { reader, sim } = await openSim();
  sim.control.layCard(cardA(() => pattern(258)));
  const card = await reader.waitForCard(forever());
  sim.quirks.endlessAnswer = true;
  const started = clock.monotonicMs();
  await assertFault("chipReader.failed", /without an end/, () => card.transceive(READ));
  assert.ok(clock.monotonicMs() - started < 20_000);
  sim.quirks.endlessAnswer = false;
  const again = await reader.waitForCard(forever());
  assert.is((await again.transceive(READ)).length, 258);
  await reader.close();
});

test.run();
