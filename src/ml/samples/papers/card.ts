// What do the sample cards of plastic have in common?
import type { Random } from "../random.js";
import { bareName } from "./sheet.js";

/** ID-1 of ISO/IEC 7810, millimetres. */
export const ID1 = { widthMm: 85.6, heightMm: 54 } as const;

/** Fine waves under the print, as security printing has them: faint, and never twice the same. */
export const guilloche = (
  { widthMm, heightMm }: { readonly widthMm: number; readonly heightMm: number },
  colour: string,
  random: Random,
): string => {
  const swing = random.between(0.6, 1.6);
  const lines = Array.from({ length: Math.floor(heightMm / 2.2) }, (_, i) => {
    const y = (1.2 + i * 2.2).toFixed(1);
    const [a, b] = [(1.2 + i * 2.2 - swing).toFixed(1), (1.2 + i * 2.2 + swing).toFixed(1)];
    return `M0 ${y}C${widthMm / 4} ${a} ${widthMm / 3} ${b} ${widthMm * 0.6} ${y}S${widthMm * 0.9} ${a} ${widthMm} ${y}`;
  });
  return `<path d="${lines.join("")}" fill="none" stroke="${colour}" stroke-width="0.18"/>`;
};

/** A grey head and shoulders where the portrait is. */
export const portrait = (x: number, y: number, width: number, height: number): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="#cfd6dd"/><ellipse cx="${x + width / 2}" cy="${y + height * 0.42}" rx="${width * 0.22}" ry="${height * 0.24}" fill="#8d867f"/><path d="M${x + width * 0.12} ${y + height}q${width * 0.38} ${-height * 0.5} ${width * 0.76} 0z" fill="#5b6470"/>`;

const SHORT: readonly (readonly [long: string, short: string])[] = [
  ["xã", "X."],
  ["phường", "P."],
  ["thị trấn", "TT."],
  ["huyện", "H."],
  ["quận", "Q."],
  ["thị xã", "TX."],
  ["thành phố", "TP."],
  ["tỉnh", "T."],
];

/** "X. Bình Phú, H. Thăng Bình, T. Quảng Nam": what has room on a card. */
export const shortPlace = (place: readonly string[]): string =>
  place
    .map((part) => {
      const [, short] = SHORT.find(([long]) => part.startsWith(`${long} `)) ?? ["", ""];
      return `${short} ${bareName(part)}`.trim();
    })
    .join(", ");
