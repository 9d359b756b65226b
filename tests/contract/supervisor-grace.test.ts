// Does the supervisor tell a glitch from a fault, flapping from bad luck, and keep its word whatever happens?
import { EventEmitter } from "node:events";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Clock } from "../../src/core/clock.js";
import { type Fault, FaultError } from "../../src/core/faults.js";
import type { Log } from "../../src/core/log.js";
import type { Device, DeviceStatus } from "../../src/hal/device.js";
import { PortClosedError } from "../../src/hal/port/byte-port.js";
import { type PlugEvent, type SuperviseOptions, supervise } from "../../src/hal/supervisor.js";
import { SimulatedClock } from "../flows/simulated-clock.js";

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
process.on("uncaughtException", (error) => unhandled.push(error));

/** Time that stands still until it is advanced, and whose sleeps can be cut. */
class CuttableClock extends SimulatedClock implements Clock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cut = () => {
        this.clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = this.setTimeout(() => {
        signal?.removeEventListener("abort", cut);
        resolve();
      }, ms);
      if (signal?.aborted === true) cut();
      else signal?.addEventListener("abort", cut, { once: true });
    });
  }

  /** In small steps, so that what a timer starts has its turn before the next. */
  async pass(ms: number): Promise<void> {
    const step = Math.max(10, ms / 500);
    for (let left = ms; left > 0; left -= step) {
      this.advance(Math.min(step, left));
      for (let turn = 0; turn < 12; turn++) await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

type Health = () => Promise<Fault | null>;

class World {
  readonly clock = new CuttableClock();
  readonly events: string[] = [];
  readonly statuses: DeviceStatus[] = [];
  /** Open now, and the most that ever were. */
  inService = 0;
  most = 0;
  opened = 0;
  plugged = true;
  health: Health = async () => null;
  close: () => Promise<void> = async () => {};
  last: FakeDevice | null = null;
  plug: (event: PlugEvent) => void = () => {};

  options(more: Partial<SuperviseOptions<Device>> = {}): SuperviseOptions<Device> {
    const log: Log = (event, fields) => this.events.push(`${event} ${JSON.stringify(fields)}`);
    return {
      part: "printer",
      absentFault: "printer.absent",
      open: async () => {
        if (!this.plugged) throw new Error("no such port");
        this.last = new FakeDevice(this);
        return this.last;
      },
      clock: this.clock,
      log,
      healthEveryMs: 1_000,
      retryFirstMs: 250,
      retryCapMs: 5_000,
      random: () => 0,
      plugs: (callback) => {
        this.plug = callback;
        return () => {
          this.plug = () => {};
        };
      },
      ...more,
    };
  }

  pull(): void {
    this.plugged = false;
    this.health = async () => ({ code: "printer.absent", detail: "unplugged" });
    this.plug("gone");
  }

  push(): void {
    this.plugged = true;
    this.health = async () => null;
    this.plug("appeared");
  }
}

class FakeDevice extends EventEmitter implements Device {
  #closed = false;
  constructor(readonly world: World) {
    super();
    world.opened += 1;
    world.inService += 1;
    world.most = Math.max(world.most, world.inService);
  }
  health(): Promise<Fault | null> {
    return this.world.health();
  }
  async close(): Promise<void> {
    if (!this.#closed) this.world.inService -= 1;
    this.#closed = true;
    await this.world.close();
  }
}

const settle = (promise: Promise<unknown>): { readonly ended: () => string } => {
  let ended = "";
  promise.then(
    () => {
      ended = "done";
    },
    (thrown: unknown) => {
      ended = thrown instanceof FaultError ? thrown.code : String(thrown);
    },
  );
  return { ended: () => ended };
};

const countOf = (events: readonly string[], name: string): number =>
  events.filter((event) => event.startsWith(`${name} `)).length;

test("a glitch shorter than the grace is no fault: who uses the device then waits and is served", async () => {
  const world = new World();
  const printer = supervise(world.options());
  await world.clock.pass(100);
  assert.is(printer.status.presence, "connected");
  world.pull();
  await world.clock.pass(100);
  assert.is(printer.status.state, "absent");
  assert.is(printer.status.inGrace, true);
  const since = printer.status.sinceMs;
  const used = settle(printer.use(async () => {}));
  await world.clock.pass(1_000);
  assert.is(used.ended(), "", "not told yet");
  assert.is(printer.status.sinceMs, since, "the same trouble");
  world.push();
  await world.clock.pass(200);
  assert.is(used.ended(), "done");
  assert.is(printer.status.inGrace, false);
  await printer.close();
});

test("after the grace it is a fault at once, and so it is when it never was there", async () => {
  const world = new World();
  const printer = supervise(world.options());
  await world.clock.pass(100);
  const told: boolean[] = [];
  printer.watch(({ inGrace }) => told.push(inGrace));
  world.pull();
  await world.clock.pass(100);
  const used = settle(printer.use(async () => {}));
  await world.clock.pass(3_000);
  assert.is(used.ended(), "printer.absent");
  assert.is(told.at(-1), false, "watchers are told that the grace is over");
  const later = settle(printer.use(async () => {}));
  await world.clock.pass(10);
  assert.is(later.ended(), "printer.absent");
  await printer.close();
  const empty = new World();
  empty.plugged = false;
  const never = supervise(empty.options());
  await empty.clock.pass(100);
  assert.is(never.status.inGrace, false);
  await never.close();
});

test("a device that does not answer stays in service for the grace: inconclusive, then disconnected", async () => {
  for (const silence of ["silent", "hangs"] as const) {
    const world = new World();
    const printer = supervise(world.options({ healthWithinMs: 500 }));
    await world.clock.pass(100);
    world.health =
      silence === "silent"
        ? async () => ({ code: "printer.silent", detail: "no answer" })
        : () => new Promise(() => {});
    await world.clock.pass(2_000);
    assert.is(printer.status.presence, "inconclusive", silence);
    assert.is(printer.status.state, "ready", "it is still in service");
    assert.is(printer.status.inGrace, true);
    const used = settle(printer.use(async () => {}));
    await world.clock.pass(10);
    assert.is(used.ended(), "done", "and who asks it is served");
    world.health = async () => null;
    await world.clock.pass(2_000);
    assert.is(printer.status.presence, "connected");
    assert.is(world.opened, 1, "nothing was reopened");
    world.health = async () => ({ code: "printer.silent", detail: "no answer" });
    await world.clock.pass(6_000);
    assert.is(printer.status.presence, "disconnected");
    await printer.close();
  }
});

const flap = async (world: World, times: number): Promise<void> => {
  for (let i = 0; i < times; i++) {
    world.push();
    await world.clock.pass(1_500);
    world.pull();
    await world.clock.pass(500);
  }
};

test("one that flaps goes into quarantine, ops is told once, and it is opened seldom", async () => {
  const world = new World();
  const printer = supervise(world.options());
  await world.clock.pass(100);
  await flap(world, 12);
  const { status } = printer;
  assert.ok(status.state === "absent" && status.quarantined);
  assert.is(status.inGrace, false, "flapping is no glitch");
  assert.is(countOf(world.events, "device.quarantined"), 1);
  const opened = world.opened;
  await flap(world, 20);
  assert.is(world.opened, opened, "a plug that comes back within a glitch's time is the flapping itself");
  assert.is(countOf(world.events, "device.quarantined"), 1);
  world.plugged = true;
  world.health = async () => null;
  await world.clock.pass(610_000);
  assert.is(world.opened, opened + 1);
  assert.is(printer.status.state, "ready");
  await world.clock.pass(15_000);
  assert.is(countOf(world.events, "device.released"), 1, "it holds");
  await printer.close();
});

test("a technician's restart lifts the quarantine, and so does a cable that was really plugged in anew", async () => {
  for (const way of ["restart", "plug"] as const) {
    const world = new World();
    const printer = supervise(world.options());
    await world.clock.pass(100);
    await flap(world, 10);
    assert.ok(printer.status.state === "absent" && printer.status.quarantined);
    await world.clock.pass(5_000);
    if (way === "plug") world.push();
    else {
      world.plugged = true;
      world.health = async () => null;
      void printer.restart("new cable");
    }
    await world.clock.pass(100);
    assert.is(printer.status.state, "ready", way);
    assert.is(countOf(world.events, "device.released"), 1);
    await printer.close();
  }
});

test("a plug cuts the longest wait", async () => {
  const world = new World();
  world.plugged = false;
  const printer = supervise(world.options({ retryCapMs: 600_000 }));
  await world.clock.pass(400_000);
  const { status } = printer;
  assert.ok(status.state === "absent" && status.retryInMs > 100_000);
  world.push();
  await world.clock.pass(20);
  assert.is(printer.status.state, "ready");
  await printer.close();
});

test("jitter takes off a share of the wait and never more", async () => {
  for (const [random, waitMs] of [
    [0, 1_000],
    [0.5, 875],
    [1, 750],
  ] as const) {
    const world = new World();
    world.plugged = false;
    const printer = supervise(world.options({ retryFirstMs: 1_000, random: () => random }));
    await world.clock.pass(100);
    assert.is(printer.status.state === "absent" && printer.status.retryInMs, waitMs);
    await printer.close();
  }
});

test("a device that throws on the spot, is an emitter in error, or errs after its close ends nothing", async () => {
  const world = new World();
  const printer = supervise(world.options());
  await world.clock.pass(100);
  const thrown = settle(
    printer.use(() => {
      throw new FaultError("printer.paperOut", "on the spot");
    }),
  );
  await world.clock.pass(100);
  assert.is(thrown.ended(), "printer.paperOut");
  const old = world.last;
  old?.emit("error", new PortClosedError("the stream broke"));
  await world.clock.pass(1_000);
  assert.is(world.opened, 2);
  old?.emit("error", new Error("once more, after its close"));
  world.health = () => {
    throw new Error("health on the spot");
  };
  world.close = () => {
    throw new Error("close on the spot");
  };
  await world.clock.pass(3_000);
  assert.is(printer.status.state, "absent");
  world.health = async () => null;
  world.close = () => Promise.reject(new Error("close later"));
  await world.clock.pass(6_000);
  assert.is(printer.status.state, "ready");
  await printer.close();
  assert.is(unhandled.length, 0);
});

type Step =
  | { readonly do: "pull" | "push" | "silence" | "hang" | "answer" | "restart" | "error" | "closeHangs" }
  | { readonly do: "use"; readonly how: "well" | "wire" | "closed" | "throws" | "never" }
  | { readonly do: "pass"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom<"pull" | "push" | "silence" | "hang" | "answer" | "restart" | "error" | "closeHangs">(
      "pull",
      "push",
      "silence",
      "hang",
      "answer",
      "restart",
      "error",
      "closeHangs",
    ),
  }),
  fc.record({
    do: fc.constant("use" as const),
    how: fc.constantFrom<"well" | "wire" | "closed" | "throws" | "never">(
      "well",
      "wire",
      "closed",
      "throws",
      "never",
    ),
  }),
  fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 8_000 }) }),
);

const VERBS: Readonly<Record<Extract<Step, { do: "use" }>["how"], () => Promise<void>>> = {
  well: async () => {},
  wire: () => Promise.reject(new FaultError("printer.silent", "no answer")),
  closed: () => Promise.reject(new PortClosedError("gone")),
  throws: () => {
    throw new RangeError("the caller's");
  },
  never: () => new Promise(() => {}),
};

const take = async (
  world: World,
  printer: ReturnType<typeof supervise>,
  what: Step,
  pending: Set<string>,
): Promise<void> => {
  switch (what.do) {
    case "pull":
      return world.pull();
    case "push":
      return world.push();
    case "silence":
      world.health = async () => ({ code: "printer.silent", detail: "no answer" });
      return;
    case "hang":
      world.health = () => new Promise(() => {});
      return;
    case "answer":
      world.health = async () => null;
      return;
    case "closeHangs":
      world.close = () => new Promise(() => {});
      return;
    case "error":
      // A stream errs when the kernel says so, which is never in the turn in which it was made.
      await new Promise((resolve) => setImmediate(resolve));
      world.last?.emit("error", new Error("stream"));
      return;
    case "restart":
    case "use": {
      const name = `${what.do} ${pending.size} ${"how" in what ? what.how : ""}`;
      // A verb that never ends on a device that is well is the caller's affair.
      if (!name.endsWith("never")) pending.add(name);
      const done = () => pending.delete(name);
      const begun = what.do === "use" ? printer.use(VERBS[what.how]) : printer.restart("test");
      begun.then(done, done);
      return;
    }
    case "pass":
      await world.clock.pass(what.ms);
  }
};

test("whatever happens in whatever order, the word of the class header is kept", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const world = new World();
      const printer = supervise(world.options({ openWithinMs: 2_000, healthWithinMs: 1_000 }));
      const pending = new Set<string>();
      for (const what of steps) await take(world, printer, what, pending);
      assert.ok(world.most <= 1, `${world.most} devices were open at a time`);
      await world.clock.pass(25_000);
      assert.equal([...pending], [], "every wait has an end");
      // A good device and a technician's word: it serves, whatever was before.
      world.plugged = true;
      world.health = async () => null;
      world.close = async () => {};
      const restarted = settle(printer.restart("mended"));
      await world.clock.pass(5_000);
      assert.is(restarted.ended(), "done");
      assert.is(printer.status.state, "ready");
      assert.is(printer.status.presence, "connected");
      assert.is(world.inService, 1);
      const closed = settle(printer.close());
      await world.clock.pass(3_000);
      assert.is(closed.ended(), "done");
      assert.is(world.inService, 0);
      assert.equal(unhandled, []);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
  );
});

test.run();
