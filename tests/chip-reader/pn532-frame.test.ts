// Are PN532 frames written as the manual shows them, and found in any stream?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readStatus, readTarget } from "../../src/hal/chip-reader/pn532/commands.js";
import {
  ACK_FRAME,
  ERROR_FRAME,
  encodeFrame,
  type Frame,
  FrameDecoder,
  MAX_BODY_BYTES,
  MAX_FRAME_BYTES,
  NACK_FRAME,
  TFI_ANSWER,
  TFI_COMMAND,
} from "../../src/hal/chip-reader/pn532/frame.js";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");
const decode = (...chunks: Uint8Array[]): Frame[] => {
  const decoder = new FrameDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
};
const bodyOf = (frame: Frame | undefined) => (frame?.kind === "data" ? hex(frame.body) : frame?.kind);

// As in UM0701-02 and in the traces of open drivers.
const KNOWN = [
  [TFI_COMMAND, "02", "0000ff02fed4022a00"],
  [TFI_COMMAND, "1401", "0000ff03fdd414011700"],
  [TFI_COMMAND, "4a0100", "0000ff04fcd44a0100e100"],
  [TFI_ANSWER, "0332010607", "0000ff06fad50332010607e800"],
] as const;

test("commands and answers are framed as the manual shows", () => {
  for (const [tfi, body, frame] of KNOWN) {
    assert.is(hex(encodeFrame(tfi, bytes(body))), frame);
    const [found] = decode(bytes(frame));
    assert.is(bodyOf(found), body);
    assert.is(found?.kind === "data" ? found.tfi : null, tfi);
  }
});

test("ACK, NACK and error frames are told apart", () => {
  assert.equal(
    decode(Uint8Array.of(...ACK_FRAME, ...NACK_FRAME, ...ERROR_FRAME)).map((frame) => frame.kind),
    ["ack", "nack", "error"],
  );
});

test("254 body bytes are the last normal frame, 264 the last extended one", () => {
  const normal = encodeFrame(TFI_ANSWER, new Uint8Array(254));
  assert.is(hex(normal.subarray(0, 5)), "0000ffff01");
  const extended = encodeFrame(TFI_ANSWER, new Uint8Array(255));
  assert.is(hex(extended.subarray(0, 9)), "0000ffffff0100ffd5");
  const longest = encodeFrame(TFI_ANSWER, new Uint8Array(MAX_BODY_BYTES));
  assert.is(longest.length, MAX_FRAME_BYTES);
  for (const frame of [normal, extended, longest]) assert.is(decode(frame).length, 1);
  assert.throws(() => encodeFrame(TFI_ANSWER, new Uint8Array(MAX_BODY_BYTES + 1)), RangeError);
  assert.throws(() => encodeFrame(TFI_ANSWER, new Uint8Array(0)), RangeError);
});

test("a frame with any one bit flipped is never taken for another one", () => {
  const frame = encodeFrame(TFI_ANSWER, bytes("410090006f1a"));
  // Start code to checksum; the postamble carries nothing.
  for (let bit = 8; bit < (frame.length - 1) * 8; bit++) {
    const flipped = frame.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const decoder = new FrameDecoder();
    assert.equal([...decoder.push(flipped), ...decoder.settle()], [], `bit ${bit}`);
    assert.ok(decoder.suspect);
  }
});

test("a broken answer is told from noise", () => {
  const frame = encodeFrame(TFI_ANSWER, bytes("41009000"));
  const broken = frame.slice();
  broken[broken.length - 2] = (broken[broken.length - 2] ?? 0) ^ 1;
  for (const [stream, isBroken] of [
    [broken, true],
    [frame.subarray(0, 9), true],
    [bytes("1234ff0055"), false],
    [bytes("0000ff7f12"), false],
  ] as const) {
    const decoder = new FrameDecoder();
    assert.equal([...decoder.push(stream), ...decoder.settle()], []);
    assert.is(decoder.brokenFrame, isBroken, hex(stream));
    decoder.reset();
    assert.is(decoder.push(frame).length, 1);
    assert.not.ok(decoder.suspect);
  }
});

const anyBody = fc.uint8Array({ minLength: 1, maxLength: MAX_BODY_BYTES });
/** Biased to start codes, headers and TFIs. */
const noise = fc.array(
  fc.oneof(fc.constantFrom(0x00, 0xff, 0xd5, 0x01, 0xfe), fc.integer({ min: 0, max: 255 })),
  {
    maxLength: 40,
  },
);

test("fuzz: frames come out whole and in order from any chunks", () => {
  fc.assert(
    fc.property(
      fc.array(anyBody, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 300 })),
      (bodies, cuts) => {
        const stream = Buffer.concat(bodies.map((body) => encodeFrame(TFI_ANSWER, body)));
        const decoder = new FrameDecoder();
        const found: Frame[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          found.push(...decoder.push(stream.subarray(at, at + cut)));
          at += cut;
        }
        assert.equal(
          found.map(bodyOf),
          bodies.map((body) => hex(body)),
        );
        assert.not.ok(decoder.suspect);
      },
    ),
  );
});

test("fuzz: a frame behind any noise is found, or known to be damaged", () => {
  fc.assert(
    fc.property(noise, anyBody, (before, body) => {
      const decoder = new FrameDecoder();
      const stream = Uint8Array.of(...before, ...encodeFrame(TFI_ANSWER, body));
      const found = [...decoder.push(stream), ...decoder.settle()];
      assert.ok(decoder.brokenFrame || found.some((frame) => bodyOf(frame) === hex(body)));
    }),
    { numRuns: 2_000 },
  );
});

test("fuzz: a frame inside a broken frame, or inside one that never ended, is never taken for an answer", () => {
  fc.assert(
    fc.property(anyBody, fc.uint8Array({ maxLength: 100 }), fc.boolean(), (forged, tail, cut) => {
      fc.pre(forged.length + tail.length + 12 < MAX_BODY_BYTES);
      const outer = encodeFrame(
        TFI_ANSWER,
        Uint8Array.of(0x41, 0x00, ...encodeFrame(TFI_ANSWER, forged), ...tail, 7),
      );
      const last = outer.length - 3;
      outer[last] = (outer[last] ?? 0) ^ 0x20;
      const decoder = new FrameDecoder();
      const found = [...decoder.push(cut ? outer.subarray(0, last) : outer), ...decoder.settle()];
      assert.equal(found, []);
      assert.ok(decoder.brokenFrame);
    }),
  );
});

test("fuzz: whatever comes, the decoder neither throws nor hoards", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (chunks) => {
      const decoder = new FrameDecoder();
      for (const chunk of chunks) decoder.push(chunk);
      decoder.settle();
      decoder.reset();
      assert.equal(decoder.push(ACK_FRAME), [{ kind: "ack" }]);
    }),
  );
});

test("a megabyte of the worst noise costs bounded time and memory, in one piece or in crumbs", () => {
  const MEGABYTE = 1 << 20;
  const worst: readonly Uint8Array[] = [
    bytes("00ff"),
    bytes("0000ff8080d5"),
    bytes("0000ffffff0108f7"),
    bytes("00"),
    bytes("0000ff00"),
  ];
  for (const unit of worst) {
    const stream = new Uint8Array(MEGABYTE);
    for (let at = 0; at < MEGABYTE; at += unit.length) stream.set(unit.subarray(0, MEGABYTE - at), at);
    for (const chunkBytes of [MEGABYTE, 7]) {
      const decoder = new FrameDecoder();
      const started = performance.now();
      for (let at = 0; at < MEGABYTE; at += chunkBytes) {
        decoder.push(stream.subarray(at, at + chunkBytes));
        // As the link does when the line is quiet behind a broken frame.
        if (decoder.brokenFrame) decoder.reset();
      }
      assert.ok(performance.now() - started < 20_000, `${hex(unit)} by ${chunkBytes}`);
      assert.ok(
        decoder.bufferedBytes <= MAX_FRAME_BYTES,
        `${decoder.bufferedBytes} bytes kept of ${hex(unit)}`,
      );
    }
  }
});

test("fuzz: target data of any bytes is a target, nobody or malformed", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom("A" as const, "B" as const),
      (answer, type) => {
        const target = readTarget(answer, type);
        if (target === null || target === "malformed" || target === "several") return;
        assert.ok([4, 7, 10].includes(target.uid.length));
        assert.is(target.type, type);
      },
    ),
  );
});

test("target data are read as the manual shows", () => {
  // One type A target with a 4-byte UID and an answer to select whose TA(1) allows every rate.
  const fast = readTarget(bytes("01 01 0004 20 04 08a1b2c3 06 75 77 81 02 80"), "A");
  assert.equal(fast, { number: 1, type: "A", uid: bytes("08a1b2c3"), isoDep: true, fast: true });
  // Without TA(1), and a memory card without ISO/IEC 14443-4.
  const plain = readTarget(bytes("01 01 0004 20 04 08a1b2c3 02 05"), "A");
  assert.equal(plain, { number: 1, type: "A", uid: bytes("08a1b2c3"), isoDep: true, fast: false });
  const memoryCard = readTarget(bytes("01 01 0004 08 04 01020304"), "A");
  assert.equal(memoryCard, { number: 1, type: "A", uid: bytes("01020304"), isoDep: false, fast: false });
  const typeB = readTarget(bytes("01 01 50 b1020304 00000000 008181 01 00"), "B");
  assert.equal(typeB, { number: 1, type: "B", uid: bytes("b1020304"), isoDep: true, fast: false });
  assert.is(
    readTarget(bytes("02 01 0004 20 04 08a1b2c3 02 05 02 0004 08 04 01020304"), "A"),
    "several",
    "a citizen card and a bus ticket",
  );
  assert.is(readTarget(bytes("00"), "A"), null);
  assert.is(readTarget(bytes("01 01 0004 20 07 08a1"), "A"), "malformed");
});

test("status bytes: the card's, the reader's, and more to come", () => {
  assert.is(readStatus(0x00).outcome, "done");
  assert.ok(readStatus(0x40).more);
  for (const lost of [0x01, 0x02, 0x0b, 0x29, 0x2b]) assert.is(readStatus(lost).outcome, "cardLost");
  for (const failed of [0x0d, 0x0e, 0x10, 0x3e]) assert.is(readStatus(failed).outcome, "readerFailed");
  assert.match(readStatus(0x41).meaning, "RF time-out");
});

test.run();
