// How well does the model read the lines of somebody's own writers?
//
// A folder of pictures, each of one line, and beside each a text file of the same name with what is written there: its
// first line; a second line "kind: date" says as what a field would be read.
import { readdirSync, readFileSync } from "node:fs";
import { join, parse } from "node:path";
import sharp from "sharp";
import { FaultError } from "../../core/faults.js";
import type { Gray } from "../page/raster.js";
import { HAND_KINDS, type HandKind, heldBy } from "./kinds.js";
import { inkBox, linePicture } from "./line-picture.js";
import type { HandwritingReader } from "./reader.js";
import { isWhole, type LineOutcome } from "./tally.js";

const PICTURE = /\.(jpe?g|png|webp|tiff?|avif|gif)$/i;
/** One line of writing, and nothing larger than a page by mistake. */
const MAX_PIXELS = 50e6;

export interface LineFile {
  /** Name of the picture in its folder. */
  readonly file: string;
  readonly meant: string;
  readonly kind: Extract<HandKind, string>;
  /** The text file said so. */
  readonly told: boolean;
}

export interface LeftOut {
  readonly file: string;
  readonly why: string;
}

export interface LineFolder {
  readonly lines: readonly LineFile[];
  readonly leftOut: readonly LeftOut[];
}

const kindOf = (text: string): Extract<HandKind, string> | null =>
  HAND_KINDS.find((kind) => kind === text) ?? null;

const lineFile = (folder: string, file: string): LineFile | LeftOut => {
  const name = `${parse(file).name}.txt`;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(join(folder, name)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { file, why: `${name} is not there` };
    return {
      file,
      why: `${name} can not be read (${error instanceof TypeError ? "not UTF-8" : (code ?? "")})`,
    };
  }
  const [first = "", second = ""] = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const meant = first.normalize("NFC").trim();
  if (meant === "") return { file, why: `the first line of ${name} is empty` };
  const named = /^kind:\s*(\S*)\s*$/.exec(second)?.[1];
  if (named === undefined)
    return second.trim() === ""
      ? { file, meant, kind: "text", told: false }
      : { file, why: `the second line of ${name} is not "kind: …"` };
  const kind = kindOf(named);
  return kind === null
    ? { file, why: `${name}: no kind "${named}"; one of ${HAND_KINDS.join(", ")}` }
    : { file, meant, kind, told: true };
};

/** Sorted by name. Throws the system's error for a folder that can not be read. */
export const lineFolder = (folder: string): LineFolder => {
  const found = readdirSync(folder)
    .filter((name) => PICTURE.test(name))
    .sort()
    .map((file) => lineFile(folder, file));
  return {
    lines: found.filter((entry): entry is LineFile => "meant" in entry),
    leftOut: found.filter((entry): entry is LeftOut => "why" in entry),
  };
};

const PAPER_PART = 0.9;
/** A picture whose line fills less of its height has paper above and below that the network never saw so much of. */
const FILLED = 0.5;

/** Paper becomes white. */
const whitened = ({ width, height, data }: Gray): Gray => {
  const counts = new Uint32Array(256);
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  let [paper, seen] = [0, 0];
  while (paper < 255 && seen + (counts[paper] ?? 0) < PAPER_PART * data.length) {
    seen += counts[paper] ?? 0;
    paper += 1;
  }
  const gain = 255 / Math.max(64, paper);
  return { width, height, data: Uint8Array.from(data, (value) => Math.min(255, value * gain)) };
};

/** Throws "paper.unreadable" for what is no picture. */
export const lineOfFile = async (file: Uint8Array): Promise<Gray> => {
  try {
    const { data, info } = await sharp(file, { limitInputPixels: MAX_PIXELS, failOn: "error" })
      .rotate()
      .flatten({ background: "#ffffff" })
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = whitened({ width: info.width, height: info.height, data: new Uint8Array(data) });
    const ink = inkBox(picture);
    return ink === null || ink.h >= FILLED * info.height ? picture : linePicture(picture, ink);
  } catch (cause) {
    throw new FaultError("paper.unreadable", "it is no picture that can be decoded", { cause });
  }
};

/** `meant` and `said` as a field of the kind holds them. */
export interface MeasuredLine extends LineFile, LineOutcome {
  readonly confidence: number;
  readonly right: boolean;
}

/** Throws "paper.unreadable", "model.unusable", or the system's error for a file that is gone. */
export const measureLine = async (
  reader: HandwritingReader,
  folder: string,
  line: LineFile,
): Promise<MeasuredLine> => {
  const picture = await lineOfFile(new Uint8Array(readFileSync(join(folder, line.file))));
  const { text, confidence, sure } = (await reader.look(picture)).read(line.kind);
  const held = { meant: heldBy(line.kind, line.meant), said: heldBy(line.kind, text) };
  return { ...line, ...held, confidence, sure, right: isWhole(held) };
};
