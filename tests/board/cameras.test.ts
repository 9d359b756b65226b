// Do the emulated board's camera commands say what the drivers expect, from what libcamera's `cam` gives?
//
// The far end is a `cam` of a few lines, with the words of libcamera 0.0.3; on the board it is the real one.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { chooseCamera, parseCameraList } from "../../src/hal/camera/camera-list.js";
import { packageRoot } from "../../src/package-root.js";

const STILL = join(packageRoot(), "tests", "board", "arm64", "guest", "usr", "bin", "libcamera-still");
const CAM = fileURLToPath(new URL("./arm64/cam.js", import.meta.url));
const [WIDTH, HEIGHT] = [64, 48] as const;
/** What the sensor can, of what was asked. */
const GIVEN = 60;

/** Each frame is a file of red pixels: R, G, B in memory. */
const FAKE = `#!/bin/sh
case "$*" in *--list*)
  echo "Available cameras:"
  echo "1: 'Sensor B' (platform/vimc.0 Sensor B)"
  echo "2: Internal front camera (/base/soc/i2c0mux/i2c@1/imx708@1a)"
  exit 0 ;;
esac
for word in "$@"; do case "$word" in --file=*) file=\${word#--file=} ;; esac; done
echo "INFO Camera camera.cpp:1026 configuring streams: (0) ${GIVEN}x${HEIGHT}-BGR888" >&2
for number in 000000 000001; do
  out="\${file%%#*}cam0-stream0-$number.bin"
  head -c ${GIVEN * HEIGHT} /dev/zero | sed 's/\\x00/\\xff\\x00\\x00/g' > "$out"
done
`;

const withCam =
  (cam: string, act: (environment: NodeJS.ProcessEnv, folder: string) => unknown) => async () => {
    const folder = mkdtempSync(join(tmpdir(), "motcua-cam-"));
    writeFileSync(join(folder, "cam"), cam);
    chmodSync(join(folder, "cam"), 0o755);
    try {
      await act({ ...process.env, LC_ALL: "C", PATH: `${folder}:${process.env["PATH"] ?? ""}` }, folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

test(
  "the list is read as libcamera-still's own, and a camera is found by a part of its id",
  withCam(FAKE, (env) => {
    const { stdout } = spawnSync("sh", [STILL, "--list-cameras"], { encoding: "utf8", env });
    const cameras = parseCameraList(stdout);
    assert.equal(
      cameras.map(({ index, id }) => [index, id]),
      [
        [1, "platform/vimc.0 Sensor B"],
        [2, "/base/soc/i2c0mux/i2c@1/imx708@1a"],
      ],
    );
    assert.equal(chooseCamera(cameras, "vimc"), { camera: cameras[0] });
  }),
);

test(
  "a frame becomes a JPEG of the wanted size and colour",
  withCam(FAKE, async (env, folder) => {
    const output = join(folder, "still.jpg");
    const words = ["still", "--camera", "1", "--width", String(WIDTH), "--height", String(HEIGHT)];
    const rest = ["--nopreview", "--timeout", "700", "--output", output];
    const { status, stderr } = spawnSync(process.execPath, [CAM, ...words, ...rest], {
      encoding: "utf8",
      env,
    });
    assert.is(status, 0, stderr);
    const { dominant } = await sharp(output).stats();
    assert.ok(dominant.r > 200 && dominant.g < 60 && dominant.b < 60, JSON.stringify(dominant));
    assert.equal(((meta) => [meta.width, meta.height])(await sharp(output).metadata()), [WIDTH, HEIGHT]);
  }),
);

test(
  "a camera that gives nothing is a failure, and leaves no picture",
  withCam("#!/bin/sh\necho 'no camera' >&2\nexit 1\n", (env, folder) => {
    const output = join(folder, "still.jpg");
    const words = [CAM, "still", "--camera", "1", "--width", "64", "--height", "48", "--output", output];
    const { status } = spawnSync(process.execPath, words, { encoding: "utf8", env });
    assert.is.not(status, 0);
    assert.not(existsSync(output));
  }),
);

test.run();
