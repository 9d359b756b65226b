// The port's speed or the scanner's encoding is wrong: it is said by its name, never taken for a code, and found where it may be.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FAULTS } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import { openSerialScanner } from "../../src/hal/code-reader/serial-scanner.js";
import { ScannerSim } from "../../src/hal/sim/scanner-sim.js";
import { clock } from "../contract/bench.js";
import { uartPair } from "../wire/uart.js";

const QR = "001099000001|010000001|Nguyễn Văn Thử|01011999|Nam|Thôn Ví Dụ, Xã Mẫu|01012024";
const SLIP = "MC1:K01-000123-ABCDEF";
/** Longer than the silence between two codes. */
const SILENCE_MS = 330;

const atSpeeds = async (readBaud: number, sentBaud: number, findSpeed = false) => {
  const [near, far] = uartPair(readBaud, sentBaud);
  const sim = new ScannerSim();
  sim.attach(far);
  const scanner = await openSerialScanner({
    port: near,
    clock,
    log: silentLog,
    baudRate: readBaud,
    findSpeed,
  });
  const codes: string[] = [];
  scanner.onCode((text) => codes.push(text));
  const show = async (text: string) => {
    sim.control.show(text);
    await clock.sleep(SILENCE_MS);
  };
  return { scanner, codes, show, near, sim };
};

test("at the wrong speed a code is a fault that names the cause and the speed, and never a code", async () => {
  const speeds = [4_800, 9_600, 19_200, 38_400, 57_600, 115_200];
  const pairs = speeds.flatMap((read) =>
    speeds.filter((sent) => sent !== read).map((sent) => [read, sent] as const),
  );
  const rounds = pairs.flatMap(([read, sent]) => [QR, SLIP].map((text) => ({ read, sent, text })));
  const failures = await Promise.all(
    rounds.map(async ({ read, sent, text }) => {
      const { scanner, codes, show } = await atSpeeds(read, sent);
      // The citizen shows it again when nothing happens.
      for (let times = 0; times < 3; times++) await show(text);
      const fault = await scanner.health();
      await scanner.close();
      const right = fault?.code === "codeReader.wrongSpeed" && fault.detail.includes(`${read} bit/s`);
      return codes.length === 0 && right ? [] : [`${sent} read at ${read}: ${fault?.code} ${codes.length}`];
    }),
  );
  // A slip's code at a twentieth of the speed is one or two bytes: too little to tell from a spark.
  const told = failures
    .flat()
    .filter((line) => !/^(115200 read at (4800|9600)|57600 read at 4800)/.test(line));
  assert.equal(told, []);
  assert.match(FAULTS["codeReader.wrongSpeed"].technician.en, /auto/);
  assert.match(FAULTS["codeReader.wrongSpeed"].technician.vi, /Tốc độ/);
});

test("a card's code is enough: one showing tells the wrong speed", async () => {
  for (const read of [4_800, 19_200, 38_400, 57_600, 115_200]) {
    const { scanner, codes, show } = await atSpeeds(read, 9_600);
    await show(QR);
    assert.is((await scanner.health())?.code, "codeReader.wrongSpeed", `at ${read}`);
    assert.equal(codes, []);
    await scanner.close();
  }
});

for (const sentBaud of [115_200, 19_200, 4_800])
  test(`told to find it, ${sentBaud} bit/s is found from 9600, and then every code is read`, async () => {
    const { scanner, codes, show, near } = await atSpeeds(9_600, sentBaud, true);
    let shown = 0;
    while (codes.length === 0 && shown < 8) {
      await show(QR);
      shown += 1;
      if (codes.length === 0) assert.match((await scanner.health())?.detail ?? "", /tried 9600.*now \d+/);
    }
    assert.equal(codes, [QR], `after ${shown} showings`);
    assert.is(near.baudRate, sentBaud);
    assert.is(await scanner.health(), null);
    await show(SLIP);
    assert.equal(codes, [QR, SLIP]);
    assert.is(near.baudRate, sentBaud, "a found speed stays");
    await scanner.close();
  });

test("when every speed was tried, the round begins anew: the scanner may have been set meanwhile", async () => {
  const { scanner, codes, show, near, sim } = await atSpeeds(9_600, 300, true);
  const seen = new Set<number>();
  const rubbish = Uint8Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 0 : 0x80 + i));
  for (let times = 0; times < 9; times++) {
    seen.add(near.baudRate);
    sim.control.injectGarbage(rubbish);
    await clock.sleep(SILENCE_MS);
  }
  assert.ok(seen.size >= 8, [...seen].join());
  assert.is((await scanner.health())?.code, "codeReader.wrongSpeed");
  assert.equal(codes, []);
  await show("");
  await scanner.close();
});

test("a speed that the line can not do is said, and the next one is tried", async () => {
  const { scanner, codes, show, near } = await atSpeeds(9_600, 57_600, true);
  near.refused.add(115_200);
  await show(QR);
  assert.match((await scanner.health())?.detail ?? "", /115200 bit\/s can not be set/);
  for (let times = 0; times < 4 && codes.length === 0; times++) await show(QR);
  assert.equal(codes, [QR]);
  await scanner.close();
});

test("text in another encoding is told from a wrong speed, with its own remedy", async () => {
  const [near, far] = uartPair(9_600, 9_600);
  const scanner = await openSerialScanner({ port: near, clock, log: silentLog, baudRate: 9_600 });
  const codes: string[] = [];
  scanner.onCode((text) => codes.push(text));
  // The same card as a scanner sends it that is set to Latin-1, and one that is set to GBK ("ễ" is not in it).
  const latin1 = Buffer.from("001099000001|Nguyên Van Thu|Thôn Ví Du, Xã Mâu\r\n", "latin1");
  const gbk = Buffer.concat([
    Buffer.from("001099000001|Nguy"),
    Buffer.from("a84aa8a8", "hex"),
    Buffer.from("n Van|Nam\r"),
  ]);
  for (const bytes of [latin1, gbk]) {
    await far.write(bytes);
    await clock.sleep(SILENCE_MS);
    const fault = await scanner.health();
    assert.is(fault?.code, "codeReader.wrongEncoding");
    assert.not.match(fault?.detail ?? "", /Nguy|0010/);
    await far.write(Buffer.from(`${SLIP}\r`));
    await clock.sleep(SILENCE_MS);
    assert.is(await scanner.health(), null, "a good code ends it");
  }
  assert.equal(codes, [SLIP, SLIP]);
  assert.match(FAULTS["codeReader.wrongEncoding"].technician.en, /UTF-8/);
  await scanner.close();
});

test.run();
