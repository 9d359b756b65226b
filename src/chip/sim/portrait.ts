// What does the photograph in a made-up person's chip look like?
//
// Drawn, so that it can be nobody's; sized and compressed like the portraits on cards (about 15 kB).
import loadOpenJpeg from "@cornerstonejs/codec-openjpeg/wasmjs";
import sharp from "sharp";
import type { MadeUpPerson } from "./people.js";

const WIDTH = 413;
const HEIGHT = 531;
const TARGET_BYTES = 15_000;
const TRIES = 6;

const SKIN = ["#f0c8a0", "#e0b088", "#d09870", "#f4d4b4"];
const CLOTHES = ["#2a4a78", "#7a2a3a", "#2f6a4a", "#4a4a4a", "#8a6a2a"];

const pick = (choices: readonly string[], digit: number): string =>
  choices[digit % choices.length] ?? "#888888";

const drawing = (person: MadeUpPerson): string => {
  const digits = [...person.number].map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = digits.slice(8);
  const skin = pick(SKIN, a + b + (digits[2] ?? 0));
  const hair = Number(person.birthDate.slice(0, 4)) < 1962 ? "#9a9a9a" : "#1c1612";
  const long = person.sex === "Nữ";
  const eye = 150 + (c % 3) * 4;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
  <defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#ffffff" stop-opacity=".25"/>
  <stop offset="1" stop-color="#000000" stop-opacity=".28"/></linearGradient></defs>
  <rect width="100%" height="100%" fill="#e8edf2"/>
  ${long ? `<path d="M92 240 Q90 70 206 66 Q322 70 322 240 L330 430 L84 430 Z" fill="${hair}"/>` : ""}
  <path d="M20 531 Q40 400 150 385 L262 385 Q372 400 394 531 Z" fill="${pick(CLOTHES, d)}"/>
  <path d="M166 330 L166 400 Q206 430 248 400 L248 330 Z" fill="${skin}"/>
  <ellipse cx="206" cy="245" rx="${96 + (b % 4) * 3}" ry="128" fill="${skin}"/>
  <path d="M106 225 Q112 92 206 92 Q300 92 306 225 Q284 150 206 146 Q128 150 106 225 Z" fill="${hair}"/>
  <ellipse cx="${eye + 12}" cy="238" rx="16" ry="8" fill="#fff"/><ellipse cx="${400 - eye}" cy="238" rx="16" ry="8" fill="#fff"/>
  <circle cx="${eye + 12}" cy="238" r="7" fill="#20140c"/><circle cx="${400 - eye}" cy="238" r="7" fill="#20140c"/>
  <path d="M${eye - 10} 214 q22 -12 44 0 M${378 - eye} 214 q22 -12 44 0" stroke="${hair}" stroke-width="6" fill="none"/>
  <path d="M206 240 l-14 52 q14 10 28 0" stroke="#00000055" stroke-width="4" fill="none"/>
  <path d="M172 322 q34 ${10 + (d % 3) * 4} 68 0" stroke="#a04848" stroke-width="7" fill="none"/>
  <ellipse cx="206" cy="245" rx="${96 + (b % 4) * 3}" ry="128" fill="url(#g)"/>
</svg>`;
};

/** A JPEG of about 15 kB: film grain gives the size that a photograph has. */
export const drawPortrait = async (person: MadeUpPerson): Promise<Uint8Array> => {
  const face = await sharp(Buffer.from(drawing(person)))
    .removeAlpha()
    .raw()
    .toBuffer();
  // A linear congruential grain: the same person always has the same bytes.
  let state = Number(person.number.slice(-6)) | 1;
  const grain = face.map((value) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.max(0, Math.min(255, value + ((state >>> 16) % 13) - 6));
  });
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
  let [low, high] = [20, 95];
  let best = new Uint8Array();
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const quality = Math.round((low + high) / 2);
    const jpeg = await sharp(grain, { raw }).jpeg({ quality }).toBuffer();
    if (Math.abs(jpeg.length - TARGET_BYTES) < Math.abs(best.length - TARGET_BYTES))
      best = Uint8Array.from(jpeg);
    if (jpeg.length > TARGET_BYTES) high = quality;
    else low = quality;
  }
  return best;
};

/** The same picture as a JPEG 2000 codestream of about `ratio` of its raw size. */
export const asJpeg2000 = async (picture: Uint8Array, ratio = 40): Promise<Uint8Array> => {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { J2KEncoder } = await loadOpenJpeg({ print: () => {}, printErr: () => {} });
  const encoder = new J2KEncoder();
  const frame = {
    width: info.width,
    height: info.height,
    bitsPerSample: 8,
    componentCount: info.channels,
    isSigned: false,
  };
  encoder.getDecodedBuffer(frame).set(data);
  encoder.setQuality(false, 1);
  encoder.setCompressionRatio(0, ratio);
  encoder.encode();
  return Uint8Array.from(encoder.getEncodedBuffer());
};
