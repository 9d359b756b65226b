// Do personal values stay hidden, clocks honest and faults complete?
import { inspect } from "node:util";
import * as fc from "fast-check";
import { pino } from "pino";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CAUSES, CausedError, causeOfErrno, isCauseKind } from "../../src/core/causes.js";
import { SystemClock, TimeoutError, withDeadline } from "../../src/core/clock.js";
import { FAULTS, FaultError, isFaultCode, technicianRemedy, toFault } from "../../src/core/faults.js";
import { Pii } from "../../src/core/pii.js";

test("a personal value shows itself to reveal() alone", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12, maxLength: 40 }), (secret) => {
      const value = new Pii({ name: secret });
      let logged = "";
      pino({}, { write: (line: string) => (logged += line) }).info({ value, deep: { list: [value] } }, "x");
      const shown = [
        JSON.stringify({ value }),
        `${String(value)}`,
        inspect({ a: [value] }, { depth: 9, showHidden: true }),
        logged,
      ];
      for (const text of shown)
        assert.not.ok(text.includes(JSON.stringify(secret).slice(1, -1)) && secret.trim() !== "", text);
      assert.is(value.reveal().name, secret);
    }),
    { numRuns: 200 },
  );
});

test("a dropped value can not be had back, and what was mapped from it is its own", () => {
  const value = new Pii("Trần Thị Thử");
  const mapped = value.map((name) => name.length);
  value.drop();
  assert.throws(() => value.reveal(), /dropped/);
  assert.is(mapped.reveal(), 12);
});

test("a clock in 1970 reads its floor and says so; durations do not care", () => {
  const floorMs = Date.UTC(2026, 10, 1);
  const clock = new SystemClock({ floorMs, synchronised: () => true, readWallMs: () => 5_000 });
  assert.equal(clock.wall(), { epochMs: floorMs, trust: "floor" });
  const before = clock.monotonicMs();
  assert.ok(clock.monotonicMs() >= before);
  const set = new SystemClock({ floorMs, synchronised: () => false, readWallMs: () => floorMs + 1 });
  assert.is(set.wall().trust, "untrusted");
});

test("a deadline names what it waited for and aborts it", async () => {
  const clock = new SystemClock({ floorMs: 0, synchronised: () => true });
  let aborted = false;
  const waiting = withDeadline(clock, 20, "the printer's answer", async (signal) => {
    signal.addEventListener("abort", () => {
      aborted = true;
    });
    await new Promise(() => {});
  });
  await waiting.then(
    () => assert.unreachable(),
    (error: unknown) => {
      assert.instance(error, TimeoutError);
      assert.match((error as Error).message, /the printer's answer took longer than 20 ms/);
    },
  );
  assert.ok(aborted);
});

test("every fault has both languages for both readers and a telemetry code of its own", () => {
  const codes = new Set<string>();
  for (const [code, fault] of Object.entries(FAULTS)) {
    for (const text of [fault.citizen.vi, fault.citizen.en, fault.technician.vi, fault.technician.en])
      assert.ok(text.trim().length > 8, `${code}: "${text}"`);
    assert.match(fault.telemetry, /^[A-Z]\d\d$/);
    assert.not.ok(codes.has(fault.telemetry), `${code}: ${fault.telemetry} is taken`);
    codes.add(fault.telemetry);
  }
});

test("whatever is thrown becomes a known fault", () => {
  fc.assert(fc.property(fc.anything(), (thrown) => assert.ok(isFaultCode(toFault(thrown).code))));
  assert.equal(toFault(new FaultError("card.lost", "at byte 7")), { code: "card.lost", detail: "at byte 7" });
});

test("a cause survives every wrapping and its remedy names path, group and key in both languages", () => {
  const denied = causeOfErrno("EACCES", "/dev/ttyUSB0");
  assert.equal(denied, { kind: "denied", at: "/dev/ttyUSB0" });
  if (denied === null) throw new Error("no cause");
  const opened = new CausedError("/dev/ttyUSB0 can not be opened: EACCES", denied);
  const fault = toFault(new Error("the reader did not start", { cause: opened }), "chipReader.absent");
  assert.equal(fault.why, denied);
  const told = new FaultError("chipReader.absent", "did not start", { cause: opened });
  assert.equal(toFault(told), { code: "chipReader.absent", detail: "did not start", why: denied });
  for (const text of Object.values(technicianRemedy(fault))) {
    assert.match(text, "usermod -aG dialout motcua");
    assert.match(text, 'GROUP="dialout"');
  }
  assert.match(
    technicianRemedy({ code: "printer.absent", why: { kind: "missing", at: "/dev/usb/lp3" } }).en,
    "board.printer.port",
  );
  assert.equal(technicianRemedy({ code: "printer.paperOut" }), FAULTS["printer.paperOut"].technician);
});

test("every cause has a remedy of its own in both languages that names the place", () => {
  const seen = new Set<string>();
  for (const [kind, { vi, en }] of Object.entries(CAUSES)) {
    assert.ok(isCauseKind(kind));
    for (const text of [vi, en].map((say) => say({ at: "/dev/ttyACM7", key: "board.printer.port" }))) {
      assert.match(text, "/dev/ttyACM7");
      assert.not.ok(seen.has(text), `${kind}: "${text}" is said twice`);
      seen.add(text);
    }
  }
});

test.run();
