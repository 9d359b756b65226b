// Who may act at the console, how long does a wrong PIN cost, and what does the journal say of it?
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Clock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { checkNewPin, PinGate, Refusal, type RefusalCode } from "../../src/ops/pin.js";
import { SESSION_IDLE_MS, Technician } from "../../src/ops/technician.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { testClock, withFolder } from "../store/fixtures.js";

const PIN = "482915";

interface Desk {
  readonly dir: string;
  readonly store: Store;
  readonly time: { ms: number };
  /** As after a restart of the runtime: time goes on, memory does not. */
  gate(): PinGate;
  technician(gate?: PinGate): Technician;
  readonly done: string[];
}

const atDesk = (act: (desk: Desk) => Promise<void>): Promise<void> =>
  withFolder(async (dir) => {
    const store = openStore({ dir: join(dir, "store"), clock: testClock, log: silentLog });
    const time = { ms: 1_000 };
    const clock: Clock = {
      monotonicMs: () => time.ms,
      wall: () => testClock.wall(),
      sleep: (...asked) => testClock.sleep(...asked),
      setTimeout: (...asked) => testClock.setTimeout(...asked),
      clearTimeout: (handle) => testClock.clearTimeout(handle),
    };
    const done: string[] = [];
    const gate = () => new PinGate({ stateDir: dir, meta: store.meta, clock });
    const technician = (at = gate()) =>
      new Technician({
        ...{ gate: at, journal: store.journal, clock },
        restart: async (device) => {
          done.push(`restart ${device}`);
          if (device === "scanner") throw new Error("it does not open");
          return "ready";
        },
        test: async () => ({ canServe: true, results: [] }),
        requeue: (which) => store.outbox.requeue(which),
        usb: async () => {},
      });
    try {
      await act({ dir, store, time, gate, technician, done });
    } finally {
      store.close();
    }
  });

const refusal = async (act: () => Promise<unknown>): Promise<Refusal> => {
  try {
    await act();
  } catch (thrown) {
    assert.instance(thrown, Refusal);
    return thrown as Refusal;
  }
  return assert.unreachable("it was not refused") as never;
};
const code = async (act: () => Promise<unknown>): Promise<RefusalCode> => (await refusal(act)).code;

test("PINs that anybody tries first are refused, others are not", () => {
  for (const bad of [
    "12345",
    "1234567890123",
    "12a456",
    "123456",
    "987654",
    "890123",
    "000000",
    "135791",
    "121212",
    "123123",
    "112233",
    "332211",
    "123321",
    "787887",
  ])
    assert.throws(
      () => checkNewPin(bad),
      (thrown: unknown) => thrown instanceof Refusal && thrown.code === "weakPin",
      bad,
    );
  for (const good of ["482915", "204816", "73950264", "110482"]) checkNewPin(good);
});

test("the PIN is kept as Argon2id in a file that only its owner reads; one that others can read is refused", () =>
  atDesk(async ({ dir, gate }) => {
    assert.is(await code(() => gate().check(PIN)), "noPin");
    assert.is(await code(() => gate().set("Nguyễn Văn A", PIN, null)), "badName");
    await gate().set("NVĂ", PIN, null);
    const file = join(dir, "console", "pin.json");
    assert.is(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, "utf8"), /\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.not.match(readFileSync(file, "utf8"), PIN);
    assert.is(await gate().check(PIN), "NVĂ");
    chmodSync(file, 0o644);
    assert.is(await code(() => gate().check(PIN)), "badFile");
    chmodSync(file, 0o600);
    writeFileSync(file, "{");
    assert.is(await code(() => gate().check(PIN)), "badFile");
    rmSync(file);
    assert.is(gate().holder(), null);
  }));

test("each wrong try doubles the wait up to a minute, right ones too have to wait, and a restart forgives nothing", () =>
  atDesk(async ({ gate, time }) => {
    const first = gate();
    await first.set("NVA", PIN, null);
    for (const seconds of [1, 2, 4]) {
      const wrong = await refusal(() => first.check("000000"));
      assert.equal([wrong.code, wrong.waitSeconds], ["wrongPin", seconds]);
      assert.is(await code(() => first.check(PIN)), "wait");
      time.ms += seconds * 1_000;
    }
    const second = gate();
    assert.equal([(await refusal(() => second.check(PIN))).code], ["wait"]);
    time.ms += 4_000;
    for (const seconds of [8, 16, 32, 60, 60]) {
      const wrong = await refusal(() => second.check(""));
      assert.equal([wrong.code, wrong.waitSeconds], ["wrongPin", seconds]);
      time.ms += seconds * 1_000;
    }
    assert.is(await second.check(PIN), "NVA");
    assert.is(await second.check(PIN), "NVA");
    assert.is((await refusal(() => second.check("1"))).waitSeconds, 1);
  }));

test("two tries at the same time are two", () =>
  atDesk(async ({ gate, time }) => {
    const one = gate();
    await one.set("NVA", PIN, null);
    const codes = await Promise.all([code(() => one.check("1")), code(() => one.check("2"))]);
    assert.equal(codes, ["wrongPin", "wait"]);
    time.ms += 1_000;
    assert.is(await one.check(PIN), "NVA");
  }));

test("a PIN that is set is changed only by who knows it", () =>
  atDesk(async ({ gate, time }) => {
    await gate().set("NVA", PIN, null);
    assert.is(await code(() => gate().set("XYZ", "739502", null)), "wrongPin");
    time.ms += 1_000;
    assert.is(
      await code(() => gate().set("XYZ", "123456", PIN)),
      "wait",
      "the wait begins anew with a new gate",
    );
    time.ms += 1_000;
    const later = gate();
    time.ms += 1_000;
    assert.is(await code(() => later.set("XYZ", "123456", PIN)), "weakPin");
    assert.is(later.holder(), "NVA");
    await later.set("XYZ", "739502", PIN);
    assert.is(await later.check("739502"), "XYZ");
  }));

const rowsOf = (store: Store): number => {
  const verdict = store.journal.verify();
  assert.is(verdict.ok, true);
  return verdict.ok ? verdict.rows : 0;
};

test("an act without a session is neither done nor noted; five idle minutes end one, keys keep it", () =>
  atDesk(async ({ technician, gate, store, time, done }) => {
    const at = gate();
    const desk = technician(at);
    await desk.setPin("NVA", PIN, null);
    assert.is(await code(() => desk.perform("", { act: "restart", device: "printer" })), "locked");
    assert.is(rowsOf(store), 2, "the PIN's intent and outcome");
    const { token } = await desk.unlock(PIN);
    await desk.perform(token, { act: "restart", device: "printer" });
    time.ms += SESSION_IDLE_MS - 1;
    desk.touch(token);
    time.ms += SESSION_IDLE_MS - 1;
    await desk.perform(token, { act: "restart", device: "printer" });
    time.ms += SESSION_IDLE_MS;
    assert.is(await code(() => desk.perform(token, { act: "restart", device: "printer" })), "locked");
    assert.equal(done, ["restart printer", "restart printer"]);
    const again = await desk.unlock(PIN);
    desk.lock(again.token);
    assert.is(await code(() => desk.perform(again.token, { act: "requeue", which: "all" })), "locked");
    assert.is(rowsOf(store), 2 + 1 + 2 + 2 + 1);
  }));

test("an act that fails is noted as failed; one that a cut interrupted is settled at the next start, not repeated", () =>
  atDesk(async ({ technician, store, done }) => {
    const desk = technician();
    await desk.setPin("NVA", PIN, null);
    const { token } = await desk.unlock(PIN);
    await desk.perform(token, { act: "restart", device: "scanner" }).then(
      () => assert.unreachable(),
      (thrown: Error) => assert.is(thrown.message, "it does not open"),
    );
    await desk.perform(token, { act: "requeue", which: 7 }).then(
      () => assert.unreachable(),
      (thrown: Error) => assert.match(thrown.message, /no submission with number 7/),
    );
    assert.equal(store.journal.open("console"), []);
    store.journal.intent("console", "printer", { act: "restart", who: "NVA" });
    technician();
    assert.equal(store.journal.open("console"), []);
    assert.equal(done, ["restart scanner"]);
    rowsOf(store);
  }));

test.run();
