// How are the letter shapes of src/ml/mrz/ocr-b.json made?
//
//   node src/ml/training/ocrb-glyphs.mjs /usr/share/fonts/opentype/ocr-b/OCRB.otf > src/ml/mrz/ocr-b.json
//
// OCR-B size I as Doc 9303-3 clause 4.1 asks (ISO 1073-2). Font: Debian's fonts-ocr-b 0.3, released to the public
// domain by Matthew Skala, after sources of Norbert Schwarz that may be used, modified and distributed freely.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import sharp from "sharp";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<";
/** A cell is one pitch (2.54 mm) wide and one and a half high. */
const [WIDTH, HEIGHT, FINE] = [16, 24, 8];

const fontkit = createRequire(import.meta.url)("@pdf-lib/fontkit");
const font = fontkit.create(readFileSync(process.argv[2]));

const cellOf = async (letter) => {
  const run = font.layout(letter);
  const advance = run.positions[0].xAdvance;
  const scale = (WIDTH * FINE) / advance;
  const capHeight = font.layout("H").glyphs[0].bbox.maxY;
  const baseline = (HEIGHT * FINE + capHeight * scale) / 2;
  const path = run.glyphs[0].path.toSVG();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH * FINE}" height="${HEIGHT * FINE}"><rect width="100%" height="100%" fill="#fff"/><g transform="translate(0 ${baseline}) scale(${scale} ${-scale})"><path d="${path}"/></g></svg>`;
  const { data } = await sharp(Buffer.from(svg))
    .greyscale()
    .blur(0.6)
    .resize(WIDTH, HEIGHT, { kernel: "cubic" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(data).toString("base64");
};

/** In units of a thousandth of the pitch, the base line at 0, y downwards: for drawing a zone. */
const outlineOf = (letter) => {
  const run = font.layout(letter);
  const scale = 1000 / run.positions[0].xAdvance;
  const number = (value) => Math.round(value * scale);
  const code = { moveTo: "M", lineTo: "L", quadraticCurveTo: "Q", bezierCurveTo: "C", closePath: "Z" };
  return run.glyphs[0].path.commands
    .map(({ command, args }) => `${code[command]}${args.map((v, i) => number(i % 2 ? -v : v)).join(" ")}`)
    .join("");
};

const cells = {};
const outlines = {};
for (const letter of LETTERS) {
  cells[letter] = await cellOf(letter);
  outlines[letter] = outlineOf(letter);
}
process.stdout.write(
  `${JSON.stringify(
    {
      licence:
        "Shapes of OCR-B out of Debian's fonts-ocr-b 0.3: public domain (Matthew Skala 2012), after sources that may be freely used, modified and distributed (Norbert Schwarz 1995, 2010)",
      widthPx: WIDTH,
      heightPx: HEIGHT,
      cells,
      outlines,
    },
    null,
    1,
  )}\n`,
);
