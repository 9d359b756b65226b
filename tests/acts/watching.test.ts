// Is each page taken once, by itself, when it is the one that is wanted, and is nothing seen kept?
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { TrayFrames } from "../../src/acts/papers.js";
import { TrayEyes } from "../../src/acts/watching.js";
import { FaultError } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import type { TraySight } from "../../src/flows/sight.js";
import type { Camera, Frame } from "../../src/hal/camera/camera.js";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import { supervise } from "../../src/hal/supervisor.js";
import { SteadyWatch } from "../../src/ml/page/steady.js";
import { createTrayWatcher, type TrayLook, type TrayWatcher } from "../../src/ml/page/tray-watcher.js";
import { bench, clock } from "../contract/camera-bench.js";

type Advice = TrayLook["look"]["advice"];

/** What lies on the tray, as a look would find it. */
interface Scene {
  readonly page: number | null;
  readonly x?: number;
  readonly advice?: Advice;
}

const looked = ({ page, x = 0, advice = page === null ? "noPage" : "none" }: Scene): TrayLook["look"] => ({
  quality: {} as TrayLook["look"]["quality"],
  advice,
  quad:
    page === null
      ? null
      : [
          { x: 0.1 + x, y: 0.1 },
          { x: 0.8 + x, y: 0.1 },
          { x: 0.8 + x, y: 0.9 },
          { x: 0.1 + x, y: 0.9 },
        ],
  cutOffSides: [],
  print: page === null ? new Uint8Array(0) : new Uint8Array(64).fill(page),
});

/** The real memory of pages, over scenes in the place of pictures. */
const watcherOf = (scene: () => Scene): TrayWatcher & { closed: number } => {
  let steady = new SteadyWatch();
  return {
    closed: 0,
    async look({ takenAtMs }) {
      const look = looked(scene());
      return { ...steady.look(look, takenAtMs), look };
    },
    again: () => steady.again(),
    async close() {
      this.closed += 1;
      steady = new SteadyWatch();
    },
  };
};

/** A tray whose scenes follow each other, one a quarter of a second of its own time. */
const trayWith = () => {
  let nowMs = 0;
  let scenes: Scene[] = [];
  let scene: Scene = { page: null };
  const camera = {
    use: <T>(work: (camera: Camera) => Promise<T>) => work(preview as unknown as Camera),
  };
  const preview = {
    preview: (show: (frame: Frame) => void, _: unknown, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const tick = () => {
          if (signal.aborted) return resolve();
          const next = scenes.shift();
          if (next === undefined) return void setTimeout(tick, 1);
          scene = next;
          nowMs += 250;
          show({ jpeg: new Uint8Array([nowMs % 251]), takenAtMs: nowMs });
          setTimeout(tick, 1);
        };
        tick();
      }),
  };
  const watcher = watcherOf(() => scene);
  const frames = new TrayFrames();
  const eyes = new TrayEyes({ camera: camera as never, watcher, frames });
  const sights: TraySight[] = [];
  return {
    eyes,
    watcher,
    frames,
    sights,
    coaches: () => [...new Set(sights.map(({ coach }) => coach))],
    show: (...more: Scene[]) => {
      scenes = more;
      sights.length = 0;
    },
    left: () => scenes.length,
  };
};

const never = () => new AbortController().signal;
const lying = (count: number, scene: Scene): Scene[] => Array.from({ length: count }, () => scene);

/** How many scenes it took, or null when none was taken although all were shown. */
const takes = async (
  tray: ReturnType<typeof trayWith>,
  wish: Parameters<TrayEyes["watch"]>[0],
  scenes: Scene[],
): Promise<boolean> => {
  tray.show(...scenes);
  const stop = new AbortController();
  let ended = false;
  const watching = tray.eyes
    .watch(wish, (sight) => tray.sights.push(sight), stop.signal)
    .then(
      () => true,
      () => false,
    )
    .finally(() => {
      ended = true;
    });
  while (tray.left() > 0 && !ended) await new Promise((resolve) => setTimeout(resolve, 2));
  if (!ended) await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort(new Error("left"));
  return watching;
};

test("a page that lies still is taken; one that is cut off is not, and says why", async () => {
  const tray = trayWith();
  assert.not.ok(await takes(tray, "first", lying(12, { page: 9, advice: "cutOff" })));
  assert.equal(tray.coaches(), ["cutOff"]);
  assert.ok(await takes(tray, "first", [{ page: null }, ...lying(8, { page: 9 })]));
  assert.equal(tray.coaches(), ["noPage", "holdStill"]);
});

test("the next page: the one that was taken by itself is left alone until another lies there", async () => {
  const tray = trayWith();
  assert.ok(await takes(tray, "first", lying(8, { page: 9 })));
  assert.not.ok(await takes(tray, "next", lying(12, { page: 9 })));
  assert.equal(tray.coaches(), ["turnPage"]);
  assert.ok(await takes(tray, "next", [...lying(3, { page: 9 }), ...lying(9, { page: 90 })]));
});

test("the next page: also the one that the button took is left alone", async () => {
  const tray = trayWith();
  // Pressed before the page had lain long enough.
  assert.not.ok(await takes(tray, "first", lying(2, { page: 9 })));
  assert.not.ok(await takes(tray, "next", lying(12, { page: 9 })));
  assert.equal(tray.coaches(), ["turnPage"]);
  assert.ok(await takes(tray, "next", [...lying(2, { page: 9 }), ...lying(9, { page: 90 })]));
});

test("the same page again: not before somebody moved it, or mended what was wrong", async () => {
  for (const before of [lying(8, { page: 9 }), lying(2, { page: 9 })]) {
    const tray = trayWith();
    await takes(tray, "first", before);
    assert.not.ok(await takes(tray, "again", lying(12, { page: 9 })));
    assert.equal(tray.coaches(), ["adjustPage"]);
    assert.ok(await takes(tray, "again", [...lying(3, { page: 9 }), ...lying(8, { page: 9, x: 0.05 })]));
    assert.ok(
      await takes(tray, "again", [...lying(3, { page: 9, advice: "glare" }), ...lying(8, { page: 9 })]),
    );
  }
});

test("of all frames two are there at most, each for one request; with the watch, and with the visit, all are gone", async () => {
  const tray = trayWith();
  const stop = new AbortController();
  tray.show(...lying(6, { page: 9, advice: "glare" }));
  const watching = tray.eyes.watch("first", (sight) => tray.sights.push(sight), stop.signal);
  while (tray.sights.length < 6) await new Promise((resolve) => setTimeout(resolve, 2));
  const tokens = tray.sights.map(({ frameUrl }) => frameUrl.split("/").at(-1) ?? "");
  assert.equal(
    tokens.map((token) => tray.frames.take(token) !== undefined),
    [false, false, false, false, true, true],
  );
  assert.is(tray.frames.take(tokens.at(-1) ?? ""), undefined, "fetched once");
  const last = tray.frames.add(new Uint8Array(1));
  stop.abort(new Error("left"));
  await watching.then(
    () => assert.unreachable(),
    () => undefined,
  );
  assert.is(tray.frames.take(last), undefined);
  await tray.eyes.forget();
  assert.is(tray.watcher.closed, 1, "the process that saw them ends");
});

test("a camera that fails is told; the real watcher finds a real page on the simulated tray and takes it", async () => {
  const board = await bench();
  const camera = supervise<Camera>({
    part: "documentCamera",
    absentFault: "documentCamera.absent",
    open: (signal) =>
      openLibcamera({ wiring: board.wiring({ camera: "imx477" }), part: "documentCamera", clock }, signal),
    clock,
    log: silentLog,
    healthEveryMs: 60_000,
  });
  const lines = Array.from(
    { length: 22 },
    (_, i) => `<rect x="90" y="${120 + i * 40}" width="${560 - (i % 5) * 60}" height="12" fill="#222"/>`,
  ).join("");
  const sheet = `<svg xmlns="http://www.w3.org/2000/svg" width="744" height="1052"><rect width="744" height="1052" fill="#fff"/>${lines}</svg>`;
  const watcher = createTrayWatcher({ clock });
  const eyes = new TrayEyes({ camera, watcher, frames: new TrayFrames() });
  const seen: string[] = [];
  const watching = eyes.watch("first", ({ coach }) => seen.push(coach), never());
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(seen[0], "noPage");
  board.sim.control.setDocument(await sharp(Buffer.from(sheet)).jpeg().toBuffer());
  await watching;
  assert.ok(seen.includes("holdStill"), seen.join());

  board.sim.control.setPlugged("document", false);
  const failed = await eyes
    .watch("first", () => {}, never())
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  assert.instance(failed, FaultError);
  await eyes.forget();
  await camera.close();
  await board.close();
});

test.run();
