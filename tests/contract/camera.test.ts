// Does a camera give a whole picture in time, and does every way to fail end in its own fault, with nothing left running?
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import { checkStillOptions } from "../../src/hal/camera/still-options.js";
import { checkPicture } from "../../src/hal/sim/frames.js";
import { bench, clock, processesWith } from "./camera-bench.js";
import { assertFault, eventually } from "./wires.js";

/** Of this process alone: other tests take pictures at the same time. */
const stillFolders = async (): Promise<string[]> =>
  (await readdir("/dev/shm").catch(() => []))
    .filter((name) => name.startsWith(`motcua-still-${process.pid}-`))
    .sort();

const luma = async (jpeg: Uint8Array, left: number, top: number): Promise<number> => {
  const raw = await sharp(jpeg).extract({ left, top, width: 4, height: 4 }).greyscale().raw().toBuffer();
  return raw.reduce((sum, value) => sum + value, 0) / raw.length;
};

const sheet = () =>
  sharp({ create: { width: 210, height: 297, channels: 3, background: "#fdfdfd" } })
    .png()
    .toBuffer();

test("a sheet on the tray is seen white on the dark mat, at the size that was asked for", async () => {
  const board = await bench();
  const before = await stillFolders();
  const camera = await openLibcamera({ wiring: board.wiring(), part: "documentCamera", clock });
  board.sim.control.setDocument(await sheet());
  const { jpeg, takenAtMs } = await camera.still();
  const { width, height, format } = await sharp(jpeg).metadata();
  assert.equal([width, height, format], [640, 480, "jpeg"]);
  assert.ok((await luma(jpeg, 320, 240)) > 230);
  assert.ok((await luma(jpeg, 2, 2)) < 80);
  assert.ok(takenAtMs <= clock.monotonicMs());
  board.sim.control.setDocument(null);
  assert.ok((await luma((await camera.still()).jpeg, 320, 240)) < 80);
  assert.equal(await stillFolders(), before);
  assert.is(await camera.health(), null);
  await camera.close();
  await board.close();
});

test("a photo of a paper fills the frame instead of being laid on the mat", async () => {
  const board = await bench();
  const photo = await sharp({ create: { width: 640, height: 480, channels: 3, background: "#7a5230" } })
    .composite([{ input: await sheet(), gravity: "centre" }])
    .jpeg()
    .toBuffer();
  board.sim.control.setDocument(photo);
  const camera = await openLibcamera({ wiring: board.wiring(), part: "documentCamera", clock });
  const { jpeg } = await camera.still();
  const { data } = await sharp(jpeg)
    .extract({ left: 2, top: 2, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.ok((data[0] ?? 0) > (data[2] ?? 0) + 40, "the corner has the table's brown");
  await camera.close();
  await board.close();
});

test("what is no picture can not lie on the tray", async () => {
  const board = await bench();
  board.sim.control.setDocument(Buffer.from("%PDF-1.7 not an image"));
  const camera = await openLibcamera({ wiring: board.wiring(), part: "documentCamera", clock });
  assert.ok((await luma((await camera.still()).jpeg, 320, 240)) < 80);
  for (const broken of [new Uint8Array(), Buffer.from("%PDF-1.7"), (await sheet()).subarray(0, 60)])
    await checkPicture(broken).then(
      () => assert.unreachable("accepted a broken picture"),
      (thrown) => assert.instance(thrown, Error),
    );
  await camera.close();
  await board.close();
});

test("two pictures asked for at once come one after the other, and both arrive", async () => {
  const board = await bench();
  const camera = await openLibcamera({ wiring: board.wiring({ camera: 1 }), part: "faceCamera", clock });
  const frames = await Promise.all([camera.still(), camera.still()]);
  for (const { jpeg } of frames) assert.is((await sharp(jpeg).metadata()).width, 640);
  await camera.close();
  await board.close();
});

test("a camera that is not plugged in is absent, when opening and when a picture is wanted", async () => {
  const board = await bench();
  const options = { wiring: board.wiring(), part: "documentCamera", clock } as const;
  const camera = await openLibcamera(options);
  board.sim.control.setPlugged("document", false);
  await assertFault("documentCamera.absent", /no cameras available/, () => camera.still());
  await assertFault("documentCamera.absent", /lists no camera 0 \(it lists: 1 \/base\S+imx708@1a\)/, () =>
    openLibcamera(options),
  );
  await camera.close();
  board.sim.control.setPlugged("document", true);
  await (await openLibcamera(options)).close();
  await board.close();
});

test("without the command the fault says which folder was searched", async () => {
  const board = await bench();
  const commandDir = join(board.folder, "empty");
  // The rest of PATH of the test machine has no such command either.
  await assertFault("faceCamera.noCommand", /no command libcamera-still/, () =>
    openLibcamera({ wiring: board.wiring({ commandDir }), part: "faceCamera", clock }),
  );
  await board.close();
});

test("a stalled sensor is a fault at the deadline, nothing of the command is left, the next picture comes", async () => {
  const board = await bench();
  const before = await stillFolders();
  const wiring = board.wiring({ deadlineMs: 700 });
  const camera = await openLibcamera({ wiring, part: "documentCamera", clock });
  board.sim.control.stall("document");
  const started = clock.monotonicMs();
  await assertFault("documentCamera.stalled", /700 ms/, () => camera.still());
  assert.ok(clock.monotonicMs() - started < 15_000);
  assert.equal(await processesWith(board.folder), []);
  assert.equal(await stillFolders(), before);
  await camera.close();
  const again = await openLibcamera({ wiring: board.wiring(), part: "documentCamera", clock });
  assert.ok((await again.still()).jpeg.length > 100);
  await again.close();
  await board.close();
});

test("leaving the step kills shell and command, and rejects with the caller's reason", async () => {
  const board = await bench();
  const camera = await openLibcamera({ wiring: board.wiring(), part: "documentCamera", clock });
  // A shell that stays and has a child of its own: both must go.
  await board.command(`sleep 61.${process.pid} & wait`);
  const leave = new AbortController();
  const reason = new Error("the citizen left");
  const taking = camera.still(leave.signal).catch((thrown: unknown) => thrown);
  let running: string[] = [];
  for (let round = 0; round < 200 && running.length === 0; round++) {
    running = await processesWith(`61.${process.pid}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(running.length > 0, "the command runs");
  leave.abort(reason);
  assert.is(await taking, reason);
  assert.equal(await processesWith(`61.${process.pid}`), []);
  await camera.close();
  await board.close();
});

test("who leaves while another picture is being taken does not wait for it", async () => {
  const board = await bench();
  const camera = await openLibcamera({ wiring: board.wiring(), part: "faceCamera", clock });
  board.sim.control.stall("document");
  const first = camera.still().catch((thrown: unknown) => thrown);
  const leave = new AbortController();
  const second = camera.still(leave.signal).catch((thrown: unknown) => thrown);
  const left = clock.monotonicMs();
  leave.abort(new Error("left"));
  assert.match(String(await second), /left/);
  assert.ok(clock.monotonicMs() - left < 2_000);
  await camera.close();
  assert.match(String(await first), /closed/);
  await board.close();
});

test("a picture that was cut off is a fault, never a frame", async () => {
  const board = await bench();
  const camera = await openLibcamera({ wiring: board.wiring(), part: "documentCamera", clock });
  await board.command(`while [ "$1" != --output ]; do shift; done; printf '\\377\\330\\377\\340half' > "$2"`);
  await assertFault("documentCamera.stalled", /broken picture of 8 bytes/, () => camera.still());
  await board.command("true");
  await assertFault("documentCamera.absent", /ENOENT/, () => camera.still());
  await camera.close();
  await board.close();
});

test("closing ends a picture in progress", async () => {
  const board = await bench();
  const camera = await openLibcamera({ wiring: board.wiring(), part: "documentCamera", clock });
  board.sim.control.stall("document");
  const taking = camera.still().catch((thrown: unknown) => thrown);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await camera.close();
  assert.match(String(await taking), /documentCamera\.absent: the camera was closed/);
  await eventually("no process is left", () => true);
  assert.equal(await processesWith(board.folder), []);
  await board.close();
});

test("nothing but whole numbers, bare flags and a plain path gets into the shell's line", () => {
  const safe = {
    camera: 0,
    width: 640,
    height: 480,
    timeout: 700,
    nopreview: true,
    output: "/dev/shm/a-b_c.1/still.jpg",
  };
  assert.equal(checkStillOptions(safe), safe);
  const plain = /^[A-Za-z0-9/_.-]*$/;
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...Object.keys(safe), "roi", "exif"), fc.anything()),
      (options) => {
        let checked: object;
        try {
          checked = checkStillOptions(options);
        } catch (thrown) {
          assert.instance(thrown, TypeError);
          return;
        }
        for (const value of Object.values(checked)) assert.match(String(value), plain);
      },
    ),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.string(), (path) => {
      if (path.length > 1 && path.startsWith("/") && plain.test(path)) return;
      assert.throws(() => checkStillOptions({ output: path }), TypeError as never);
    }),
  );
  for (const output of [
    "/tmp/a b",
    "/tmp/a;reboot",
    "/tmp/$(id)",
    "/tmp/`id`",
    "a.jpg",
    "/tmp/a\nb",
    "/tmp/a|b",
  ])
    assert.throws(() => checkStillOptions({ output }), /output/);
  for (const bad of [
    { camera: "0" },
    { camera: 1.5 },
    { nopreview: false },
    { timeout: -1 },
    { roi: "0,0,1,1" },
    null,
  ])
    assert.throws(() => checkStillOptions(bad), /camera option/);
});

test.run();
