// How does a page of a TIFF, as fax and office scanners write them, become a picture?
import sharp from "sharp";
import { FaultError } from "../core/faults.js";

const JPEG_QUALITY = 92;

const unreadable = (detail: string, cause: unknown): FaultError =>
  new FaultError("paper.unreadable", detail, { cause });

/** Throws "paper.unreadable". */
export const tiffPageCount = async (path: string): Promise<number> => {
  const { pages = 1 } = await sharp(path, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw unreadable("the TIFF is damaged, or breaks off in the middle", cause);
    });
  return pages;
};

/** `index` from 0; a JPEG file. Throws "paper.unreadable", and "paper.tooLarge" before a pixel is decoded. */
export const tiffPicture = async (path: string, index: number, maxPixels: number): Promise<Uint8Array> => {
  const open = () => sharp(path, { page: index, pages: 1, limitInputPixels: false, failOn: "error" });
  try {
    const { width = 0, height = 0 } = await open().metadata();
    if (width * height > maxPixels)
      throw new FaultError(
        "paper.tooLarge",
        `page ${index + 1} has ${Math.round((width * height) / 1e6)} megapixels, more than the ${Math.round(maxPixels / 1e6)} allowed`,
      );
    const jpeg = await open()
      .rotate()
      .flatten({ background: "#fff" })
      .toColourspace("srgb")
      .jpeg({ quality: JPEG_QUALITY })
      .toBuffer();
    return new Uint8Array(jpeg);
  } catch (error) {
    throw error instanceof FaultError
      ? error
      : unreadable(`page ${index + 1} of the TIFF is damaged, or breaks off`, error);
  }
};
