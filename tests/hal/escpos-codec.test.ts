// Are the printer's answers told apart however they arrive, and does every page come back from its bytes?
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Answer, AnswerParser } from "../../src/hal/printer/answers.js";
import {
  AUTO_STATUS_ON,
  breakRealTimeCommands,
  FEED_AND_CUT,
  PROCESS_IDS,
  padding,
  processIdOf,
  rasterImage,
  realTimeStatus,
  requestProcessId,
  STRIP_ROWS,
  stripsOf,
  TRANSMIT_PAPER_STATUS,
} from "../../src/hal/printer/commands.js";
import { EscposEncoder } from "../../src/hal/printer/escpos.js";
import { faultOf, stateOfAutoStatus, stateOfRealTime, statusOf } from "../../src/hal/printer/state.js";
import { EscPosInterpreter } from "../../src/hal/sim/escpos-interpreter.js";
import { escposRaster, rgbaOf } from "./escpos-peer.js";

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
      : answer.kind === "flow"
        ? hex([answer.on ? 0x11 : 0x13])
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

test("XON and XOFF between any two bytes are heard and are nobody else's answer", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(realTime, autoStatus, block), { maxLength: 10 }), (sent) => {
      const bytes = sent.flatMap((answer) => [...answer].flatMap((byte) => [0x13, byte, 0x11]));
      const answers = parse([Uint8Array.from(bytes)]);
      const flow = answers.filter(({ kind }) => kind === "flow");
      assert.is(flow.length, 2 * sent.flatMap((answer) => [...answer]).length);
      assert.equal(answers.filter(({ kind }) => kind !== "flow").map(written), sent.map(hex));
    }),
  );
});

test("split at every byte, the answers are the same as in one piece", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(realTime, autoStatus, block, transmitted), { maxLength: 8 }), (sent) => {
      const bytes = Uint8Array.from(sent.flatMap((answer) => [...answer]));
      const whole = parse([bytes]).map(written);
      assert.equal(parse([...bytes].map((byte) => Uint8Array.of(byte))).map(written), whole);
      for (let at = 0; at <= bytes.length; at++)
        assert.equal(parse([bytes.slice(0, at), bytes.slice(at)]).map(written), whole);
    }),
  );
});

test("every one of DLE EOT 1 to 4 may answer in the middle of a process id and of an automatic status", () => {
  for (const around of [
    Uint8Array.of(0x37, 0x22, 0x20, 0x32, 0x7e, 0x37, 0),
    Uint8Array.of(0x18, 0x28, 0x0f, 0x0f),
  ])
    for (let at = 1; at < around.length; at++)
      for (const low of [0x12, 0x16, 0x1a, 0x1e]) {
        const four = Uint8Array.of(low, 0x12, 0x16, 0x1e);
        const answers = parse([around.slice(0, at), four, around.slice(at)]);
        assert.is(answers.filter(({ kind }) => kind === "realTime").length, 4, `byte ${at}`);
        assert.ok(answers.map(written).includes(hex(around)), `byte ${at}`);
      }
});

test("a megabyte of anything is refused in bounded time and memory", () => {
  for (const fill of [0x37, 0x10, 0x12, 0x13, 0x41, 0xff]) {
    const parser = new AnswerParser();
    const started = performance.now();
    let answers = 0;
    for (let chunk = 0; chunk < 64; chunk++) answers += parser.push(new Uint8Array(16_384).fill(fill)).length;
    assert.ok(answers <= 64 * 16_384);
    assert.ok(performance.now() - started < 20_000);
    parser.reset();
    assert.is(parser.push(Uint8Array.of(0x12)).length, 1);
  }
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

/** Where a printer would find the start of a real-time command. */
const commandsIn = (bytes: Uint8Array): number[] =>
  [...bytes.keys()].filter((at) => bytes[at] === 0x10 && [4, 5, 0x14].includes(bytes[at + 1] ?? -1));

/** Any bytes, but rich in those that commands are made of. */
const treacherous = (bytes: number) =>
  fc.array(fc.oneof(fc.constantFrom(0x10, 0x04, 0x05, 0x14, 0x01, 0x02), fc.integer({ min: 0, max: 255 })), {
    minLength: bytes,
    maxLength: bytes,
  });

test("no image spells a real-time command, and only bytes that would are changed, by one dot", () => {
  fc.assert(
    fc.property(fc.nat({ max: 200 }).chain(treacherous), (values) => {
      const before = Uint8Array.from(values);
      const after = breakRealTimeCommands(before);
      assert.equal(commandsIn(after), []);
      before.forEach((byte, at) => {
        const spells = before[at - 1] === 0x10 && [4, 5, 0x14].includes(byte);
        const last = at === before.length - 1 && byte === 0x10;
        assert.is(after[at], spells || last ? byte | 0x08 : byte);
      });
      if (commandsIn(before).length === 0 && before.at(-1) !== 0x10) assert.is(after, before);
    }),
  );
});

const treacherousPages = fc
  .record({ rowBytes: fc.integer({ min: 1, max: 20 }), heightDots: fc.integer({ min: 1, max: 60 }) })
  .chain(({ rowBytes, heightDots }) =>
    treacherous(rowBytes * heightDots).map((values) => ({
      widthDots: rowBytes * 8,
      heightDots,
      bits: Uint8Array.from(values),
    })),
  );

test("nor does any page in what is sent of it: headers, strip boundaries, questions between the strips, the end", () => {
  fc.assert(
    fc.property(treacherousPages, (page) => {
      const questions: number[] = [];
      const sent: number[] = [];
      for (const strip of stripsOf(page)) {
        sent.push(...rasterImage(strip));
        questions.push(sent.length);
        sent.push(...realTimeStatus(1));
      }
      sent.push(...FEED_AND_CUT, ...requestProcessId(processIdOf(0x1004_0510)));
      assert.equal(commandsIn(Uint8Array.from(sent)), questions, "the questions, and nothing else");
      // A parser that takes DLE DLE for two data bytes must see the question too.
      for (const at of questions) assert.is.not(sent[at - 1], 0x10);
    }),
    { numRuns: 60 },
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

test("any page comes back dot for dot, strip by strip, from the very bytes that the escpos package would send", () => {
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
      for (const strip of strips)
        assert.is(hex(rasterImage(strip)), hex(escposRaster(rgbaOf(strip))), "as the package does");
      const rows = strips.flatMap((strip) => burnt(rasterImage(strip), rowBytes));
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

/** Everything that ever goes out, and what the printer should make of it. */
const command = fc.oneof(
  fc.constant({ bytes: new EscposEncoder().initialise().take(), told: ["auto false"] }),
  fc.constant({ bytes: AUTO_STATUS_ON, told: ["auto true"] }),
  fc.constant({ bytes: FEED_AND_CUT, told: ["feed 96", "cut"] }),
  fc.constant({ bytes: TRANSMIT_PAPER_STATUS, told: ["status 1"] }),
  fc.constant({ bytes: padding(40), told: [] }),
  fc.constantFrom(1, 2, 3, 4).map((n) => ({ bytes: realTimeStatus(n as 1), told: [] })),
  id.map((bytes) => ({ bytes: requestProcessId(bytes), told: [`id ${hex(bytes)}`] })),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((data) => ({
    bytes: rasterImage({ widthDots: 32, heightDots: 3, bits: data }),
    told: [0, 4, 8].map((at) => hex(data.subarray(at, at + 4))),
  })),
);

const understood = (chunks: readonly Uint8Array[]): string[] => {
  const told: string[] = [];
  const interpreter = new EscPosInterpreter({
    rowBytes: 4,
    ready: () => true,
    burn: (row) => told.push(hex(row)),
    feed: (rows) => told.push(`feed ${rows}`),
    cut: () => told.push("cut"),
    setAutoStatus: (on) => told.push(`auto ${on}`),
    answerProcessId: (bytes) => told.push(`id ${hex(bytes)}`),
    transmitStatus: (n) => told.push(`status ${n}`),
    strayRealTimeCommand: () => {},
  });
  for (const chunk of chunks) {
    interpreter.receive(chunk);
    interpreter.work();
  }
  assert.is(interpreter.pendingBytes, 0);
  return told;
};

test("what is encoded is understood as it was meant, in any order and split anywhere", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 12 }), sizes, (commands, cuts) => {
      const bytes = Uint8Array.from(commands.flatMap((one) => [...one.bytes]));
      assert.equal(
        understood(chop(bytes, cuts)),
        commands.flatMap(({ told }) => told),
      );
    }),
  );
});

test("any bytes at all are survived by the simulated printer, which then understands a page again", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    command.map(({ bytes }) => bytes),
    fc
      .tuple(fc.constantFrom(0x1b, 0x1d, 0x10), fc.uint8Array({ maxLength: 3 }))
      .map(([head, rest]) => Uint8Array.of(head, ...rest)),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((size) => Uint8Array.of(0x1d, 0x76, 0x30, 0, ...size)),
    fc.uint8Array({ minLength: 3, maxLength: 3 }).map((size) => Uint8Array.of(0x1d, 0x28, ...size)),
  );
  const strip = rasterImage({ widthDots: 384, heightDots: 1, bits: new Uint8Array(48).fill(0xa5) });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      let rows = 0;
      let last = "";
      const interpreter = new EscPosInterpreter({
        rowBytes: 48,
        ready: () => true,
        burn: (row) => {
          rows += 1;
          last = hex(row);
        },
        feed: () => {},
        cut: () => {},
        setAutoStatus: () => {},
        answerProcessId: () => {},
        transmitStatus: () => {},
        strayRealTimeCommand: () => {},
      });
      const bytes = Uint8Array.from(pieces.flatMap((one) => [...one]));
      interpreter.receive(bytes);
      interpreter.work();
      // The most that a byte can ask for: an image without columns, 65,535 rows in eight bytes.
      assert.ok(rows <= 65_536 * (1 + bytes.length / 8));
      assert.is(interpreter.pendingBytes, 0);
      interpreter.clear();
      interpreter.receive(strip);
      interpreter.work();
      assert.is(last, "a5".repeat(48));
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
