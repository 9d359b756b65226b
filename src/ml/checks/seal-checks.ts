// Does the paper bear the red seal that it should, stamped once, by hand, where it belongs?
import type { Box, TextLine } from "../reader.js";
import type { Check } from "./check.js";
import { finding, say } from "./finding.js";
import { median } from "./median.js";
import type { PageInput } from "./page-checks.js";
import type { Planes, Relative } from "./planes.js";
import { darkMask, findSeals, type Mask, redMask, type Seal, saturation, sealBox } from "./seals.js";
import { SEALED, signerLines } from "./signers.js";

const RING = 0.62;
const COPY_RING = 0.8;
/** In parts of 255 of the paper's own colour: above it ink has a colour; JPEG and lamps stay below. */
const COLOURED = 45;
const COLOURLESS_SHARE = 0.0006;

/** Of the page without its rim, where the table shows. */
const colouredShare = (colour: Relative): number => {
  const [mx, my] = [Math.round(colour.width * RIM), Math.round(colour.height * RIM)];
  let [count, total] = [0, 0];
  for (let y = my; y < colour.height - my; y += 1)
    for (let x = mx; x < colour.width - mx; x += 1) {
      if (saturation(colour, y * colour.width + x) >= COLOURED) count += 1;
      total += 1;
    }
  return count / Math.max(1, total);
};

const RIM = 0.04;

const copied = (planes: Planes, signer: TextLine | undefined): readonly Check[] => {
  const { colour, isCard } = planes;
  const [ring] = findSeals(darkMask(colour), colour, isCard, COPY_RING);
  const sentence =
    ring === undefined
      ? say(
          "Trang không có màu và không có con dấu đỏ: có thể là bản chụp.",
          "No colour and no red seal: perhaps a copy.",
        )
      : say("Con dấu không có màu đỏ: có thể là bản chụp.", "The seal is not red: perhaps a copy.");
  const box = ring === undefined ? (signer?.box ?? null) : sealBox(ring, colour.factor);
  return [
    finding("page.photocopy", ring === undefined && signer === undefined ? "unsure" : "fail", sentence, box),
  ];
};

/** Nobody knows whether it needs a seal; but where an office signs, one is usual, and paper without any colour is rare. */
const copiedOfSomething = (input: PageInput, planes: Planes): readonly Check[] => {
  const [signer] = signerLines(input);
  if (signer === undefined || colouredShare(planes.colour) >= COLOURLESS_SHARE) return [];
  return copied(planes, signer).map((check) => ({ ...check, verdict: "unsure" }));
};

const present = (input: PageInput, planes: Planes, seals: readonly Seal[]): readonly Check[] => {
  if (input.paperClass === "unknown") return seals.length > 0 ? [] : copiedOfSomething(input, planes);
  if (!SEALED.has(input.paperClass)) return [];
  const { colour } = planes;
  const [seal] = seals;
  if (seal !== undefined)
    return [
      finding(
        "seal.present",
        "pass",
        say("Có con dấu đỏ.", "There is a red seal."),
        sealBox(seal, colour.factor),
      ),
    ];
  const [signer] = signerLines(input);
  if (colouredShare(colour) < COLOURLESS_SHARE) return copied(planes, signer);
  // Another page of the paper may be the one that is signed.
  if (signer === undefined) return [];
  const sentence = say("Không thấy con dấu đỏ ở chỗ ký.", "No red seal was found where it is signed.");
  return [finding("seal.present", "fail", sentence, signer.box)];
};

const centre = ({ x, y, w, h }: Box): readonly [number, number] => [x + w / 2, y + h / 2];

/** Decree 30/2020/NĐ-CP article 33: over a third of the signature, on its left. Only a seal far from all signers is odd. */
const FAR_MM = { across: 48, above: 25, below: 62 } as const;

const isSigned = (seal: Seal, signers: readonly TextLine[], { colour, pxPerMm }: Planes): boolean =>
  signers.some(({ box }) => {
    const [x, y] = centre(box);
    const across = Math.abs(seal.x / colour.cellsPerMm - x / pxPerMm);
    const down = seal.y / colour.cellsPerMm - y / pxPerMm;
    return across <= FAR_MM.across && down >= -FAR_MM.above && down <= FAR_MM.below;
  });

const place = (input: PageInput, planes: Planes, seals: readonly Seal[]): readonly Check[] => {
  const signers = signerLines(input);
  const [first] = seals;
  if (first === undefined || signers.length === 0 || planes.isCard || !SEALED.has(input.paperClass))
    return [];
  const near = seals.some((seal) => isSigned(seal, signers, planes));
  const box = sealBox(first, planes.colour.factor);
  return near
    ? [finding("seal.place", "pass", say("Con dấu ở chỗ ký.", "The seal is where it is signed."), box)]
    : [
        finding(
          "seal.place",
          "unsure",
          say("Con dấu nằm xa chỗ ký.", "The seal is far from where it is signed."),
          box,
        ),
      ];
};

/** True when every cell within `reach` is red ink: no edge, no letter, nothing of the paper. */
const isDeep = (mask: Mask, { width, r }: Relative, i: number, reach: number): boolean => {
  for (let dy = -reach; dy <= reach; dy += 1)
    for (let dx = -reach; dx <= reach; dx += 1) {
      const n = i + dy * width + dx;
      if (mask[n] !== 1 || (r[n] as number) < 110) return false;
    }
  return true;
};

/** Calls `act` for each cell of the seal that is not at the picture's border. */
const eachCell = (
  { x, y, radius }: Seal,
  { width, height }: Relative,
  act: (i: number, dx: number, dy: number) => void,
): void => {
  const r = Math.ceil(radius * 1.05);
  for (let dy = -r; dy <= r; dy += 1)
    for (let dx = -r; dx <= r; dx += 1) {
      const [px, py] = [Math.round(x) + dx, Math.round(y) + dy];
      if (px >= 3 && py >= 3 && px < width - 3 && py < height - 3) act(py * width + px, dx, dy);
    }
};

interface Ink {
  /** Spread of the ink's depth beyond what noise makes, in parts of 255. */
  readonly spread: number;
  /** Noise of the bare paper in the same unit. */
  readonly noise: number;
  readonly cells: number;
}

const SIGMA = 1.4826;

const inkOf = (seal: Seal, mask: Mask, colour: Relative): Ink => {
  const { g } = colour;
  const depth: number[] = [];
  const steps: number[] = [];
  eachCell(seal, colour, (i) => {
    if (mask[i] === 1 && isDeep(mask, colour, i, 2)) depth.push(g[i] as number);
    const [before, here, after] = [g[i - 1] as number, g[i] as number, g[i + 1] as number];
    if (Math.min(before, here, after, g[i - 2] as number, g[i + 2] as number) > 222)
      steps.push(Math.abs(here - (before + after) / 2));
  });
  const middle = median(depth);
  const spread = SIGMA * median(depth.map((value) => Math.abs(value - middle)));
  // A cell less the mean of two neighbours varies √1.5 times as much as a cell.
  const noise = steps.length === 0 ? 0 : (SIGMA * median(steps)) / Math.sqrt(1.5);
  return { spread: Math.sqrt(Math.max(0, spread ** 2 - noise ** 2)), noise, cells: depth.length };
};

/** Stamped ink spreads over 9 and more, a drawn surface over less than 3. */
const FLAT = { fail: 4, unsure: 6, cells: 60, quietest: 0.3, loudest: 7 } as const;

/** Cards bear printed seals by right, and other papers printed emblems: only what stands where somebody signs is stamped. */
const stamped = (input: PageInput, planes: Planes, seals: readonly Seal[]): readonly Seal[] => {
  const signers = signerLines(input);
  if (planes.isCard) return [];
  if (signers.length === 0) return SEALED.has(input.paperClass) ? seals : [];
  return seals.filter((seal) => isSigned(seal, signers, planes));
};

const flat = (input: PageInput, mask: Mask, planes: Planes, seals: readonly Seal[]): readonly Check[] => {
  const sure = signerLines(input).length > 0;
  return stamped(input, planes, seals).flatMap((seal): readonly Check[] => {
    const { spread, noise, cells } = inkOf(seal, mask, planes.colour);
    // A page without any grain was never paper: electronic originals bear drawn seals by right.
    if (cells < FLAT.cells || noise < FLAT.quietest || noise > FLAT.loudest) return [];
    const box = sealBox(seal, planes.colour.factor);
    if (spread >= FLAT.unsure)
      return [
        finding("seal.flat", "pass", say("Mực con dấu như đóng tay.", "The seal's ink is as stamped."), box),
      ];
    return [
      finding(
        "seal.flat",
        sure && spread < FLAT.fail && noise < FLAT.unsure ? "fail" : "unsure",
        say(
          "Mực con dấu đều tuyệt đối, như được vẽ hoặc in.",
          "The seal's ink is all even, as if drawn or printed.",
        ),
        box,
      ),
    ];
  });
};

interface Likeness {
  /** Correlation of the depth of ink where both have ink. */
  readonly ink: number;
  readonly cells: number;
}

const inkLikeness = (a: Seal, b: Seal, mask: Mask, colour: Relative): Likeness => {
  let best: Likeness = { ink: -1, cells: 0 };
  for (let sy = -3; sy <= 3; sy += 1)
    for (let sx = -3; sx <= 3; sx += 1) {
      const moved = { ...b, x: Math.round(b.x) + sx, y: Math.round(b.y) + sy };
      const tried = correlation(a, moved, mask, colour);
      if (tried.ink > best.ink && tried.cells >= TWIN.cells) best = tried;
    }
  return best;
};

/** Mean of three by three cells: the grain of the ink, not that of the sensor. */
const depthAt = ({ g, width }: Relative, i: number): number => {
  let sum = 0;
  for (let dy = -width; dy <= width; dy += width)
    sum += (g[i + dy - 1] as number) + (g[i + dy] as number) + (g[i + dy + 1] as number);
  return sum;
};

const correlation = (a: Seal, b: Seal, mask: Mask, colour: Relative): Likeness => {
  const { width, height } = colour;
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  eachCell(a, colour, (i, dx, dy) => {
    const [px, py] = [Math.round(b.x) + dx, Math.round(b.y) + dy];
    if (px < 3 || py < 3 || px >= width - 3 || py >= height - 3) return;
    const k = py * width + px;
    if (mask[i] !== 1 || mask[k] !== 1 || !isDeep(mask, colour, i, 1) || !isDeep(mask, colour, k, 1)) return;
    const [va, vb] = [depthAt(colour, i), depthAt(colour, k)];
    n += 1;
    sa += va;
    sb += vb;
    saa += va * va;
    sbb += vb * vb;
    sab += va * vb;
  });
  const [varA, varB] = [saa - (sa * sa) / n, sbb - (sb * sb) / n];
  return {
    ink: n === 0 || varA <= 0 || varB <= 0 ? -1 : (sab - (sa * sb) / n) / Math.sqrt(varA * varB),
    cells: n,
  };
};

/** Two stampings of one seal share its drawing, not how the ink lay. */
const TWIN = { fail: 0.8, unsure: 0.65, cells: 120 } as const;

/** Squared cells to the nearest line that says who signs. */
const fromSigner = (input: PageInput, { factor }: Relative, seal: Seal): number =>
  Math.min(
    ...signerLines(input).map(({ box }) => {
      const [x, y] = centre(box);
      return (seal.x - x / factor) ** 2 + (seal.y - y / factor) ** 2;
    }),
  );

const twins = (input: PageInput, mask: Mask, planes: Planes, seals: readonly Seal[]): readonly Check[] =>
  seals.flatMap((one, index) =>
    seals.slice(index + 1).flatMap((other): readonly Check[] => {
      if (Math.abs(one.radius / other.radius - 1) > 0.12) return [];
      const { ink } = inkLikeness(one, other, mask, planes.colour);
      if (ink < TWIN.unsure) return [];
      // Either may be the copy; the one that nobody signed by is the likelier.
      const { colour } = planes;
      const far = fromSigner(input, colour, one) > fromSigner(input, colour, other) ? one : other;
      return [
        finding(
          "seal.twin",
          ink >= TWIN.fail ? "fail" : "unsure",
          say(
            "Hai con dấu trên trang giống nhau đến từng vết mực.",
            "Two seals on the page are alike to the last spot of ink.",
          ),
          sealBox(far, colour.factor),
        ),
      ];
    }),
  );

export const checkSeals = (input: PageInput, planes: Planes): readonly Check[] => {
  const mask = redMask(planes.colour);
  const seals = findSeals(mask, planes.colour, planes.isCard, RING);
  return [
    ...present(input, planes, seals),
    ...place(input, planes, seals),
    ...flat(input, mask, planes, seals),
    ...twins(input, mask, planes, seals),
  ];
};
