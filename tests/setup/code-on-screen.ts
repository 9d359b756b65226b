// What would a telephone see of the code that half blocks draw on a terminal?
import sharp from "sharp";

const PIXELS = 8;
const COLUMNS = 45;

/** Letters shine, the ground is dark; a character is one module wide and two high. */
export const codeOn = (rows: readonly string[]): Promise<Buffer> => {
  const height = rows.length * 2;
  const shines = (x: number, y: number): boolean => {
    const sign = rows[Math.floor(y / 2)]?.[x] ?? " ";
    return sign === "█" || sign === (y % 2 === 0 ? "▀" : "▄");
  };
  const side = { width: COLUMNS * PIXELS, height: height * PIXELS };
  const pixels = Uint8Array.from({ length: side.width * side.height }, (_pixel, at) =>
    shines(Math.floor((at % side.width) / PIXELS), Math.floor(at / side.width / PIXELS)) ? 255 : 0,
  );
  return sharp(pixels, { raw: { ...side, channels: 1 } })
    .png()
    .toBuffer();
};
