// Is a command done once, only by who may command, only in time, and never under a citizen's hands?
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Clock } from "../../src/core/clock.js";
import { silentLog } from "../../src/core/log.js";
import { openStore } from "../../src/store/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { Commands } from "../../src/sync/commands.js";
import { type KioskCommand, type Order, signOrder } from "../../src/sync/protocol/command.js";
import type { CommandReport } from "../../src/sync/protocol/messages.js";
import { testClock, withFolder } from "../store/fixtures.js";

const keyPair = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    pem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey)),
  };
};
const ops = keyPair();
const KIOSK = "T01";
const HOUR = 3_600_000;

let sequence = 0;
const order = (command: KioskCommand, changes: Partial<Order> = {}): Order => {
  sequence += 1;
  const now = Math.round(testClock.wall().epochMs);
  return {
    ...{ v: 1, id: randomUUID(), kiosk: KIOSK, sequence, command },
    ...{ issuedAtMs: now, expiresAtMs: now + HOUR },
    ...changes,
  };
};

const clockWith = (timer: (callback: () => void) => unknown): Clock =>
  Object.create(testClock, {
    wall: { value: () => testClock.wall() },
    setTimeout: { value: timer },
  });

class Bench {
  readonly reports: CommandReport[] = [];
  readonly done: KioskCommand[] = [];
  /** Resolves when the citizen has left. */
  rest: (signal: AbortSignal) => Promise<void> = async () => {};
  run: (command: KioskCommand, signal: AbortSignal) => Promise<string> = async (command) => {
    this.done.push(command);
    return "done so";
  };
  readonly commands: Commands;

  constructor(
    readonly store: Store,
    clock: Clock = testClock,
  ) {
    this.commands = new Commands({
      store,
      kioskId: KIOSK,
      keys: () => [ops.pem],
      atRest: (signal) => this.rest(signal),
      run: (command, signal) => this.run(command, signal),
      report: (report) => this.reports.push(report),
      clock,
      log: silentLog,
    });
  }

  stages(id: string): string[] {
    return this.reports.filter((report) => report.id === id).map(({ stage }) => stage);
  }
}

const withStore = (act: (open: () => Store) => Promise<void>) =>
  withFolder(async (dir) => {
    const opened: Store[] = [];
    await act(() => {
      opened.at(-1)?.close();
      const store = openStore({ dir, clock: testClock, log: silentLog });
      opened.push(store);
      return store;
    });
    opened.at(-1)?.close();
  });

test("received, started, done; the journal has the intent and the outcome", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    const given = order({ name: "restartDevice", device: "printer" });
    bench.commands.receive(signOrder(given, ops));
    await bench.commands.idle();
    assert.equal(bench.stages(given.id), ["received", "started", "done"]);
    assert.equal(bench.done, [given.command]);
    assert.equal(bench.store.journal.open("command"), []);
    assert.ok(bench.store.journal.verify().ok);
  }));

test("the same command again, also after a restart, is answered and not done again", () =>
  withStore(async (open) => {
    const first = new Bench(open());
    const given = order({ name: "releaseQuarantined" });
    const payload = signOrder(given, ops);
    first.commands.receive(payload);
    await first.commands.idle();
    first.commands.receive(payload);
    const second = new Bench(open());
    second.commands.receive(payload);
    await second.commands.idle();
    assert.is(first.done.length + second.done.length, 1);
    assert.equal(second.reports.at(-1), { v: 1, id: given.id, stage: "done", detail: "done so" });
  }));

test("forged, for another kiosk, stale, expired, unknown: nothing is done, and each has its answer", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    const now = Math.round(testClock.wall().epochMs);
    const forged = order({ name: "restartRuntime" });
    bench.commands.receive(signOrder(forged, keyPair()));
    assert.equal(bench.reports, [], "who is not ops hears nothing");
    const refused = async (given: Order, why: string) => {
      bench.commands.receive(signOrder(given, ops));
      await bench.commands.idle();
      assert.equal(bench.reports.at(-1), { v: 1, id: given.id, stage: "refused", detail: why });
    };
    await refused(order({ name: "restartRuntime" }, { kiosk: "T02" }), "otherKiosk");
    await refused(
      order({ name: "restartRuntime" }, { issuedAtMs: now - HOUR, expiresAtMs: now - 1 }),
      "expired",
    );
    bench.commands.receive(signOrder(order({ name: "releaseQuarantined" }, { sequence: 900 }), ops));
    await bench.commands.idle();
    await refused(order({ name: "restartRuntime" }, { sequence: 900 }), "stale");
    await refused(order({ name: "restartRuntime" }, { sequence: 899 }), "stale");
    assert.equal(
      bench.done.map(({ name }) => name),
      ["releaseQuarantined"],
    );
  }));

test("a changed byte anywhere in the message is a forgery", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    const payload = signOrder(order({ name: "restartRuntime" }), ops);
    for (let at = 0; at < payload.length; at += 1) {
      const changed = Buffer.from(payload);
      changed[at] = (changed[at] ?? 0) ^ 1;
      bench.commands.receive(changed);
    }
    await bench.commands.idle();
    assert.equal(bench.done, []);
    assert.equal(bench.reports, []);
  }));

test("whoever floods the topic wears out no flash: the journal takes a hundred and no more", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    const payload = signOrder(order({ name: "restartRuntime" }), keyPair());
    for (let turn = 0; turn < 300; turn += 1) {
      bench.commands.receive(payload);
      bench.commands.receiveRetained(payload);
    }
    const chain = bench.store.journal.verify();
    assert.is(chain.ok && chain.rows, 100);
    const good = order({ name: "releaseQuarantined" });
    bench.commands.receive(signOrder(good, ops));
    await bench.commands.idle();
    assert.equal(bench.stages(good.id), ["received", "started", "done"]);
  }));

test("what the portal has on record is not reported again, a later stage is", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    const given = order({ name: "releaseQuarantined" });
    bench.commands.receive(signOrder(given, ops));
    await bench.commands.idle();
    bench.commands.heard(given.id, "received");
    assert.equal(bench.commands.unheard(), [{ v: 1, id: given.id, stage: "done", detail: "done so" }]);
    bench.commands.heard(given.id, "done");
    assert.equal(bench.commands.unheard(), []);
    assert.equal(new Bench(open()).commands.unheard(), [], "that, too, outlives a restart");
  }));

test("with a clock that nobody trusts, no command is obeyed", () =>
  withStore(async (open) => {
    const dead: Clock = Object.create(testClock, {
      wall: { value: () => ({ ...testClock.wall(), trust: "floor" }) },
    });
    const bench = new Bench(open(), dead);
    const given = order({ name: "restartRuntime" });
    bench.commands.receive(signOrder(given, ops));
    assert.is(bench.reports.at(-1)?.detail, "clockSuspect");
  }));

test("a citizen is at the kiosk: it waits until they left, and expires when they stay too long", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    let leave: () => void = () => {};
    bench.rest = (signal) =>
      new Promise((resolve, reject) => {
        leave = resolve;
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    const given = order({ name: "selfTest" });
    bench.commands.receive(signOrder(given, ops));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(bench.stages(given.id), ["received"]);
    leave();
    await bench.commands.idle();
    assert.equal(bench.stages(given.id), ["received", "started", "done"]);
    const late = order({ name: "selfTest" }, { expiresAtMs: Math.round(testClock.wall().epochMs) + 150 });
    bench.commands.receive(signOrder(late, ops));
    await bench.commands.idle();
    assert.equal(bench.reports.at(-1), { v: 1, id: late.id, stage: "failed", detail: "expired" });
    assert.is(bench.done.length, 1);
  }));

test("the power goes in the middle: failed at the next start and never begun again; a restart is done by it", () =>
  withStore(async (open) => {
    // Without power no timer rings either.
    const dead = clockWith(() => null);
    const bench = new Bench(open(), dead);
    bench.run = () => new Promise(() => {});
    const test1 = order({ name: "selfTest" });
    bench.commands.receive(signOrder(test1, ops));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const after = new Bench(open(), dead);
    assert.equal(after.reports, [
      { v: 1, id: test1.id, stage: "failed", detail: "interrupted by a restart" },
    ]);
    after.run = () => new Promise(() => {});
    const restart = order({ name: "restartRuntime" });
    after.commands.receive(signOrder(restart, ops));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const third = new Bench(open());
    assert.is(third.reports.at(-1)?.stage, "done");
    assert.equal(third.done, []);
  }));

test("what never ends is given up, and the next command runs", () =>
  withStore(async (open) => {
    // An hour's wait and five minutes' work take 2 ms here.
    const hurried = clockWith((callback) => setTimeout(callback, 2));
    const bench = new Bench(open(), hurried);
    const [endless, good] = [order({ name: "selfTest" }), order({ name: "releaseQuarantined" })];
    bench.run = (command) =>
      command.name === "selfTest" ? new Promise(() => {}) : Promise.resolve("2 released");
    for (const given of [endless, good]) bench.commands.receive(signOrder(given, ops));
    await bench.commands.idle();
    assert.equal(bench.stages(endless.id), ["received", "started", "failed"]);
    assert.equal(bench.stages(good.id), ["received", "started", "done"]);
  }));

test("what fails says why, and the next command runs", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    const [bad, good] = [order({ name: "selfTest" }), order({ name: "releaseQuarantined" })];
    bench.run = async (command) => {
      if (command.name === "selfTest") throw new Error("the board is busy");
      return "2 released";
    };
    for (const given of [bad, good]) bench.commands.receive(signOrder(given, ops));
    await bench.commands.idle();
    assert.equal(bench.reports.at(-1), { v: 1, id: good.id, stage: "done", detail: "2 released" });
    assert.equal(bench.stages(bad.id), ["received", "started", "failed"]);
  }));

test("a signed command that this program does not know is refused by name", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    const given = order({ name: "releaseQuarantined" });
    const future = JSON.stringify({ ...given, command: { name: "openDoor" } });
    const bytes = Buffer.from(future);
    const signature = ops.sign(Buffer.concat([Buffer.from("motcua command v1\0"), bytes]));
    bench.commands.receive(
      Buffer.from(
        JSON.stringify({
          v: 1,
          order: bytes.toString("base64"),
          signature: Buffer.from(signature).toString("base64"),
        }),
      ),
    );
    assert.equal(bench.reports, [{ v: 1, id: given.id, stage: "refused", detail: "unknownCommand" }]);
  }));

test("anything at all may come on that topic", () =>
  withStore(async (open) => {
    const bench = new Bench(open());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (payload) => {
          bench.commands.receive(payload);
        },
      ),
      { numRuns: 300 },
    );
    assert.equal(bench.done, []);
  }));

test.run();
