// How do line images and what they say lie in a file?
//
//   bytes 0-3    "MCHW"
//   bytes 4-7    length n of the header, unsigned, little-endian
//   bytes 8-…    the header: JSON, UTF-8, n bytes
//   then         the pictures one after the other, rows of 8-bit grey, 255 is white
//
// The header's `lines` are [offset from the first picture's byte, width, kind, family, clean, text].
import type { LineImage } from "./line-image.js";
import { LINE_HEIGHT_PX } from "./line-image.js";

const MAGIC = "MCHW";

type Entry = readonly [
  offset: number,
  width: number,
  kind: string,
  family: string,
  clean: 0 | 1,
  text: string,
];

interface Header {
  readonly version: 1;
  readonly height: number;
  readonly alphabet: string;
  readonly lines: readonly Entry[];
}

export const writeShard = (lines: readonly LineImage[], alphabet: string): Uint8Array => {
  let offset = 0;
  const entries = lines.map(({ width, kind, family, clean, text, pixels }): Entry => {
    const entry: Entry = [offset, width, kind, family, clean ? 1 : 0, text];
    offset += pixels.length;
    return entry;
  });
  const header: Header = { version: 1, height: LINE_HEIGHT_PX, alphabet, lines: entries };
  const json = Buffer.from(JSON.stringify(header), "utf8");
  const start = Buffer.alloc(8);
  start.write(MAGIC, 0, "latin1");
  start.writeUInt32LE(json.length, 4);
  return Buffer.concat([start, json, ...lines.map(({ pixels }) => pixels)]);
};

/** Throws `RangeError` for bytes that are no such file or end too early. */
export const readShard = (bytes: Uint8Array): readonly LineImage[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 8 || buffer.toString("latin1", 0, 4) !== MAGIC)
    throw new RangeError("this is no file of line images");
  const first = 8 + buffer.readUInt32LE(4);
  const header = JSON.parse(buffer.toString("utf8", 8, first)) as Header;
  return header.lines.map(([offset, width, kind, family, clean, text]) => {
    const [from, to] = [first + offset, first + offset + width * header.height];
    if (to > buffer.length) throw new RangeError(`the picture of "${text}" is cut off`);
    return {
      kind: kind as LineImage["kind"],
      family,
      width,
      clean: clean === 1,
      text,
      pixels: bytes.subarray(from, to),
    };
  });
};
