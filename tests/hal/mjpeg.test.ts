// Are single pictures cut out of an MJPEG stream whole, whatever stands between them and however it arrives?
import fc from "fast-check";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { MAX_PREVIEW_BYTES, MjpegSplitter } from "../../src/hal/camera/mjpeg.js";

const picture = async (red: number, progressive = false): Promise<Uint8Array> =>
  new Uint8Array(
    await sharp({
      create: {
        width: 64,
        height: 48,
        channels: 3,
        background: { r: red, g: 90, b: 20 },
        noise: { type: "gaussian", mean: 100, sigma: 60 },
      },
    })
      .jpeg({ progressive })
      .toBuffer(),
  );

/** A thumbnail in an APP1 segment holds start and end markers of its own. */
const withThumbnail = (jpeg: Uint8Array, thumbnail: Uint8Array): Uint8Array => {
  const length = thumbnail.length + 2;
  return Buffer.concat([
    jpeg.subarray(0, 2),
    Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff),
    thumbnail,
    jpeg.subarray(2),
  ]);
};

const PLAIN = await Promise.all([picture(10), picture(120), picture(250, true)]);
const PICTURES = [...PLAIN, withThumbnail(PLAIN[0] ?? new Uint8Array(), PLAIN[1] ?? new Uint8Array())];

const inChunks = (splitter: MjpegSplitter, bytes: Uint8Array, size: number): Uint8Array[] => {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size)
    frames.push(...splitter.push(bytes.subarray(at, at + size)));
  return frames;
};

test("every picture comes out as it went in, in chunks of any size", () => {
  for (const size of [1, 2, 3, 7, 1_000, 1_000_000])
    assert.equal(
      inChunks(new MjpegSplitter(), Buffer.concat(PICTURES), size).map((frame) =>
        Buffer.from(frame).toString("hex"),
      ),
      PICTURES.map((frame) => Buffer.from(frame).toString("hex")),
      `chunks of ${size}`,
    );
});

test("a picture that was cut off is dropped, and the next one is whole", () => {
  const [first = new Uint8Array(), second = new Uint8Array()] = PICTURES;
  for (const cut of [1, 2, 3, 5, 20, 100, first.length >> 1, first.length - 2, first.length - 1]) {
    const splitter = new MjpegSplitter();
    const frames = splitter.push(Buffer.concat([first.subarray(0, cut), second, second]));
    assert.ok(frames.length >= 1, `cut at ${cut}`);
    assert.equal(Buffer.from(frames.at(-1) ?? []), Buffer.from(second), `cut at ${cut}`);
  }
});

test("fuzz: any bytes in any chunks give pictures with both markers, in bounded memory", () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(...PICTURES),
    fc.constantFrom(Uint8Array.of(0xff, 0xd8), Uint8Array.of(0xff, 0xd9), Uint8Array.of(0xff, 0xda, 0, 2)),
    fc.tuple(fc.constantFrom(...PICTURES), fc.nat(600)).map(([jpeg, cut]) => jpeg.subarray(0, cut)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.integer({ min: 1, max: 700 }), (parts, size) => {
      const bytes = Buffer.concat(parts);
      const chunked = inChunks(new MjpegSplitter(), bytes, size);
      assert.equal(
        chunked.map((frame) => frame.length),
        new MjpegSplitter().push(bytes).map((frame) => frame.length),
        "chunk boundaries change nothing",
      );
      for (const frame of chunked) {
        assert.equal([...frame.subarray(0, 2)], [0xff, 0xd8]);
        assert.equal([...frame.subarray(-2)], [0xff, 0xd9]);
      }
    }),
  );
});

test("a picture without an end is given up at the limit", () => {
  const splitter = new MjpegSplitter();
  splitter.push(Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2));
  const block = new Uint8Array(1_048_576).fill(7);
  for (let sent = 0; sent < MAX_PREVIEW_BYTES + block.length; sent += block.length)
    assert.equal(splitter.push(block), []);
  assert.is(splitter.broken, 1);
  const [good = new Uint8Array()] = PICTURES;
  assert.is(splitter.push(good).length, 1);
});

test.run();
