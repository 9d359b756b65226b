// The sensor stops in the middle of a preview, sends rubbish or half pictures, or its command dies.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import type { Frame } from "../../src/hal/camera/camera.js";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import type { CameraTrouble } from "../../src/hal/sim/far-ends.js";
import { supervise } from "../../src/hal/supervisor.js";
import { type Bench, bench, clock, processesWith } from "../contract/camera-bench.js";
import { assertFault, eventually } from "../contract/wires.js";

const options = { widthPx: 160, heightPx: 120, framesPerSecond: 10, frameWithinMs: 1_500 };
const never = () => new AbortController().signal;

const withCamera = async (
  work: (board: Bench, open: () => ReturnType<typeof openLibcamera>) => Promise<void>,
) => {
  const board = await bench();
  const wiring = board.wiring({ camera: "imx708", deadlineMs: 6_000 });
  await work(board, () => openLibcamera({ wiring, part: "faceCamera", clock }));
  assert.equal(await processesWith(board.folder), [], "nothing of the command is left");
  await board.close();
};

test("a stall is a fault at the deadline; the sensor is opened anew and the next preview runs", () =>
  withCamera(async (board, open) => {
    const camera = supervise({
      part: "faceCamera",
      absentFault: "faceCamera.absent",
      open,
      clock,
      log: silentLog,
      healthEveryMs: 60_000,
      retryFirstMs: 20,
    });
    const states: string[] = [];
    camera.watch(({ state }) => states.push(state));
    let frames: Frame[] = [];
    await assertFault("faceCamera.stalled", /the next preview frame took longer than 1500 ms/, () =>
      camera.use((device) =>
        device.preview(
          (frame) => {
            frames.push(frame);
            if (frames.length === 3) board.sim.control.stall("face");
          },
          options,
          never(),
        ),
      ),
    );
    assert.is(frames.length, 3);
    await eventually("reopened", () => states.filter((state) => state === "ready").length === 2, 20_000);
    frames = [];
    const leave = new AbortController();
    await camera.use((device) =>
      device.preview(
        (frame) => {
          frames.push(frame);
          if (frames.length === 2) leave.abort();
        },
        options,
        leave.signal,
      ),
    );
    assert.is(frames.length, 2);
    assert.match(FAULTS["faceCamera.stalled"].technician.en, /in time/);
    await camera.close();
  }));

for (const kind of ["half", "garbage"] as const satisfies readonly CameraTrouble[])
  test(`${kind} pictures are never shown; when nothing else comes it is a stall that says so`, () =>
    withCamera(async (board, open) => {
      const camera = await open();
      const frames: Frame[] = [];
      const watching = camera.preview((frame) => frames.push(frame), options, never());
      await eventually("good frames", () => frames.length >= 2, 20_000);
      board.sim.control.trouble("face", kind, 2);
      const before = frames.length;
      await eventually("good frames again", () => frames.length >= before + 2, 20_000);
      board.sim.control.trouble("face", kind, 1_000);
      await assertFault(
        "faceCamera.stalled",
        kind === "half" ? /came broken/ : /preview frame/,
        () => watching,
      );
      for (const { jpeg } of frames) assert.equal([...jpeg.subarray(-2)], [0xff, 0xd9]);
      await camera.close();
    }));

test("a command that dies is an absent camera, at once", () =>
  withCamera(async (board, open) => {
    const camera = await open();
    board.sim.control.trouble("face", "crash", 1);
    await assertFault("faceCamera.absent", /libcamera-vid ended with/, () =>
      camera.preview(() => {}, options, never()),
    );
    await camera.close();
  }));

test("a slow sensor is slow, and no fault", () =>
  withCamera(async (board, open) => {
    const camera = await open();
    board.sim.control.trouble("face", "slow", 3);
    const leave = new AbortController();
    let seen = 0;
    await camera.preview(
      () => {
        seen += 1;
        if (seen === 4) leave.abort();
      },
      options,
      leave.signal,
    );
    assert.is(seen, 4);
    await camera.close();
  }));

test("half a still is a fault, and the next one is whole", () =>
  withCamera(async (board, open) => {
    const camera = await open();
    board.sim.control.trouble("face", "half", 1);
    await assertFault("faceCamera.stalled", /broken picture/, () => camera.still());
    assert.ok((await camera.still()).jpeg.length > 1_000);
    await camera.close();
  }));

test.run();
