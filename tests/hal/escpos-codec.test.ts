// Are the printer's answers told apart however they arrive, and does every page come back from its bytes?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Answer, AnswerParser } from "../../src/hal/printer/answers.js";
import {
  breakRealTimeCommands,
  PROCESS_IDS,
  processIdOf,
  STRIP_ROWS,
  stripsOf,
} from "../../src/hal/printer/commands.js";
import { EscposEncoder } from "../../src/hal/printer/escpos.js";
import { faultOf, stateOfAutoStatus, stateOfRealTime, statusOf } from "../../src/hal/printer/state.js";
import { EscPosInterpreter } from "../../src/hal/sim/escpos-interpreter.js";

const bits = (...places: readonly number[]) =>
  fc.subarray([...places]).map((chosen) => chosen.reduce((byte, place) => byte | (1 << place), 0));

const realTime = bits(2, 3, 5, 6).map((byte) => Uint8Array.of(byte | 0x12));
const plain = bits(0, 1, 2, 3, 5, 6);
const autoStatus = fc
  .tuple(bits(2, 3, 5, 6), plain, plain, plain)
  .map(([first, ...rest]) => Uint8Array.of(first | 0x10, ...rest));
const id = fc.nat({ max: PROCESS_IDS - 1 }).map(processIdOf);
const block = id.map((bytes) => Uint8Array.of(0x37, 0x22, ...bytes, 0));
const transmitted = plain.map((byte) => Uint8Array.of(byte));

const hex = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString("hex");
const written = (answer: Answer): string =>
  answer.kind === "autoStatus"
    ? hex(answer.bytes)
    : answer.kind === "processId"
      ? hex([0x37, 0x22, ...answer.id, 0])
      : hex([answer.byte]);

const chop = (bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
};

const parse = (chunks: readonly Uint8Array[]): Answer[] => {
  const parser = new AnswerParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });

test("whole answers in any order and any chunks are read as they were sent", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(realTime, autoStatus, block, transmitted), { maxLength: 30 }),
      sizes,
      (sent, cuts) => {
        const answers = parse(chop(Uint8Array.from(sent.flatMap((answer) => [...answer])), cuts));
        assert.equal(answers.map(written), sent.map(hex));
      },
    ),
  );
});

test("a status that is inserted in the middle of another answer harms neither", () => {
  fc.assert(
    fc.property(fc.oneof(autoStatus, block), fc.nat({ max: 6 }), bits(2, 3), (around, place, low) => {
      // Inside a block only a status that is no printable character can be told from the block's own bytes.
      const inserted = low | 0x12;
      const at = 1 + (place % (around.length - 1));
      const answers = parse([around.slice(0, at), Uint8Array.of(inserted), around.slice(at)]);
      assert.equal(answers.map(written).sort(), [hex(around), hex([inserted])].sort());
    }),
  );
});

test("XON and XOFF between any two bytes are nobody's answer", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(realTime, autoStatus, block), { maxLength: 10 }), (sent) => {
      const bytes = sent.flatMap((answer) => [...answer].flatMap((byte) => [0x13, byte, 0x11]));
      assert.equal(parse([Uint8Array.from(bytes)]).map(written), sent.map(hex));
    }),
  );
});

test("after a block whose end was lost the next one is still heard", () => {
  fc.assert(
    fc.property(block, block, fc.integer({ min: 2, max: 6 }), (lost, next, kept) => {
      const answers = parse([lost.slice(0, kept), next]);
      assert.ok(answers.map(written).includes(hex(next)));
    }),
  );
});

test("any bytes at all are survived, and the line is understood again soon after", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), block, (noise, next) => {
      const parser = new AnswerParser();
      for (const answer of parser.push(noise)) assert.ok(answer.kind.length > 0);
      parser.reset();
      assert.equal(parser.push(next).map(written), [hex(next)]);
    }),
  );
});

test("a process id is four printable bytes, and another one for each job of a long life", () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffff_ffff }), (jobId) => {
      const bytes = processIdOf(jobId);
      assert.is(bytes.length, 4);
      assert.ok(bytes.every((byte) => byte >= 32 && byte <= 126));
      assert.is.not(hex(bytes), hex(processIdOf((jobId + 1) % 0x1_0000_0000)));
    }),
  );
});

const isCommand = (bytes: Uint8Array): boolean =>
  bytes.some((byte, at) => byte === 0x10 && [4, 5, 0x14].includes(bytes[at + 1] ?? -1));

test("no page spells a real-time command, and only bytes that would are changed, by one dot", () => {
  const treacherous = fc.array(fc.constantFrom(0x10, 0x04, 0x05, 0x14, 0x01, 0x00, 0xff), { maxLength: 200 });
  fc.assert(
    fc.property(treacherous, (values) => {
      const before = Uint8Array.from(values);
      const after = breakRealTimeCommands(before);
      assert.not.ok(isCommand(after));
      before.forEach((byte, at) => {
        const expected = before[at - 1] === 0x10 && [4, 5, 0x14].includes(byte) ? byte | 0x08 : byte;
        assert.is(after[at], expected);
      });
      if (!isCommand(before)) assert.is(after, before);
    }),
  );
});

/** What a printer burns of these bytes. */
const burnt = (bytes: Uint8Array, rowBytes: number): string[] => {
  const rows: string[] = [];
  const interpreter = new EscPosInterpreter({
    rowBytes,
    ready: () => true,
    burn: (row) => rows.push(hex(row)),
    feed: () => {},
    cut: () => rows.push("cut"),
    setAutoStatus: () => {},
    answerProcessId: () => {},
    transmitStatus: () => {},
    strayRealTimeCommand: () => rows.push("stray"),
  });
  interpreter.receive(bytes);
  interpreter.work();
  return rows;
};

test("the escpos package carries any page, strip by strip, dot for dot", () => {
  const encoder = new EscposEncoder();
  const page = fc
    .record({ rowBytes: fc.integer({ min: 1, max: 8 }), heightDots: fc.integer({ min: 1, max: 60 }) })
    .chain(({ rowBytes, heightDots }) =>
      fc
        .uint8Array({ minLength: rowBytes * heightDots, maxLength: rowBytes * heightDots })
        .map((data) => ({ widthDots: rowBytes * 8, heightDots, bits: data })),
    );
  fc.assert(
    fc.property(page, (sent) => {
      const strips = stripsOf(sent);
      assert.ok(strips.every((strip) => strip.heightDots <= STRIP_ROWS));
      const rowBytes = sent.widthDots / 8;
      const rows = strips.flatMap((strip) => burnt(encoder.raster(strip).take(), rowBytes));
      const wanted = strips.flatMap((strip) =>
        Array.from({ length: strip.heightDots }, (_, y) =>
          hex(strip.bits.subarray(y * rowBytes, (y + 1) * rowBytes)),
        ),
      );
      assert.equal(rows, wanted);
    }),
    { numRuns: 60 },
  );
});

test("any bytes at all are survived by the simulated printer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.ok(Array.isArray(burnt(bytes, 48)));
    }),
  );
});

test("both kinds of status name the same fault", () => {
  const cases: readonly (readonly [string | null, number[], number[]])[] = [
    [null, [0x12, 0x12, 0x12, 0x12], [0x10, 0, 0, 0x0f]],
    ["printer.coverOpen", [0x1a, 0x16, 0x12, 0x12], [0x38, 0, 0, 0x0f]],
    ["printer.paperOut", [0x1a, 0x32, 0x12, 0x7e], [0x18, 0, 0x0f, 0x0f]],
    ["printer.cutterError", [0x1a, 0x52, 0x1a, 0x12], [0x18, 0x08, 0, 0x0f]],
    ["printer.unrecoverable", [0x1a, 0x52, 0x32, 0x12], [0x18, 0x20, 0, 0x0f]],
    ["printer.overheated", [0x1a, 0x52, 0x52, 0x12], [0x18, 0x40, 0, 0x0f]],
    ["printer.offline", [0x1a, 0x1a, 0x12, 0x12], [0x58, 0, 0, 0x0f]],
  ];
  for (const [code, asked, told] of cases) {
    const [a = 0, b = 0, c = 0, d = 0] = asked;
    const [e = 0, f = 0, g = 0, h = 0] = told;
    assert.is(faultOf(stateOfRealTime([a, b, c, d]))?.code ?? null, code);
    assert.is(faultOf(stateOfAutoStatus([e, f, g, h]))?.code ?? null, code);
  }
  assert.is(statusOf(stateOfRealTime([0x12, 0x12, 0x12, 0x1e])).paper, "low");
  assert.is(statusOf(stateOfAutoStatus([0x10, 0, 0x03, 0x0f])).paper, "low");
});

test.run();
