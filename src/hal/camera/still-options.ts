// Which options may reach the shell that node-libcamera runs its command in?
//
// node-libcamera joins the options with spaces into one string for `sh -c`, unquoted. So nothing but whole
// numbers, bare flags and a path of our own making may go in.

/** The options of `libcamera-still` that the kiosk uses; the names are the command's. */
export interface StillOptions {
  readonly camera?: number;
  readonly width?: number;
  readonly height?: number;
  readonly timeout?: number;
  readonly nopreview?: true;
  readonly "list-cameras"?: true;
  /** No settling time: exposure and white balance are given. */
  readonly immediate?: true;
  /** Microseconds. */
  readonly shutter?: number;
  readonly gain?: number;
  readonly awbgains?: readonly [red: number, blue: number];
  readonly output?: string;
  /** Where the settings of the picture are written, as JSON. */
  readonly metadata?: string;
}

const WHOLE_NUMBERS = ["camera", "width", "height", "timeout"] as const;
const FLAGS = ["nopreview", "list-cameras", "immediate"] as const;
const PATHS = ["output", "metadata"] as const;
const KNOWN: readonly string[] = [...WHOLE_NUMBERS, ...FLAGS, ...PATHS, "shutter", "gain", "awbgains"];
const SAFE_PATH = /^\/[A-Za-z0-9/_.-]+$/;
const LARGEST = 100_000;
/** No sensor that libcamera knows exposes longer (IMX477: 670 s). */
const LONGEST_SHUTTER_US = 700_000_000;
/** Analogue times digital; the colour gains of a white balance stay below 8. */
const LARGEST_GAIN = 256;

/** Gives the options back, or throws a `TypeError` that names the one that is not safe. */
export const checkStillOptions = (options: unknown): StillOptions => {
  if (typeof options !== "object" || options === null) throw new TypeError("camera options are no object");
  const entries = Object.entries(options);
  for (const [name, value] of entries) if (!isSafe(name, value)) throw new TypeError(`camera option ${name}`);
  return Object.fromEntries(entries) as StillOptions;
};

const isSafe = (name: string, value: unknown): boolean => {
  if (!KNOWN.includes(name)) return false;
  if (name === "shutter")
    return Number.isInteger(value) && Number(value) > 0 && Number(value) <= LONGEST_SHUTTER_US;
  if (name === "gain") return isGain(value);
  if (name === "awbgains") return Array.isArray(value) && value.length === 2 && value.every(isGain);
  if (PATHS.some((path) => path === name)) return typeof value === "string" && SAFE_PATH.test(value);
  // `false` would come out as "--nopreview false": the package drops no option.
  if (FLAGS.some((flag) => flag === name)) return value === true;
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST;
};

/** Below a thousandth a number would be written with an exponent. */
const isGain = (value: unknown): boolean =>
  typeof value === "number" && Number.isFinite(value) && value >= 0.001 && value <= LARGEST_GAIN;
