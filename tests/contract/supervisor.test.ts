// Does one device come back by itself, whatever its open, its verbs, its health and its close do?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SystemClock } from "../../src/core/clock.js";
import { type Fault, FaultError } from "../../src/core/faults.js";
import type { Log } from "../../src/core/log.js";
import type { Device, DeviceStatus } from "../../src/hal/device.js";
import { PortClosedError } from "../../src/hal/port/byte-port.js";
import { onEachOpen, type SuperviseOptions, supervise } from "../../src/hal/supervisor.js";

const clock = new SystemClock({ floorMs: 0, synchronised: () => false });
const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

const gone = () => new FaultError("printer.silent", "no answer");
const never = <T>() => new Promise<T>(() => {});

class FakeDevice implements Device {
  closed = 0;
  standing: Fault | null = null;
  asked = 0;
  constructor(readonly serial: number) {}
  async health(): Promise<Fault | null> {
    this.asked += 1;
    return this.standing;
  }
  async close(): Promise<void> {
    this.closed += 1;
  }
}

interface Bench {
  readonly events: string[];
  readonly devices: FakeDevice[];
  /** How the next openings end; empty: they succeed. */
  readonly plan: ((signal: AbortSignal, device: FakeDevice) => Promise<FakeDevice>)[];
  readonly options: SuperviseOptions<FakeDevice>;
}

const bench = (more: Partial<SuperviseOptions<FakeDevice>> = {}): Bench => {
  const events: string[] = [];
  const devices: FakeDevice[] = [];
  const plan: Bench["plan"] = [];
  const log: Log = (event, fields) => {
    const said = fields as {
      state?: string;
      fault?: string;
      attempt?: number;
      waitMs?: number;
      where?: string;
    };
    events.push(
      [event, said.state, said.fault, said.attempt, said.waitMs, said.where]
        .filter((x) => x !== undefined)
        .join(" "),
    );
  };
  const options: SuperviseOptions<FakeDevice> = {
    part: "printer",
    absentFault: "printer.absent",
    open: async (signal) => {
      const device = new FakeDevice(devices.length);
      devices.push(device);
      return (await plan.shift()?.(signal, device)) ?? device;
    },
    clock,
    log,
    healthEveryMs: 20,
    openWithinMs: 200,
    healthWithinMs: 60,
    closeWithinMs: 60,
    retryFirstMs: 10,
    retryCapMs: 40,
    stableAfterMs: 10_000,
    retryJitter: 0,
    graceMs: 0,
    ...more,
  };
  return { events, devices, plan, options };
};

const until = async (what: string, condition: () => boolean): Promise<void> => {
  const end = clock.monotonicMs() + 3_000;
  while (!condition()) {
    if (clock.monotonicMs() > end) throw new Error(`never: ${what}`);
    await clock.sleep(2);
  }
};

const caught = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("was expected to reject");
};

test("a use during the first opening waits for it; later ones run at once", async () => {
  const { options, plan } = bench();
  plan.push(async (_, device) => {
    await clock.sleep(30);
    return device;
  });
  const printer = supervise(options);
  assert.is(printer.status.state, "opening");
  assert.is(await printer.use(async (device) => device.serial), 0);
  assert.is(printer.status.state, "ready");
  await printer.close();
});

test("an open that fails is tried again with waits that double up to the cap", async () => {
  const { options, plan, events } = bench();
  for (let i = 0; i < 4; i++) {
    plan.push(async () => {
      throw new Error("no such port");
    });
  }
  const printer = supervise(options);
  const thrown = await caught(printer.use(async () => {}));
  assert.instance(thrown, FaultError);
  assert.is((thrown as FaultError).code, "printer.absent");
  assert.match((thrown as FaultError).detail, "no such port");
  await until("ready", () => printer.status.state === "ready");
  assert.equal(
    events.filter((event) => event.startsWith("device.reopen")),
    [1, 2, 3, 4].map((n) => `device.reopen ${n} ${[10, 20, 40, 40][n - 1]}`),
  );
  await printer.close();
});

test("a verb that reports a wire fault makes exactly this device reopen, once", async () => {
  const { options, devices } = bench();
  const printer = supervise(options);
  await printer.use(async () => {});
  const failures = await Promise.all(
    [0, 1, 2].map(() =>
      caught(
        printer.use(async () => {
          throw gone();
        }),
      ),
    ),
  );
  for (const failure of failures) assert.is((failure as FaultError).code, "printer.silent");
  await until("reopened", () => devices.length === 2 && printer.status.state === "ready");
  assert.is(devices[0]?.closed, 1);
  assert.is(devices[1]?.closed, 0);
  await printer.close();
  assert.is(devices[1]?.closed, 1);
});

test("a closed port counts as the wire; a caller's own error and a part's other fault do not", async () => {
  const { options, devices } = bench();
  const printer = supervise(options);
  assert.instance(
    await caught(
      printer.use(async () => {
        throw new RangeError("the caller's");
      }),
    ),
    RangeError,
  );
  await caught(
    printer.use(async () => {
      throw new FaultError("printer.paperOut", "roll end");
    }),
  );
  await clock.sleep(50);
  assert.is(devices.length, 1);
  const thrown = await caught(
    printer.use(async () => {
      throw new PortClosedError("unplugged");
    }),
  );
  assert.is((thrown as FaultError).code, "printer.absent");
  await until("reopened", () => devices.length === 2);
  await printer.close();
});

test("health makes it faulted and ready again without reopening, and a wire fault reopens it", async () => {
  const { options, devices } = bench();
  const seen: string[] = [];
  const printer = supervise(options);
  printer.watch((status) =>
    seen.push("fault" in status ? `${status.state} ${status.fault.code}` : status.state),
  );
  await until("ready", () => printer.status.state === "ready");
  const device = devices[0] as FakeDevice;
  device.standing = { code: "printer.paperOut", detail: "roll end" };
  await until("faulted", () => printer.status.state === "faulted");
  assert.is(await printer.use(async (open) => open.serial), 0, "a faulted device can still be used");
  device.standing = null;
  await until("ready again", () => printer.status.state === "ready");
  assert.is(devices.length, 1);
  device.standing = { code: "printer.silent", detail: "no answer" };
  await until("reopened", () => devices.length === 2 && printer.status.state === "ready");
  assert.is(device.closed, 1);
  assert.equal(
    seen.filter((state, i) => state !== seen[i - 1]),
    ["opening", "ready", "faulted printer.paperOut", "ready", "absent printer.silent", "ready"],
  );
  await printer.close();
});

test("a health question that hangs reopens an idle device, but never cuts a verb at work", async () => {
  const { options, devices } = bench();
  const printer = supervise(options);
  await until("ready", () => printer.status.state === "ready");
  const device = devices[0] as FakeDevice;
  device.health = () => never();
  const outcome = await printer.use(async () => {
    await clock.sleep(200);
    return "printed";
  });
  assert.is(outcome, "printed");
  assert.is(device.closed, 0);
  await until("reopened", () => devices.length === 2 && printer.status.state === "ready");
  assert.is(device.closed, 1);
  await printer.close();
});

test("an open that hangs is given up, and the device that comes late is closed unseen", async () => {
  const { options, devices, plan } = bench({ openWithinMs: 40 });
  plan.push(async (_, device) => {
    await clock.sleep(120);
    return device;
  });
  const printer = supervise(options);
  await until("second", () => devices.length === 2 && printer.status.state === "ready");
  await until("late one closed", () => devices[0]?.closed === 1);
  assert.is(await printer.use(async (device) => device.serial), 1);
  await printer.close();
});

test("a technician's restart cuts the waiting and reopens at once", async () => {
  const { options, devices, plan } = bench({ retryFirstMs: 60_000, retryCapMs: 60_000 });
  plan.push(async () => {
    throw new Error("no such port");
  });
  const printer = supervise(options);
  await until("absent", () => printer.status.state === "absent");
  await printer.restart("cable was loose");
  assert.is(printer.status.state, "ready");
  await Promise.all([printer.restart("again"), printer.restart("and again")]);
  assert.is(printer.status.state, "ready");
  assert.is(devices.slice(1).filter((device) => device.closed === 0).length, 1, "one device is open");
  await printer.close();
});

test("a verb that hangs on a device that went away is cut; its own end is preferred when it comes", async () => {
  const { options } = bench();
  const printer = supervise(options);
  await printer.use(async () => {});
  const hangs = caught(printer.use(() => never()));
  const ends = printer.use(async () => {
    await clock.sleep(30);
    return "in doubt";
  });
  await caught(
    printer.use(async () => {
      throw gone();
    }),
  );
  assert.is(await ends, "in doubt");
  assert.is(((await hangs) as FaultError).code, "printer.silent");
  await printer.close();
});

test("close is bounded though open, health, verb and close all hang", async () => {
  for (const stage of ["open", "health", "close"] as const) {
    const { options, devices, plan } = bench();
    plan.push(async (_, device) => {
      if (stage === "open") return never();
      if (stage === "health") device.health = () => never();
      device.close = () => never();
      return device;
    });
    const printer = supervise(options);
    await clock.sleep(15);
    const verb = stage === "close" ? caught(printer.use(() => never())) : null;
    const started = clock.monotonicMs();
    await Promise.all([printer.close(), printer.close()]);
    assert.ok(clock.monotonicMs() - started < 5_000, `${stage}: closed in time`);
    assert.is(printer.status.state, "absent");
    if (verb !== null) assert.is(((await verb) as FaultError).code, "printer.absent");
    assert.is(((await caught(printer.use(async () => {}))) as FaultError).code, "printer.absent");
    await printer.restart("after close");
    await clock.sleep(60);
    assert.is(devices.length, 1, "nothing is opened after close");
  }
});

test("a watcher that throws does not stop the loop or the other watchers", async () => {
  const { options, events } = bench();
  const printer = supervise(options);
  printer.watch(() => {
    throw new Error("a screen's mistake");
  });
  const states: DeviceStatus["state"][] = [];
  const unwatch = printer.watch((status) => states.push(status.state));
  await until("ready", () => printer.status.state === "ready");
  unwatch();
  await printer.close();
  assert.equal(states, ["opening", "ready"]);
  assert.ok(events.includes("kiosk.error watcher of printer"));
});

test("onEachOpen attaches once to every device object and detaches from the old one", async () => {
  const { options } = bench();
  const printer = supervise(options);
  const story: string[] = [];
  const off = onEachOpen(printer, (device) => {
    story.push(`on ${device.serial}`);
    return () => story.push(`off ${device.serial}`);
  });
  await until("attached", () => story.length === 1);
  await clock.sleep(50);
  await printer.restart("test");
  await until("attached again", () => story.length === 3);
  off();
  await printer.restart("test");
  await clock.sleep(30);
  assert.equal(story, ["on 0", "off 0", "on 1", "off 1"]);
  await printer.close();
});

test("no rejection went unobserved", async () => {
  await clock.sleep(20);
  assert.equal(unhandled, []);
});

test.run();
