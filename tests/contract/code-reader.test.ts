// Does the code reader do what its interface says, on every wire and in every framing?
import fc from "fast-check";
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import { silentLog } from "../../src/core/log.js";
import type { CodeReader } from "../../src/hal/code-reader/code-reader.js";
import {
  decodeCode,
  type Framing,
  LineFraming,
  MAX_CODE_BYTES,
  type ScannedLine,
  SUFFIXES,
} from "../../src/hal/code-reader/line-framing.js";
import { BurstJudge } from "../../src/hal/code-reader/line-speed.js";
import { openSerialScanner } from "../../src/hal/code-reader/serial-scanner.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { ScannerSim } from "../../src/hal/sim/scanner-sim.js";
import { clock, faultOf, memoryWire, ptyWire, type TestWire, until } from "./bench.js";
import { codeReaderContract } from "./code-reader-suite.js";

// Made up: province, date and names belong to nobody.
const QR = "001099000001|010000001|Nguyễn Văn Thử|01011999|Nam|Thôn Ví Dụ, Xã Mẫu|01012024";

interface Subject {
  readonly scanner: CodeReader;
  readonly sim: ScannerSim;
  readonly far: BytePort;
  readonly codes: string[];
}

const WIRES: readonly { name: string; make: () => Promise<TestWire> }[] = [
  { name: "memory wire", make: async () => memoryWire() },
  { name: "real PTY", make: () => ptyWire(9_600) },
];

for (const { name, make } of WIRES) {
  const contract = suite(`code reader: sim over a ${name}`);
  const within = (title: string, body: (subject: Subject) => Promise<void>) =>
    contract(title, async () => {
      const wire = await make();
      const sim = new ScannerSim();
      const [near, far] = await wire.open();
      sim.attach(far);
      const scanner = await openSerialScanner({ port: near, clock, log: silentLog });
      const codes: string[] = [];
      scanner.onCode((text) => codes.push(text));
      try {
        await body({ scanner, sim, far, codes });
      } finally {
        await scanner.close();
        await wire.close();
      }
    });

  within("gives each code shown, once, in order, also in a burst", async ({ scanner, sim, codes }) => {
    const shown = [QR, QR, "https://example.vn/?a=1", "x"];
    for (const text of shown) sim.control.show(text);
    await until("all codes", () => codes.length === shown.length);
    await clock.sleep(50);
    assert.equal(codes, shown);
    assert.is(await scanner.health(), null);
  });

  within("gives decomposed Vietnamese as composed", async ({ sim, codes }) => {
    sim.control.show(QR.normalize("NFD"));
    await until("code", () => codes.length === 1);
    assert.is(codes[0], QR);
  });

  within("reports garbage as a fault, and a good code ends it", async ({ scanner, sim, codes }) => {
    sim.control.injectGarbage(Uint8Array.of(0xff, 0xfe, 0x80, 0x0d));
    await until("fault", () => codes.length === 0 && healthy(scanner));
    assert.is((await scanner.health())?.code, "codeReader.garbage");
    sim.control.show(QR);
    await until("code", () => codes.length === 1);
    assert.is(await scanner.health(), null);
    assert.equal(codes, [QR]);
  });

  within(
    "throws a code away that stopped half-way, and keeps the next one clean",
    async ({ scanner, sim, far, codes }) => {
      await far.write(Buffer.from(QR.slice(0, 30)));
      await clock.sleep(400);
      assert.is((await scanner.health())?.code, "codeReader.garbage");
      assert.match((await scanner.health())?.detail ?? "", /without an end/);
      sim.control.show(QR);
      await until("code", () => codes.length > 0);
      assert.equal(codes, [QR]);
    },
  );

  within("a code that arrives byte by byte is one code", async ({ far, codes }) => {
    for (const byte of Buffer.from(`${QR}\r`)) await far.write(Uint8Array.of(byte));
    await until("code", () => codes.length === 1);
    assert.equal(codes, [QR]);
  });

  within(
    "stops calling who unsubscribed, and a listener's mistake stops nobody",
    async ({ scanner, sim, codes }) => {
      const other: string[] = [];
      scanner.onCode(() => {
        throw new Error("a screen's mistake");
      });
      const off = scanner.onCode((text) => other.push(text));
      sim.control.show("1");
      await until("both", () => other.length === 1 && codes.length === 1);
      off();
      sim.control.show("2");
      await until("one", () => codes.length === 2);
      assert.equal(other, ["1"]);
    },
  );

  within(
    "close is safe twice; after it nothing is delivered and health says so",
    async ({ scanner, sim, codes }) => {
      await scanner.close();
      await scanner.close();
      sim.control.show(QR);
      await clock.sleep(30);
      assert.equal(codes, []);
      assert.is((await scanner.health())?.code, "codeReader.absent");
    },
  );

  contract.run();
}

for (const { name, make } of WIRES)
  codeReaderContract(`a serial scanner over a ${name}`, async () => {
    const wire = await make();
    const sim = new ScannerSim();
    const [near, far] = await wire.open();
    sim.attach(far);
    return {
      reader: await openSerialScanner({ port: near, clock, log: silentLog }),
      show: async (text) => sim.control.show(text),
      hide: async () => {},
      close: () => wire.close(),
    };
  });

const asked = new WeakMap<CodeReader, boolean>();
/** Asks `health` and gives what the question before found: true once it named a fault. */
const healthy = (scanner: CodeReader): boolean => {
  void scanner.health().then((fault) => asked.set(scanner, fault !== null));
  return asked.get(scanner) === true;
};

test("every framing of the field gives the bare code", async () => {
  const framings = [
    ["", "\r"],
    ["", "\n"],
    ["", "\r\n"],
    ["\u0002", "\u0003"],
    ["\u0002", "\u0003\r\n"],
    ["]Q1", "\r"],
    ["\u0002]Q3", "\u0003"],
    ["]Q2\\000026", "\r\n"],
    ["\ufeff", "\n"],
  ] as const;
  for (const [prefix, suffix] of framings) {
    const [near, far] = await memoryWire().open();
    const sim = new ScannerSim({ prefix, suffix });
    sim.attach(far);
    const scanner = await openSerialScanner({ port: near, clock, log: silentLog });
    const codes: string[] = [];
    scanner.onCode((text) => codes.push(text));
    sim.control.show(QR);
    sim.control.show("ABC");
    await until("codes", () => codes.length === 2);
    assert.equal(codes, [QR, "ABC"], JSON.stringify([prefix, suffix]));
    assert.is(await scanner.health(), null);
    await scanner.close();
  }
});

test("a framing that is set is kept to: its end, its prefix, and what stands between", () => {
  const read = (framing: Framing, text: string) =>
    new LineFraming(framing)
      .push(Buffer.from(text))
      .map((line) => (line.kind === "code" ? line.text : "(garbage)"));
  assert.equal(read({ prefix: "", suffix: "cr" }, "a\nb\rc\r"), ["a\nb", "c"]);
  assert.equal(read({ prefix: "", suffix: "lf" }, "a\nb\n"), ["a", "b"]);
  assert.equal(read({ prefix: "", suffix: "crlf" }, "a\r\nb\r\n"), ["a", "b"]);
  assert.equal(read({ prefix: "", suffix: "tab" }, "a\tb\t"), ["a", "b"]);
  assert.equal(read({ prefix: "", suffix: "etx" }, "a\u0003b\u0003"), ["a", "b"]);
  assert.equal(read({ prefix: "~", suffix: "cr" }, "~a\rb\r~c\r"), ["a", "(garbage)", "c"]);
  assert.equal(read({ prefix: "\u0002", suffix: "etx" }, "\u0002a\u0003x\u0003"), ["a", "(garbage)"]);
  assert.equal(read({ prefix: "~", suffix: "cr" }, "~\u{2}]Q1a\r"), ["(garbage)"], "nothing else is guessed");
  const silent = new LineFraming({ prefix: "", suffix: "none" });
  assert.equal(silent.push(Buffer.from("a\rb")), []);
  assert.equal(silent.idle(), [{ kind: "code", text: "a\rb" }]);
});

test("a scanner that sends no end is recognised by the same code twice, and a cut code never is", () => {
  const framing = new LineFraming();
  const showing = (text: string) => {
    assert.equal(framing.push(Buffer.from(text)), []);
    return framing.idle()[0]?.kind;
  };
  assert.is(showing(QR.slice(0, 40)), "garbage");
  assert.is(showing(QR.slice(0, 25)), "garbage", "cut at two places");
  assert.is(showing(QR), "garbage");
  assert.is(showing(QR), "code");
  assert.is(showing(`${QR}\t`), "code", "from then on at once, also with a TAB");
  const ended = new LineFraming();
  ended.push(Buffer.from("abc"));
  ended.idle();
  assert.equal(ended.push(Buffer.from("abc\r")), [{ kind: "code", text: "abc" }]);
  ended.push(Buffer.from("abc"));
  assert.is(ended.idle()[0]?.kind, "garbage", "an end was seen between: it sends one");
});

test("fuzz: any framing, any bytes: codes in NFC or garbage, bounded, and nothing left after silence", () => {
  const framing = fc.record({ prefix: fc.string({ maxLength: 4 }), suffix: fc.constantFrom(...SUFFIXES) });
  fc.assert(
    fc.property(framing, fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }), (set, chunks) => {
      const lines = new LineFraming(set);
      const judge = new BurstJudge();
      for (const chunk of chunks) {
        judge.hear(chunk);
        const got = [...lines.push(chunk), ...lines.idle()];
        for (const line of got) if (line.kind === "code") assert.is(line.text, line.text.normalize("NFC"));
        judge.verdict({ codes: got.some(({ kind }) => kind === "code"), notUtf8: false });
        assert.not.ok(lines.partial);
      }
    }),
  );
});

test("what is too long is refused whole, and the next code is read", () => {
  const framing = new LineFraming();
  const long = framing.push(Buffer.from(`${"7".repeat(MAX_CODE_BYTES + 1)}\rnext\r`));
  assert.equal(
    long.map((line) => (line.kind === "code" ? line.text : line.kind)),
    ["garbage", "next"],
  );
  const fits = framing.push(Buffer.from(`${"7".repeat(MAX_CODE_BYTES)}\r`));
  assert.is(fits[0]?.kind, "code");
});

test("a fault's words never hold the code", () => {
  const [line] = new LineFraming().push(Buffer.concat([Buffer.from(QR), Uint8Array.of(0xff, 0x0d)]));
  assert.is(line?.kind, "garbage");
  assert.not.match(JSON.stringify(line), /Nguy|0010/);
});

test("fuzz: chunk boundaries never change what is read", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (texts, sizes) => {
        const bytes = Buffer.from(texts.map((one) => `${one}\r\n`).join(""));
        const whole = new LineFraming().push(bytes);
        const framing = new LineFraming();
        const parts: ScannedLine[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value;
          parts.push(...framing.push(bytes.subarray(at, at + size)));
          at += size;
        }
        assert.equal(parts, whole);
        assert.not.ok(framing.partial);
      },
    ),
  );
});

test("fuzz: any bytes give codes in NFC or garbage, never an exception, and end with idle", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 8 }), (chunks) => {
      const framing = new LineFraming();
      const lines = [...chunks.flatMap((chunk) => framing.push(chunk)), ...framing.idle()];
      assert.not.ok(framing.partial);
      for (const line of lines) {
        if (line.kind === "code") assert.is(line.text, line.text.normalize("NFC"));
      }
      const after = framing.push(Buffer.from("clean\r"));
      assert.equal(after, [{ kind: "code", text: "clean" }]);
    }),
  );
});

test("fuzz: a code of printable text survives the way there", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }), (text) => {
      fc.pre(!text.startsWith("]"));
      const line = decodeCode(Buffer.from(text));
      assert.equal(line, { kind: "code", text: text.normalize("NFC") });
    }),
  );
});

test("a wire that is dead on arrival is codeReader.absent", async () => {
  const sim = new ScannerSim();
  sim.control.setPlugged(false);
  const [near, far] = await memoryWire().open();
  sim.attach(far);
  assert.is(await faultOf(openSerialScanner({ port: near, clock, log: silentLog })), "codeReader.absent");
});

test.run();
