// The chip answers with its error frame: the command failed, nothing is repeated blindly, and the reader is set up anew.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { clock, until } from "../contract/bench.js";
import { assertFault } from "../contract/wires.js";
import { fileCard, forever, isBlock, openSim, readBlock, superviseSim } from "./reader-bench.js";

test("at an APDU: failed, the card heard nothing, and a new activation reads it", async () => {
  const { reader, sim } = await openSim();
  const laid = fileCard();
  sim.control.layCard(laid);
  const card = await reader.waitForCard(forever());
  sim.quirks.errorFrames = 1;
  await assertFault("chipReader.failed", /0x40 refused/, () => readBlock(card, 0));
  assert.is(laid.heard.length, 0);
  await assertFault("card.lost", /let go/, () => readBlock(card, 0));
  const again = await reader.waitForCard(forever());
  assert.ok(isBlock(await readBlock(again, 0), 0));
  await reader.close();
});

test("at every command of a poll: failed, then the next poll finds the card", async () => {
  const { reader, sim } = await openSim();
  sim.control.layCard(fileCard());
  // Field off, list, bit rate: the third refused means 106 kbit/s and nothing else.
  for (const [before, ends] of [
    [0, "chipReader.failed"],
    [1, "chipReader.failed"],
    [2, null],
  ] as const) {
    let left = before;
    sim.quirks.errorFrames = 0;
    const stop = sim.onCommand(() => {
      sim.quirks.errorFrames = left === 0 ? 1 : 0;
      left -= 1;
    });
    if (ends === null) {
      const card = await reader.waitForCard(forever());
      assert.ok(isBlock(await readBlock(card, 1), 1));
    } else await assertFault(ends, /refused/, () => reader.waitForCard(forever()));
    stop();
    sim.quirks.errorFrames = 0;
    const card = await reader.waitForCard(forever());
    assert.ok(isBlock(await readBlock(card, 2), 2));
  }
  await reader.close();
});

test("at the opening: failed, the port is let go", async () => {
  const sim = new Pn532Sim(clock);
  const [near, far] = memoryPair();
  let closed = false;
  far.onClose(() => {
    closed = true;
  });
  sim.attach(far);
  sim.quirks.errorFrames = 1;
  await assertFault("chipReader.failed", /0x14 refused/, () =>
    openPn532({ port: near, clock, log: silentLog }),
  );
  await until("closed", () => closed);
});

test("the supervisor sets the reader up anew", async () => {
  const { reader, sim, opened } = superviseSim();
  await until("ready", () => reader.status.state === "ready");
  sim.quirks.errorFrames = 1;
  await assertFault("chipReader.failed", /refused/, () =>
    reader.use((device) => device.waitForCard(forever())),
  );
  await until("ready again", () => opened() === 2 && reader.status.state === "ready", 10_000);
  sim.control.layCard(fileCard());
  const card = await reader.use((device) => device.waitForCard(forever()));
  assert.ok(isBlock(await readBlock(card, 5), 5));
  await reader.close();
});

test.run();
