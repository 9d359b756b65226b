// How do libcamera's raw frames become the JPEGs that libcamera-still and libcamera-vid would give?
//
// Runs on the board: `cam` (libcamera-tools) captures, sharp encodes. vimc draws its picture on the processor, so a
// preview takes single frames with pauses instead of a stream that would leave no time for anything else. Nothing can
// be held before vimc's lens: a paper that lies on the tray is laid over the frame that came through libcamera.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import sharp from "sharp";
import { LAID, PAPER } from "./tray.js";

const run = promisify(execFile);
/** The first frames of a sensor that starts are thrown away. */
const FRAMES = 2;
const CAPTURE_WITHIN_MS = 15_000;
/** Of the frame that a paper fills, lying across. */
const SHARE = 0.94;

interface Raw {
  readonly pixels: Buffer;
  readonly width: number;
  readonly height: number;
}

/** One frame, RGB. libcamera names formats by the little-endian word: BGR888 is R, G, B in memory. */
const capture = async (camera: string, width: number, height: number): Promise<Raw> => {
  const folder = mkdtempSync(join(tmpdir(), "cam-"));
  try {
    const stream = `width=${width},height=${height},pixelformat=BGR888`;
    const words = [
      "-c",
      camera,
      `--capture=${FRAMES}`,
      "-s",
      stream,
      `--file=${join(folder, "frame-#.bin")}`,
    ];
    const { stdout, stderr } = await run("cam", words, { timeout: CAPTURE_WITHIN_MS });
    const last = readdirSync(folder).sort().at(-1);
    if (last === undefined) throw new Error("cam wrote no frame");
    // vimc wants multiples of 6 and takes the next smaller: "configuring streams: (0) 1278x960-BGR888".
    const [, ...given] = /\(0\) (\d+)x(\d+)-/.exec(stderr + stdout) ?? ["", width, height];
    const pixels = readFileSync(join(folder, last));
    return { pixels, width: Number(given[0]), height: Number(given[1]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const [what, ...rest] = process.argv.slice(2);
const { values } = parseArgs({
  args: rest.filter((word) => word !== "--nopreview" && word !== "--immediate" && word !== "--flush"),
  options: Object.fromEntries(
    [
      "camera",
      "width",
      "height",
      "timeout",
      "output",
      "metadata",
      "framerate",
      "codec",
      "shutter",
      "gain",
    ].map((name) => [name, { type: "string" as const }]),
  ),
  strict: false,
});
const camera = String(values["camera"] ?? "1");
const [width, height] = [Number(values["width"]), Number(values["height"])] as const;

const jpeg = async (): Promise<Buffer> => {
  const { pixels, ...raw } = await capture(camera, width, height);
  if (pixels.length !== raw.width * raw.height * 3)
    throw new Error(`cam gave ${pixels.length} bytes, not ${raw.width} × ${raw.height} pixels`);
  const frame = sharp(pixels, { raw: { ...raw, channels: 3 } }).resize(width, height, { fit: "fill" });
  if (!existsSync(LAID)) return frame.jpeg({ quality: 90 }).toBuffer();
  const fit = {
    width: Math.round(width * SHARE),
    height: Math.round(height * SHARE),
    fit: "inside",
  } as const;
  const paper = await sharp(PAPER).rotate(90).resize(fit).toBuffer();
  return frame
    .composite([{ input: paper }])
    .jpeg({ quality: 90 })
    .toBuffer();
};

if (what === "still") {
  writeFileSync(String(values["output"]), await jpeg());
  if (values["metadata"] !== undefined) writeFileSync(String(values["metadata"]), "{}");
} else {
  const pauseMs = 1_000 / Number(values["framerate"] ?? 1);
  for (;;) {
    const frame = await jpeg();
    await new Promise((resolve) => process.stdout.write(frame, resolve));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
