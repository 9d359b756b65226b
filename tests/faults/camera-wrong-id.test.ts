// The id of a camera in kiosk.toml fits none, or more than one, of those that are there.
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import { chooseCamera, parseCameraList } from "../../src/hal/camera/camera-list.js";
import { openLibcamera } from "../../src/hal/camera/libcamera.js";
import { bench, clock } from "../contract/camera-bench.js";
import { assertFault } from "../contract/wires.js";

/** As libcamera-apps prints it, with a USB camera whose model and id have other characters. */
const LIST = `Available cameras
-----------------
0 : imx708 [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@88000/imx708@1a)
    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]
                             4608x2592 [14.35 fps - (0, 0)/4608x2592 crop]

1 : imx708 [4608x2592 10-bit RGGB] (/base/axi/pcie@120000/rp1/i2c@80000/imx708@1a)
    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]

2 : UVC Camera (046d:0825) [1280x960] (/base/scb/pcie@7d500000/pci@0,0/usb@0,0-1.3:1.0-046d:0825)
`;

test("an id that no camera has: the fault lists those that are there", async () => {
  const board = await bench();
  const wiring = board.wiring({ camera: "imx219" });
  await assertFault("documentCamera.wrongId", /"imx219" \(it lists: 0 \S+imx477@1a, 1 \S+imx708@1a\)/, () =>
    openLibcamera({ wiring, part: "documentCamera", clock }),
  );
  await assertFault("faceCamera.wrongId", /"imx" fits 2 cameras/, () =>
    openLibcamera({ wiring: board.wiring({ camera: "imx" }), part: "faceCamera", clock }),
  );
  assert.match(FAULTS["documentCamera.wrongId"].technician.en, /list-cameras/);
  board.sim.control.setPlugged("document", false);
  await assertFault("documentCamera.absent", /"imx477" \(it lists: 1 /, () =>
    openLibcamera({ wiring: board.wiring({ camera: "imx477" }), part: "documentCamera", clock }),
  );
  await board.close();
});

test("without the command, the fault names it and the folder", async () => {
  const board = await bench();
  const wiring = board.wiring({ camera: "imx477", commandDir: "/nowhere" });
  await assertFault("documentCamera.noCommand", /no command libcamera-still on \/nowhere/, () =>
    openLibcamera({ wiring, part: "documentCamera", clock }),
  );
  assert.match(FAULTS["documentCamera.noCommand"].technician.en, /rpicam-apps/);
  await board.close();
});

test("a list of libcamera-apps is read whole, and an id or a unique part of one chooses", () => {
  const cameras = parseCameraList(LIST);
  assert.equal(
    cameras.map(({ index, model }) => [index, model.split(" ")[0]]),
    [
      [0, "imx708"],
      [1, "imx708"],
      [2, "UVC"],
    ],
  );
  const chosen = (wanted: string | number) => {
    const choice = chooseCamera(cameras, wanted);
    return "camera" in choice ? choice.camera.index : choice.kind;
  };
  assert.is(chosen("i2c@80000"), 1);
  assert.is(chosen("i2c@88000/imx708"), 0);
  assert.is(chosen("046d:0825"), 2);
  assert.is(chosen("imx708"), "wrong");
  assert.is(chosen("imx477"), "wrong");
  assert.is(chosen(1), 1);
  assert.is(chosen(7), "missing");
});

test("fuzz: any text is a list of at most 64 cameras, in bounded time", () => {
  const lines = fc.array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.constantFrom(...LIST.split("\n")),
      fc.stringMatching(/^[ 0-9:()[\]/@a-z]{0,80}$/),
    ),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(lines, fc.string(), (text, wanted) => {
      const cameras = parseCameraList(text.join("\n"));
      assert.ok(cameras.length <= 64);
      for (const { index, id } of cameras) assert.ok(Number.isInteger(index) && id.length > 0);
      const choice = chooseCamera(cameras, wanted);
      if ("camera" in choice) assert.ok(choice.camera.id.includes(wanted));
    }),
  );
  const began = performance.now();
  parseCameraList(`0 : ${"a [".repeat(300)}\n`.repeat(5_000));
  parseCameraList(`${" ".repeat(1_000_000)}(`);
  assert.ok(performance.now() - began < 5_000);
});

test.run();
