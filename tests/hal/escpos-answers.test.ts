// Do answers of all kinds come apart, however they are mixed and cut?
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Answer, AnswerParser } from "../../src/hal/printer/answers.js";

const realTime = fc.integer({ min: 0, max: 255 }).map((bits) => (bits & 0x6c) | 0x12);
const pushAll = (chunks: readonly Uint8Array[]): Answer[] => {
  const parser = new AnswerParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

test("any bytes are parsed in bounded output, whatever the cuts", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (chunks) => {
      const answers = pushAll(chunks);
      const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      assert.ok(answers.length <= total);
      const joined = pushAll([Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))]);
      assert.equal(answers, joined);
    }),
    { numRuns: 500 },
  );
});

test("a real-time answer between the bytes of an automatic status disturbs neither", () => {
  fc.assert(
    fc.property(
      realTime,
      fc.integer({ min: 1, max: 3 }),
      fc.tuple(...[0, 0, 0].map(() => fc.integer({ min: 0, max: 0x6f }))),
      (byte, at, rest) => {
        const status = [0x10, ...rest.map((value) => value & 0x6f)];
        const mixed = [...status.slice(0, at), byte, ...status.slice(at)];
        // XON and XOFF are flow control wherever they stand.
        if (mixed.some((value) => value === 0x11 || value === 0x13)) return;
        const answers = pushAll([Uint8Array.from(mixed)]);
        assert.equal(answers.map(({ kind }) => kind).sort(), ["autoStatus", "realTime"]);
      },
    ),
  );
});

test("a process id comes through in pieces", () => {
  const block = [0x37, 0x22, 0x30, 0x31, 0x41, 0x42, 0x00];
  const answers = pushAll(block.map((byte) => Uint8Array.of(byte)));
  assert.equal(answers, [{ kind: "processId", id: Uint8Array.of(0x30, 0x31, 0x41, 0x42) }]);
});

test.run();
