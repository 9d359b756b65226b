// Do chunk size, window and waits follow what the link can carry?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ChunkPace } from "../../src/sync/chunks.js";
import { Backoff } from "../../src/sync/protocol/backoff.js";

const KB = 1024;

test("fast acknowledgements grow chunks and window to their limits, slow ones shrink both", () => {
  const pace = new ChunkPace();
  assert.equal([pace.bytes, pace.window], [32 * KB, 2]);
  for (let turn = 0; turn < 20; turn += 1) pace.acknowledged(10);
  assert.equal([pace.bytes, pace.window], [64 * KB, 8]);
  pace.acknowledged(1000);
  assert.equal([pace.bytes, pace.window], [64 * KB, 8], "neither fast nor slow");
  pace.acknowledged(5000);
  assert.equal([pace.bytes, pace.window], [32 * KB, 2]);
  for (let turn = 0; turn < 20; turn += 1) pace.lost(45_000);
  assert.is(pace.bytes, 8 * KB);
  pace.acknowledged(10);
  pace.lost(100);
  assert.is(pace.bytes, 16 * KB, "a cut that came at once says nothing of the speed");
});

test("a server's limit is kept, and the end of shrinking is told", () => {
  const pace = new ChunkPace();
  assert.is(pace.limitTo(20_000), true);
  for (let turn = 0; turn < 20; turn += 1) pace.acknowledged(10);
  assert.is(pace.bytes, 20_000);
  let halvings = 0;
  while (pace.halve()) halvings += 1;
  assert.is(halvings, 4);
  assert.is(pace.bytes, KB);
});

test("waits: full jitter under a ceiling that doubles to its cap and starts over", () => {
  const highest = new Backoff(100, 1000, () => 1);
  assert.equal(
    Array.from({ length: 6 }, () => highest.nextMs()),
    [100, 200, 400, 800, 1000, 1000],
  );
  highest.reset();
  assert.is(highest.nextMs(), 100);
  assert.is(new Backoff(100, 1000, () => 0).nextMs(), 0);
});

test.run();
