// The reader falls silent at any moment: every wait ends in bounded time with the fault that names the part.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ACK_FRAME, encodeFrame, FrameDecoder, TFI_ANSWER } from "../../src/hal/chip-reader/pn532/frame.js";
import { Pn532Link } from "../../src/hal/chip-reader/pn532/link.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { clock, faultOf, thrownBy, until } from "../contract/bench.js";
import { fileCard, forever, isBlock, openSim, readBlock, superviseSim } from "./reader-bench.js";

test("silent at a poll, at an APDU, at a health question", async () => {
  const { reader, sim } = await openSim();
  sim.control.layCard(fileCard());
  const card = await reader.waitForCard(forever());
  sim.quirks.mute = true;
  const started = clock.monotonicMs();
  assert.is(await faultOf(readBlock(card, 0)), "chipReader.silent");
  assert.ok(clock.monotonicMs() - started < 20_000, `${clock.monotonicMs() - started} ms`);
  assert.is(await faultOf(reader.waitForCard(forever())), "chipReader.silent");
  await clock.sleep(1_000);
  assert.is((await reader.health())?.code, "chipReader.silent");
  sim.quirks.mute = false;
  assert.is(await reader.health(), null);
  const again = await reader.waitForCard(forever());
  assert.ok(isBlock(await readBlock(again, 2), 2), "it goes on when the wire is whole again");
  await reader.close();
});

test("an APDU whose answer never comes is the card's loss when the reader still echoes", async () => {
  const { reader, sim } = await openSim();
  sim.control.layCard(fileCard());
  const card = await reader.waitForCard(forever());
  // Deaf for one APDU: neither ACK nor answer, as when the command was damaged on its way.
  sim.quirks.mute = true;
  const reading = faultOf(readBlock(card, 0));
  await clock.sleep(600);
  sim.quirks.mute = false;
  assert.is(await reading, "card.lost");
  assert.is(await reader.health(), null);
  await reader.close();
});

test("the supervisor reopens a silent reader, and it comes back", async () => {
  const { reader, sim, opened } = superviseSim();
  await until("ready", () => reader.status.state === "ready");
  sim.quirks.mute = true;
  assert.is(await faultOf(reader.use((device) => device.waitForCard(forever()))), "chipReader.silent");
  await until("absent", () => reader.status.state === "absent");
  sim.quirks.mute = false;
  await until("ready", () => reader.status.state === "ready", 8_000);
  assert.ok(opened() >= 2);
  await reader.close();
});

test("an answer that comes after its command was given up is never another command's", async () => {
  const [near, far] = memoryPair();
  const link = new Pn532Link(near, clock);
  const decoder = new FrameDecoder();
  const answerTo = (code: number, mark: number) => encodeFrame(TFI_ANSWER, Uint8Array.of(code + 1, mark));
  // A slow chip that does not heed the abort: the first exchange's answer is on the wire when the next comes.
  let late: Uint8Array | null = null;
  far.onData(async (chunk) => {
    for (const frame of decoder.push(chunk)) {
      if (frame.kind !== "data") continue;
      const [code = 0, mark = 0] = frame.body;
      await far.write(ACK_FRAME);
      if (late !== null) await far.write(late);
      late = mark === 1 ? answerTo(code, mark) : null;
      if (code === 0x00)
        await far.write(encodeFrame(TFI_ANSWER, Uint8Array.of(0x01, ...frame.body.subarray(1))));
      else if (mark !== 1) await far.write(answerTo(code, mark));
    }
  });
  const leave = new AbortController();
  const options = { withinMs: 500, repeatable: false };
  const first = thrownBy(link.command(Uint8Array.of(0x40, 1), { ...options, signal: leave.signal }));
  await clock.sleep(20);
  leave.abort(new Error("left"));
  assert.is(((await first) as Error).message, "left");
  assert.equal([...(await link.command(Uint8Array.of(0x40, 2), options))], [2]);
  assert.equal([...(await link.command(Uint8Array.of(0x40, 3), options))], [3]);
  await near.close();
});

test("who waits in line and leaves is gone at once; who runs is not disturbed", async () => {
  const { reader, sim } = await openSim();
  sim.quirks.cardMs = 200;
  sim.control.layCard(fileCard());
  const card = await reader.waitForCard(forever());
  const running = readBlock(card, 1);
  const leave = new AbortController();
  const queued = thrownBy(card.transceive(Uint8Array.of(0, 0xb0, 2, 0, 0), leave.signal));
  await clock.sleep(20);
  leave.abort(new Error("left"));
  const left = clock.monotonicMs();
  assert.is(((await queued) as Error).message, "left");
  assert.ok(clock.monotonicMs() - left < 2_000);
  assert.ok(isBlock(await running, 1));
  assert.ok(isBlock(await readBlock(card, 3), 3), "the card was not lost by it");
  await reader.close();
});

test.run();
