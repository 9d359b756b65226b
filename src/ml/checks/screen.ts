// Was a paper photographed, or a display that shows one?
//
// A display's points are a lattice, and a camera's pixels are another; one sampled by the other gives a pattern of one
// frequency all over the picture (moiré). Paper has none: lines of print repeat along the axes only, and JPEG at its
// own block of eight.
import type { Rgb } from "../page/raster.js";
import type { Check } from "./check.js";
import { finding, say } from "./finding.js";
import { median } from "./median.js";
import { powerSpectra } from "./spectrum.js";

const SIDE = 256;
/** Where squares are taken, in parts of the picture. */
const PLACES = [
  [0.36, 0.32],
  [0.64, 0.44],
  [0.4, 0.64],
  [0.6, 0.78],
] as const;

/** Periods per square: below it there are letters and lines. */
const LEAST_FREQUENCY = 12;
const RING = 6;
/** JPEG's blocks of 8 and 16 pixels are 32 and 16 periods of a square. */
const BLOCK = 16;
/** Over the median of its ring of frequencies. */
const PEAK = { unsure: 45, fail: 90 } as const;
/** Perspective shifts a frequency by some periods from square to square. */
const SAME = 10;
/** A lattice lies askew to one side; the stems of letters give as much on the other side of their axis. */
const MIRROR = 0.3;
/** Nothing on paper has colours in so regular a pattern: two squares with it are enough. */
const COLOURED = { height: 200, same: 18 } as const;

interface Peak {
  readonly fx: number;
  readonly fy: number;
  readonly height: number;
}

const HANN = Float64Array.from({ length: SIDE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIDE));

type Channel = (r: number, g: number, b: number) => number;
const LIGHT: Channel = (r, g, b) => (r + 2 * g + b) / 4;
const TINT: Channel = (r, _, b) => r - b;

const squareOf = (
  { width, height, data }: Rgb,
  [u, v]: readonly [number, number],
  channel: Channel,
): Float64Array => {
  const left = Math.max(0, Math.min(width - SIDE, Math.round(width * u - SIDE / 2)));
  const top = Math.max(0, Math.min(height - SIDE, Math.round(height * v - SIDE / 2)));
  const values = new Float64Array(SIDE * SIDE);
  let sum = 0;
  for (let y = 0; y < SIDE; y += 1)
    for (let x = 0, i = ((top + y) * width + left) * 3; x < SIDE; x += 1, i += 3) {
      const value = channel(data[i] as number, data[i + 1] as number, data[i + 2] as number);
      values[y * SIDE + x] = value;
      sum += value;
    }
  const mean = sum / values.length;
  for (let y = 0; y < SIDE; y += 1)
    for (let x = 0; x < SIDE; x += 1) {
      const i = y * SIDE + x;
      values[i] = ((values[i] as number) - mean) * (HANN[x] as number) * (HANN[y] as number);
    }
  return values;
};

const nearBlock = (frequency: number): boolean => {
  const rest = Math.abs(frequency) % BLOCK;
  return Math.min(rest, BLOCK - rest) <= 1;
};

/** Print repeats along its lines and across them; what JPEG adds lies on its own lattice. */
const isUsual = (fx: number, fy: number): boolean =>
  Math.abs(fx) <= 2 || Math.abs(fy) <= 1 || (nearBlock(fx) && nearBlock(fy));

/** Noise of an 8-bit picture of good light: no peak is measured against less. */
const FLOOR = 4_000;

/** Ring of each frequency that is looked at; 0 for the others. Half of the square is enough: the other mirrors it. */
const RINGS = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
  const [fx, y] = [i % SIDE, Math.floor(i / SIDE)];
  const radius = Math.hypot(fx, y <= SIDE / 2 ? y : y - SIDE);
  const wanted = fx <= SIDE / 2 && radius >= LEAST_FREQUENCY && radius < SIDE / 2 - 2;
  return wanted ? Math.floor(radius / RING) : 0;
});

/** The most power around the frequency with the other sign of `fy`. */
const mirrored = (power: Float64Array, fx: number, fy: number): number => {
  let most = 0;
  for (let dy = -1; dy <= 1; dy += 1)
    for (let dx = -1; dx <= 1; dx += 1) {
      const [x, y] = [fx + dx, (SIDE - fy + dy + SIDE) % SIDE];
      // Close to the axis the other sign is the peak's own foot.
      if (Math.abs(fy) > 3 || dy * Math.sign(fy) < 0) most = Math.max(most, power[y * SIDE + x] ?? 0);
    }
  return most;
};

const peaksOf = (power: Float64Array): readonly Peak[] => {
  const rings: number[][] = Array.from({ length: SIDE / RING }, () => []);
  // Every third is enough for a median.
  for (let i = 0; i < power.length; i += 3)
    if (RINGS[i] !== 0) rings[RINGS[i] ?? 0]?.push(power[i] as number);
  const levels = rings.map((values) => PEAK.unsure * ((values.length === 0 ? 0 : median(values)) + FLOOR));
  const found: Peak[] = [];
  for (let i = 0; i < power.length; i += 1) {
    const ring = RINGS[i] as number;
    if (ring === 0 || (power[i] as number) < (levels[ring] ?? FLOOR)) continue;
    const [fx, y] = [i % SIDE, Math.floor(i / SIDE)];
    const fy = y <= SIDE / 2 ? y : y - SIDE;
    if (isUsual(fx, fy) || mirrored(power, fx, fy) > MIRROR * (power[i] as number)) continue;
    found.push({ fx, fy, height: (PEAK.unsure * (power[i] as number)) / (levels[ring] ?? FLOOR) });
  }
  return found.sort((a, b) => b.height - a.height).slice(0, 6);
};

const isSame = (a: Peak, b: Peak, same: number): boolean => Math.hypot(a.fx - b.fx, a.fy - b.fy) <= same;

/** The lowest of the heights at which one frequency stands in so many of the squares; 0 for none. */
const common = (squares: readonly (readonly Peak[])[], needed: number, same: number): number => {
  const heights = squares.flatMap((peaks) =>
    peaks.map((peak) => {
      const here = squares
        .flatMap((others) => others.find((other) => isSame(peak, other, same))?.height ?? [])
        .sort((a, b) => b - a);
      return here[needed - 1] ?? 0;
    }),
  );
  return Math.max(0, ...heights);
};

/** `picture` as the camera gave it, before anything was straightened. */
export const checkScreen = (picture: Rgb): readonly Check[] => {
  if (Math.min(picture.width, picture.height) < 3 * SIDE) return [];
  const [light, tint]: [(readonly Peak[])[], (readonly Peak[])[]] = [[], []];
  for (const place of PLACES) {
    const spectra = powerSpectra(squareOf(picture, place, LIGHT), squareOf(picture, place, TINT), SIDE);
    light.push(peaksOf(spectra[0]));
    tint.push(peaksOf(spectra[1]));
    // With two squares empty no frequency can stand in three: paper is told apart in half the time.
    const empty = (squares: readonly (readonly Peak[])[]) =>
      squares.filter(({ length }) => length === 0).length;
    if (empty(light) > 1 && empty(tint) > 1) break;
  }
  const most = PLACES.length - 1;
  const coloured = common(tint, 2, COLOURED.same);
  const height = Math.max(
    common(light, most, SAME),
    common(tint, most, SAME),
    coloured >= COLOURED.height ? coloured : 0,
  );
  if (height < PEAK.unsure)
    return [
      finding(
        "page.screen",
        "pass",
        say("Ảnh chụp giấy, không phải màn hình.", "Paper was photographed, no display."),
      ),
    ];
  return [
    finding(
      "page.screen",
      height >= PEAK.fail ? "fail" : "unsure",
      say(
        "Trên ảnh có vân lưới đều như khi chụp màn hình.",
        "The picture has an even lattice, as when a display is photographed.",
      ),
    ),
  ];
};
