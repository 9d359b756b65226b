// How does a camera's video reach the runtime as single frames?
//
// node-libcamera's `vid` hands its output over only once the command has ended (child_process.exec collects it
// as text, 1 MiB at most), so a stream can not come through it: the same command is started here, without a
// shell, each word checked.
import { type RunningCommand, runCommand } from "../process-group.js";
import { MjpegSplitter } from "./mjpeg.js";

export interface VidOptions {
  readonly camera: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number;
}

const LARGEST_SIDE_PX = 20_000;
const MOST_FRAMES_PER_SECOND = 120;

const whole = (name: string, value: number, least: number, most: number): string => {
  if (!Number.isInteger(value) || value < least || value > most) throw new TypeError(`camera option ${name}`);
  return String(value);
};

/** Throws a `TypeError` that names the option that can not be. */
export const vidWords = ({ camera, widthPx, heightPx, framesPerSecond }: VidOptions): readonly string[] => [
  "--camera",
  whole("camera", camera, 0, 255),
  "--width",
  whole("width", widthPx, 1, LARGEST_SIDE_PX),
  "--height",
  whole("height", heightPx, 1, LARGEST_SIDE_PX),
  "--framerate",
  whole("framerate", framesPerSecond, 1, MOST_FRAMES_PER_SECOND),
  "--codec",
  "mjpeg",
  // Until it is killed; each frame leaves the command when it is there.
  "--timeout",
  "0",
  "--flush",
  "--nopreview",
  "--output",
  "-",
];

export interface VidStream {
  readonly running: RunningCommand;
  /** Pictures that came broken so far. */
  readonly broken: () => number;
}

export const startVid = (
  options: VidOptions,
  commandDir: string,
  onFrame: (jpeg: Uint8Array) => void,
): VidStream => {
  const splitter = new MjpegSplitter();
  const running = runCommand({
    command: "libcamera-vid",
    commandDir,
    words: vidWords(options),
    onStdout: (chunk) => {
      for (const jpeg of splitter.push(chunk)) onFrame(jpeg);
    },
  });
  return { running, broken: () => splitter.broken };
};
