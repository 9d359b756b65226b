// Does a camera stream small frames in time, make room for stills, and stay the same camera whatever its number?
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Camera, Frame, PreviewOptions } from "../../src/hal/camera/camera.js";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import { exposureOf } from "../../src/hal/camera/metadata.js";
import { deniedMediaDevice } from "../../src/hal/camera/permission.js";
import { vidWords } from "../../src/hal/camera/vid-command.js";
import { type Bench, bench, clock, processesWith } from "./camera-bench.js";
import { assertFault, eventually } from "./wires.js";

const SMALL: PreviewOptions = { widthPx: 320, heightPx: 240, framesPerSecond: 10 };

interface Watching {
  readonly frames: Frame[];
  readonly stop: () => Promise<void>;
  readonly ended: Promise<unknown>;
}

const watch = (camera: Camera, options: PreviewOptions = SMALL): Watching => {
  const frames: Frame[] = [];
  const leave = new AbortController();
  const ended = camera
    .preview((frame) => frames.push(frame), options, leave.signal)
    .catch((thrown) => thrown);
  return {
    frames,
    ended,
    stop: async () => {
      leave.abort();
      await ended;
    },
  };
};

const onBench = async (
  work: (board: Bench, camera: Camera) => Promise<void>,
  wanted: number | string = "imx477",
) => {
  const board = await bench();
  const camera = await openLibcamera({
    wiring: board.wiring({ camera: wanted }),
    part: "documentCamera",
    clock,
  });
  try {
    await work(board, camera);
  } finally {
    await camera.close();
    assert.equal(await processesWith(board.folder), [], "no command is left");
    await board.close();
  }
};

const brightness = async (jpeg: Uint8Array): Promise<number> => {
  const { channels } = await sharp(jpeg).stats();
  return channels[0]?.mean ?? 0;
};

test("frames come in order, whole and of the size asked for, until the watcher leaves", () =>
  onBench(async (board, camera) => {
    const watching = watch(camera);
    await eventually("five frames", () => watching.frames.length >= 5, 20_000);
    for (const { jpeg } of watching.frames.slice(0, 5)) {
      const { width, height, format } = await sharp(jpeg).metadata();
      assert.equal([width, height, format], [320, 240, "jpeg"]);
    }
    const times = watching.frames.map(({ takenAtMs }) => takenAtMs);
    assert.equal(
      times,
      [...times].sort((a, b) => a - b),
    );
    await watching.stop();
    assert.is(await watching.ended, undefined, "leaving is no fault");
    await eventually("the command is gone", () => true);
    const seen = watching.frames.length;
    await clock.sleep(300);
    assert.is(watching.frames.length, seen);
    await board.sim.control.setDocument(null);
  }));

test("a still is taken in the middle of a preview, and the preview goes on", () =>
  onBench(async (_board, camera) => {
    const watching = watch(camera);
    await eventually("frames", () => watching.frames.length >= 2, 20_000);
    const { jpeg } = await camera.still();
    assert.is((await sharp(jpeg).metadata()).width, 640);
    const before = watching.frames.length;
    await eventually("frames again", () => watching.frames.length >= before + 2, 20_000);
    await watching.stop();
  }));

test("two watchers share one stream, each at its own pace and size", () =>
  onBench(async (board, camera) => {
    const small = watch(camera, { ...SMALL, framesPerSecond: 1 });
    await eventually("a small frame", () => small.frames.length >= 1, 20_000);
    const large = watch(camera, { widthPx: 640, heightPx: 480, framesPerSecond: 10 });
    await eventually("large frames", () => large.frames.length >= 6, 20_000);
    assert.is((await sharp(large.frames.at(-1)?.jpeg).metadata()).width, 640);
    assert.ok(small.frames.length < large.frames.length, "the slow one is spared the rest");
    assert.is((await processesWith(board.folder)).filter((line) => line.includes("framerate")).length, 1);
    await small.stop();
    const before = large.frames.length;
    await eventually("the other goes on", () => large.frames.length > before + 1, 20_000);
    await large.stop();
  }));

test("a watcher's own mistake ends its own preview only", () =>
  onBench(async (_board, camera) => {
    const fine = watch(camera);
    const mistake = new Error("the watcher's");
    const wrong = camera.preview(
      () => {
        throw mistake;
      },
      SMALL,
      new AbortController().signal,
    );
    assert.is(await wrong.catch((thrown: unknown) => thrown), mistake);
    const before = fine.frames.length;
    await eventually("the other sees on", () => fine.frames.length > before + 1, 20_000);
    await fine.stop();
  }));

test("closing ends a preview with the camera's fault", () =>
  onBench(async (_board, camera) => {
    const watching = watch(camera);
    await eventually("a frame", () => watching.frames.length >= 1, 20_000);
    await camera.close();
    assert.match(String(await watching.ended), /documentCamera\.absent: the camera was closed/);
  }));

test("after a reboot that swaps the numbers, the id still means the same camera", async () => {
  const board = await bench();
  board.sim.control.setDocument(
    await sharp({ create: { width: 210, height: 297, channels: 3, background: "#fdfdfd" } })
      .png()
      .toBuffer(),
  );
  for (const first of ["document", "face"] as const) {
    board.sim.control.setOrder(first);
    const options = { part: "documentCamera", clock } as const;
    const tray = await openLibcamera({ ...options, wiring: board.wiring({ camera: "i2c@1/imx477" }) });
    const face = await openLibcamera({
      wiring: board.wiring({ camera: "/base/soc/i2c0mux/i2c@0/imx708@1a" }),
      part: "faceCamera",
      clock,
    });
    const centre = async (camera: Camera) => {
      const raw = sharp((await camera.still()).jpeg).extract({ left: 318, top: 238, width: 4, height: 4 });
      return brightness(await raw.jpeg().toBuffer());
    };
    assert.ok((await centre(tray)) > 230, `the tray with the sheet, ${first} first`);
    assert.ok((await centre(face)) < 180, `the room, ${first} first`);
    await tray.close();
    await face.close();
  }
  await board.close();
});

test("a picture tells its exposure; the next one given it does not measure anew", () =>
  onBench(async (board, camera) => {
    const first = await camera.still();
    assert.ok(first.exposure !== undefined);
    board.sim.control.setLight(0.5);
    const free = await camera.still();
    assert.is(
      free.exposure?.shutterUs,
      first.exposure.shutterUs * 2,
      "the automatic exposure follows the light",
    );
    const kept = await camera.still(undefined, first.exposure);
    assert.equal(kept.exposure, first.exposure);
    assert.ok(
      (await brightness(kept.jpeg)) < (await brightness(free.jpeg)) * 0.8,
      "in half the light, darker",
    );
    board.sim.control.setLight(1);
    const again = await camera.still(undefined, first.exposure);
    assert.ok(Math.abs((await brightness(again.jpeg)) - (await brightness(first.jpeg))) < 3, "pages match");
  }));

test("a command that knows no metadata takes pictures all the same", () =>
  onBench(async (board, camera) => {
    const still = readFileSync(`${board.folder}/bin/libcamera-still`, "utf8").split("\n")[1] ?? "";
    await board.command(
      `for w in "$@"; do [ "$w" = --metadata ] && { echo "ERROR: *** unrecognised option '--metadata' ***" >&2; exit 255; }; done\n${still}`,
    );
    const { exposure } = await camera.still();
    assert.is(exposure, undefined);
    assert.is((await camera.still()).exposure, undefined);
  }));

test("numbers of the video command are whole and in range, whatever is asked", () => {
  const fine = { camera: 0, widthPx: 640, heightPx: 480, framesPerSecond: 3 };
  assert.ok(vidWords(fine).every((word) => /^[a-z0-9-]+$/.test(word)));
  for (const bad of [{ camera: -1 }, { widthPx: 0.5 }, { heightPx: Number.NaN }, { framesPerSecond: 1e9 }])
    assert.throws(() => vidWords({ ...fine, ...bad }), /camera option/);
});

test("what is no exposure locks nothing", () => {
  const good = { ExposureTime: 9_999, AnalogueGain: 2, DigitalGain: 1.5, ColourGains: [2.1, 1.6] };
  assert.equal(exposureOf(JSON.stringify(good)), { shutterUs: 9_999, gain: 3, colourGains: [2.1, 1.6] });
  for (const bad of [
    "",
    "{",
    "null",
    "[]",
    JSON.stringify({ ...good, ExposureTime: 0 }),
    JSON.stringify({ ...good, ColourGains: [2.1] }),
    JSON.stringify({ ...good, ColourGains: ["2; reboot", 1] }),
    JSON.stringify({ ...good, AnalogueGain: 1e30 }),
  ])
    assert.is(exposureOf(bad), null, bad);
});

test("devices of another group are named", async () => {
  const refuse = async (path: string) => {
    if (path.endsWith("media1")) throw Object.assign(new Error("no"), { code: "EACCES" });
  };
  const board = await bench();
  for (const name of ["media0", "media1", "video0"])
    await sharp({ create: { width: 1, height: 1, channels: 3, background: "#000" } })
      .png()
      .toFile(`${board.folder}/${name}`);
  assert.is(await deniedMediaDevice(board.folder, refuse), `${board.folder}/media1`);
  assert.is(await deniedMediaDevice(board.folder, async () => {}), null);
  assert.is(await deniedMediaDevice("/nowhere"), null);
  await board.close();
});

test("permission denied by the command itself is said as such", () =>
  onBench(async (board, camera) => {
    await board.command(`echo "Failed to open /dev/media0: Permission denied" >&2; exit 255`);
    await assertFault("documentCamera.notPermitted", /Permission denied/, () => camera.still());
  }));

test.run();
