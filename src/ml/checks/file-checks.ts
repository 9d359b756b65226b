// What does an uploaded JPEG file itself tell of its past?
import sharp from "sharp";
import type { Gray } from "../page/raster.js";
import type { Box } from "../reader.js";
import type { Check } from "./check.js";
import { finding, say } from "./finding.js";
import { findGhosts } from "./quantised.js";

/** Programs that change what a picture shows; cameras, scanners and chat programs name themselves too. */
const EDITORS =
  /\b(Photoshop|GIMP|Paint\.NET|Pixelmator|Affinity Photo|Snapseed|PicsArt|Photopea|Canva|Lightroom|Krita)\b/i;

/** Application segments (T.81 B.2.4.6) and the comment stand before the picture; none is looked for behind it. */
const MOST_HEAD_BYTES = 256 * 1_024;

/** The text of the head's segments, one after the other; "" for what is no JPEG. */
const headOf = (file: Uint8Array): string => {
  if (file[0] !== 0xff || file[1] !== 0xd8) return "";
  const parts: string[] = [];
  for (let at = 2; at + 4 <= Math.min(file.length, MOST_HEAD_BYTES); ) {
    const marker = file[at + 1] ?? 0;
    const length = ((file[at + 2] ?? 0) << 8) | (file[at + 3] ?? 0);
    // Start of scan, or no marker where one must be.
    if (file[at] !== 0xff || marker === 0xda || length < 2) break;
    const isText = (marker >= 0xe1 && marker <= 0xef) || marker === 0xfe;
    if (isText) parts.push(Buffer.from(file.subarray(at + 4, at + 2 + length)).toString("latin1"));
    at += 2 + length;
  }
  return parts.join("\n");
};

const editor = (file: Uint8Array): readonly Check[] => {
  const name = EDITORS.exec(headOf(file))?.[1];
  if (name === undefined) return [];
  const sentence = say(
    `Tệp đã qua phần mềm sửa ảnh ${name}.`,
    `The file went through the picture editor ${name}.`,
  );
  return [finding("file.edited", "unsure", sentence)];
};

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A page that was only scaled lies on its file as it is; one that was cut out or turned does not. */
const onPage = (box: Box, file: Size, page: Size | undefined): Box | null => {
  if (page === undefined) return null;
  const [sx, sy] = [page.width / file.width, page.height / file.height];
  if (Math.abs(sx / sy - 1) > 0.004) return null;
  return {
    x: Math.round(box.x * sx),
    y: Math.round(box.y * sy),
    w: Math.round(box.w * sx),
    h: Math.round(box.h * sy),
  };
};

const MOST_PIXELS = 30e6;

/**
 * What the file's first component held (JFIF, ITU-T T.871 clause 7), which a conversion to grey by way of linear light
 * does not give: coloured print would stand off the lattice. Null for other than grey and three components.
 */
const luminanceOf = (
  data: Uint8Array,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: number },
): Gray | null => {
  if (channels === 1) return { width, height, data };
  if (channels !== 3) return null;
  const luma = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < luma.length; i += 1, p += 3)
    luma[i] = Math.round(
      0.299 * (data[p] as number) + 0.587 * (data[p + 1] as number) + 0.114 * (data[p + 2] as number),
    );
  return { width, height, data: luma };
};

/**
 * Of a JPEG file as it was uploaded; `page` is the size of the page that was made of it, for the boxes. What is no JPEG,
 * or can not be decoded, or is larger than 30 megapixels, gives no answer. A third of a second for an A4 scan.
 */
export const checkFile = async (file: Uint8Array, page?: Size): Promise<readonly Check[]> => {
  if (file[0] !== 0xff || file[1] !== 0xd8) return [];
  const decoded = await sharp(file, { limitInputPixels: MOST_PIXELS, failOn: "error" })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => null);
  if (decoded === null) return [];
  const luminance = luminanceOf(decoded.data, decoded.info);
  if (luminance === null) return [];
  const { width, height } = luminance;
  const ghosts = findGhosts(luminance);
  return [
    ...editor(file),
    ...ghosts.map(({ box }) =>
      finding(
        "file.edited",
        "fail",
        say(
          "Vùng này được đưa vào sau khi tệp đã lưu một lần.",
          "This part was put in after the file had been saved once.",
        ),
        onPage(box, { width, height }, page),
      ),
    ),
  ];
};
