// Does the tray watcher see a page laid down, take it once, and survive pictures that are none?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { createTrayWatcher } from "../../src/ml/page/tray-watcher.js";
import { samplePage, smallFrame } from "./page-frames.js";
import { faultOf } from "./reader-rig.js";

const preview = async (jpeg: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await sharp(jpeg).resize({ height: 640 }).jpeg({ quality: 80 }).toBuffer());

const clock = new SystemClock({ floorMs: 0, synchronised: () => false });
const watcher = createTrayWatcher({ clock });
test.after(() => watcher.close());

const page = await samplePage("birthCertificate", 45);
const lying = await preview((await smallFrame(page, "kiosk camera", 45)).jpeg);
const empty = new Uint8Array(
  await sharp({ create: { width: 480, height: 640, channels: 3, background: "#34363a" } })
    .jpeg()
    .toBuffer(),
);

test("an empty tray asks for a page; a page that lies still is taken once", async () => {
  assert.is((await watcher.look({ jpeg: empty, takenAtMs: 0 }))?.advice, "noPage");
  const taken: number[] = [];
  for (let takenAtMs = 200; takenAtMs <= 2_000; takenAtMs += 200) {
    const look = await watcher.look({ jpeg: lying, takenAtMs });
    if (look?.takeNow === true) taken.push(takenAtMs);
    assert.ok(look?.quad?.every(({ x, y }) => x > -0.1 && x < 1.1 && y > -0.1 && y < 1.1) === true);
  }
  assert.equal(taken, [1_000]);
  watcher.again();
  const again: boolean[] = [];
  for (let takenAtMs = 2_200; takenAtMs <= 3_400; takenAtMs += 200)
    again.push((await watcher.look({ jpeg: lying, takenAtMs }))?.takeNow === true);
  assert.is(again.filter(Boolean).length, 1);
});

test("while one frame is looked at another is refused, not queued", async () => {
  const first = watcher.look({ jpeg: lying, takenAtMs: 10_000 });
  assert.is(await watcher.look({ jpeg: lying, takenAtMs: 10_001 }), null);
  assert.ok((await first) !== null);
});

test("what is no picture is one clear fault, and the next frame is looked at", async () => {
  for (const jpeg of [new Uint8Array(0), new TextEncoder().encode("no picture"), lying.subarray(0, 300)]) {
    const fault = await faultOf(watcher.look({ jpeg, takenAtMs: 11_000 }));
    assert.is(fault.code, "paper.unreadable");
  }
  assert.ok((await watcher.look({ jpeg: lying, takenAtMs: 12_000 })) !== null);
});

test("closed, it starts afresh with the next frame", async () => {
  await watcher.close();
  assert.is((await watcher.look({ jpeg: empty, takenAtMs: 13_000 }))?.advice, "noPage");
});

test.run();
