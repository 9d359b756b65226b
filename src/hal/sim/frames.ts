// What does a camera above the tray, or one that looks at a face, see?
import sharp, { type Sharp } from "sharp";

export interface FrameSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The tray's rubber mat: dark, so that a white sheet stands out. */
const TRAY = { r: 46, g: 48, b: 50 };
/** A cabinet's back wall, out of focus. */
const ROOM = { r: 128, g: 126, b: 120 };
/** The sheet leaves a margin of the mat on every side. */
const SHEET_SHARE = 0.93;
/** A sheet's edge is nearly white all round; of a photo of a sheet, the edge is the table. */
const PAPER_LUMA = 150;
const PAPER_EDGE_SHARE = 0.9;
const JPEG_QUALITY = 92;

/** Throws `Error` with sharp's reason when the bytes are no picture that can be shown. */
export const checkPicture = async (picture: Uint8Array): Promise<void> => {
  await sharp(picture, { failOn: "truncated" }).resize(16, 16).raw().toBuffer();
};

/** A scan is laid on the mat as the sheet it shows; a photo already has its surroundings and fills the frame. */
export const trayFrame = async (picture: Uint8Array | null, size: FrameSize): Promise<Uint8Array> => {
  if (picture === null) return encode(plain(TRAY, size));
  const upright = sharp(picture).rotate();
  if (!(await isScan(picture))) return encode(fill(upright, TRAY, size));
  const sheet = await upright
    .flatten({ background: "#ffffff" })
    .resize({
      width: Math.round(size.widthPx * SHEET_SHARE),
      height: Math.round(size.heightPx * SHEET_SHARE),
      fit: "inside",
    })
    .toBuffer();
  return encode(plain(TRAY, size).composite([{ input: sheet, gravity: "centre" }]));
};

export const faceFrame = async (picture: Uint8Array | null, size: FrameSize): Promise<Uint8Array> =>
  encode(picture === null ? plain(ROOM, size) : fill(sharp(picture).rotate(), ROOM, size));

type Colour = typeof TRAY;

const plain = (background: Colour, { widthPx, heightPx }: FrameSize): Sharp =>
  sharp({ create: { width: widthPx, height: heightPx, channels: 3, background } });

const fill = (picture: Sharp, background: Colour, { widthPx, heightPx }: FrameSize): Sharp =>
  picture.flatten({ background }).resize({ width: widthPx, height: heightPx, fit: "contain", background });

const encode = async (frame: Sharp): Promise<Uint8Array> =>
  new Uint8Array(await frame.jpeg({ quality: JPEG_QUALITY }).toBuffer());

const isScan = async (picture: Uint8Array): Promise<boolean> => {
  const side = 48;
  const grey = await sharp(picture)
    .rotate()
    .flatten({ background: "#ffffff" })
    .resize(side, side, { fit: "fill" })
    .greyscale()
    .raw()
    .toBuffer();
  let edge = 0;
  let white = 0;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      if (x > 0 && y > 0 && x < side - 1 && y < side - 1) continue;
      edge += 1;
      if ((grey[y * side + x] ?? 0) >= PAPER_LUMA) white += 1;
    }
  return white >= edge * PAPER_EDGE_SHARE;
};
