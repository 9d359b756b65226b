// Where on the kiosk is the part that is being tested?
import sharp from "sharp";
import type { DeviceName } from "../hal/board.js";

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The drawing's own units; the housing is 200 wide and 320 high. */
const WIDTH = 240;
const HEIGHT = 360;

const SPOTS: Readonly<Record<DeviceName | "store", Spot>> = {
  faceCamera: { x: 108, y: 28, w: 24, h: 18 },
  speaker: { x: 40, y: 30, w: 40, h: 14 },
  lines: { x: 166, y: 28, w: 34, h: 18 },
  codeReader: { x: 40, y: 208, w: 36, h: 28 },
  chipReader: { x: 88, y: 204, w: 64, h: 36 },
  printer: { x: 164, y: 212, w: 40, h: 16 },
  documentCamera: { x: 76, y: 254, w: 88, h: 46 },
  scanner: { x: 172, y: 262, w: 36, h: 12 },
  power: { x: 36, y: 306, w: 36, h: 24 },
  climate: { x: 168, y: 306, w: 36, h: 24 },
  motion: { x: 76, y: 310, w: 24, h: 16 },
  fan: { x: 140, y: 310, w: 22, h: 16 },
  backlight: { x: 88, y: 178, w: 64, h: 12 },
  store: { x: 104, y: 306, w: 32, h: 24 },
};

const rect = ({ x, y, w, h }: Spot, style: string, round = 4): string =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${round}" ${style}/>`;

const QUIET = 'fill="#dfe5ea" stroke="#5c6b78" stroke-width="1.5"';
const MARKED = 'fill="#ffd34d" stroke="#b00020" stroke-width="3"';
const SCREEN: Spot = { x: 40, y: 56, w: 160, h: 136 };
const HOUSING: Spot = { x: 20, y: 14, w: 200, h: 326 };

const ring = ({ x, y, w, h }: Spot): string =>
  `<ellipse cx="${x + w / 2}" cy="${y + h / 2}" rx="${w / 2 + 12}" ry="${h / 2 + 11}" fill="none" stroke="#b00020" stroke-width="4"/>`;

/** The front of the kiosk as a PNG, `part` ringed in red. Shape and colour both mark it. */
export const drawKiosk = (part: DeviceName | "store", widthPx = 240): Promise<Uint8Array> => {
  const parts = (Object.keys(SPOTS) as (keyof typeof SPOTS)[]).map((name) =>
    rect(SPOTS[name], name === part ? MARKED : QUIET),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${widthPx}" height="${Math.round((widthPx * HEIGHT) / WIDTH)}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${rect(HOUSING, 'fill="#f4f6f8" stroke="#2b3640" stroke-width="3"', 14)}
${rect(SCREEN, 'fill="#23425c" stroke="#2b3640" stroke-width="2"', 6)}
${parts.join("\n")}
${ring(SPOTS[part])}
</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
};
