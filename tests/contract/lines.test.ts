// Do named lines behave the same whatever pins, polarities and bounces are behind them?
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openLines } from "../../src/hal/lines/driver.js";
import type { Edge, Lines } from "../../src/hal/lines/lines.js";
import { chipBase, openOnoffBus } from "../../src/hal/lines/onoff-bus.js";
import { socketLineBus } from "../../src/hal/lines/socket-bus.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { LinesSim } from "../../src/hal/sim/lines-sim.js";
import { assertFault, eventually, systemClock, wireTo } from "./wires.js";

const OFFSETS = {
  door: 17,
  presence: 27,
  helpButton: 22,
  cardLamp: 5,
  trayLamp: 6,
  buzzer: 26,
  slipLamp: -1,
};
const ACTIVE_LOW = ["helpButton", "trayLamp"];
const DEBOUNCE_MS = 15;
const clock = systemClock();

interface Bench {
  readonly sim: LinesSim;
  readonly port: BytePort;
  readonly lines: Lines;
  readonly edges: Edge[];
}

const bench = async (
  sim = new LinesSim({ offsets: OFFSETS, activeLow: ACTIVE_LOW }),
  debounceMs = DEBOUNCE_MS,
): Promise<Bench> => {
  const port = wireTo(sim);
  const bus = socketLineBus(port, clock);
  const lines = await openLines({
    bus,
    offsets: OFFSETS,
    activeLow: ACTIVE_LOW,
    debounceMs,
    clock,
  });
  const edges: Edge[] = [];
  lines.onEdge((edge) => edges.push(edge));
  return { sim, port, lines, edges };
};

const lit = (sim: LinesSim, line: string) => sim.control.outputs[line];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("an input reads as what it means, also when low means on", async () => {
  const { sim, lines } = await bench();
  assert.is(await lines.read("door"), false);
  assert.is(await lines.read("helpButton"), false);
  sim.control.setInput("door", true);
  sim.control.setInput("helpButton", true);
  assert.is(await lines.read("door"), true);
  assert.is(await lines.read("helpButton"), true);
  await lines.close();
});

test("an output shows on the lamp, also when low means lit; every lamp is off after opening", async () => {
  const { sim, lines } = await bench();
  assert.equal(lit(sim, "trayLamp"), false);
  const seen: [string, boolean][] = [];
  sim.control.onOutput((line, on) => seen.push([line, on]));
  await lines.set("trayLamp", true);
  await lines.set("cardLamp", true);
  await lines.set("cardLamp", false);
  assert.equal(seen, [
    ["trayLamp", true],
    ["cardLamp", true],
    ["cardLamp", false],
  ]);
  assert.is(lit(sim, "trayLamp"), true);
  await lines.close();
});

test("a line that is not wired reads off and is set in vain", async () => {
  const { lines } = await bench();
  await lines.set("slipLamp", true);
  await lines.set("officerLamp", true);
  assert.is(await lines.health(), null);
  await lines.close();
});

test("a bouncing contact gives one edge, after it settled", async () => {
  const { sim, lines, edges } = await bench();
  const started = clock.monotonicMs();
  sim.control.bounce("presence", true, 9);
  await eventually("the edge", () => edges.length > 0);
  await pause(3 * DEBOUNCE_MS);
  assert.is(edges.length, 1);
  assert.is(edges[0]?.line, "presence");
  assert.is(edges[0]?.value, true);
  assert.ok((edges[0]?.atMs ?? 0) >= started);
  await lines.close();
});

test("a contact that bounces back to where it was gives no edge", async () => {
  const { sim, lines, edges } = await bench();
  sim.control.setInput("door", true);
  sim.control.setInput("door", false);
  await pause(4 * DEBOUNCE_MS);
  assert.equal(edges, []);
  await lines.close();
});

test("a line that chatters longer than the settling time is told once, when it is quiet", async () => {
  const { sim, lines, edges } = await bench(undefined, 60);
  for (let round = 0; round < 20; round++) {
    sim.control.setInput("presence", false);
    sim.control.setInput("presence", true);
    await pause(10);
    assert.equal(edges, []);
  }
  const quietSince = clock.monotonicMs();
  await eventually("the edge", () => edges.length === 1);
  const [edge] = edges;
  assert.ok(edge?.value === true && edge.atMs <= quietSince && edge.atMs > quietSince - 60);
  await lines.close();
});

test("edges of two lines do not hide each other, and each direction is told", async () => {
  const { sim, lines, edges } = await bench();
  sim.control.setInput("door", true);
  sim.control.setInput("helpButton", true);
  await eventually("both on", () => edges.length === 2);
  sim.control.setInput("door", false);
  await eventually("door off", () => edges.length === 3);
  assert.equal(edges.map(({ line, value }) => `${line} ${value}`).sort(), [
    "door false",
    "door true",
    "helpButton true",
  ]);
  await lines.close();
});

test("no edge reaches a listener that left, and none after close", async () => {
  const { sim, lines, edges } = await bench();
  const left: Edge[] = [];
  lines.onEdge((edge) => left.push(edge))();
  sim.control.setInput("door", true);
  await eventually("the edge", () => edges.length === 1);
  assert.equal(left, []);
  sim.control.setInput("door", false);
  await lines.close();
  await pause(3 * DEBOUNCE_MS);
  assert.is(edges.length, 1);
});

test("an open door is a fault that leaves the lines usable", async () => {
  const { sim, lines } = await bench();
  sim.control.setInput("door", true);
  assert.is((await lines.health())?.code, "door.open");
  await lines.set("cardLamp", true);
  sim.control.setInput("door", false);
  assert.is(await lines.health(), null);
  await lines.close();
});

test("a chip that goes away is the fault lines.absent, for health and for every verb, at once", async () => {
  const { port, lines } = await bench();
  await port.close();
  assert.is((await lines.health())?.code, "lines.absent");
  await assertFault("lines.absent", /closed/, () => lines.set("cardLamp", true));
  await assertFault("lines.absent", /closed/, () => lines.read("door"));
  await lines.close();
  await lines.close();
});

test("a runtime that dies leaves the lamps; the next one puts them out", async () => {
  const { sim, port, lines } = await bench();
  await lines.set("cardLamp", true);
  await port.close();
  assert.is(lit(sim, "cardLamp"), true);
  const second = await bench(sim);
  assert.is(lit(sim, "cardLamp"), false);
  await second.lines.close();
  await lines.close();
});

test("wiring that names an unknown line or a pin that is not there is refused by name", async () => {
  const open = (offsets: Record<string, number>) =>
    openLines({
      bus: socketLineBus(wireTo(new LinesSim({ offsets: OFFSETS, activeLow: [] })), clock),
      offsets,
      activeLow: [],
      debounceMs: 5,
      clock,
    });
  await assertFault("lines.absent", /unknown lines: dor/, () => open({ dor: 17 }));
  await assertFault("lines.absent", /pin 99/, () => open({ door: 99 }));
});

test("the chip is found by its label, wherever its base lies", async () => {
  const root = await mkdtemp(join(tmpdir(), "motcua-sysfs-"));
  try {
    const chip = async (base: string, label: string) => {
      const folder = join(root, `gpiochip${base.trim()}`);
      await mkdir(folder);
      await writeFile(join(folder, "label"), `${label}\n`);
      await writeFile(join(folder, "base"), `${base}\n`);
    };
    await chip("504", "raspberrypi-exp-gpio");
    await chip("512", "pinctrl-bcm2711");
    await writeFile(join(root, "export"), "");
    assert.is(await chipBase("pinctrl-bcm2711", root), 512);
    await assertFault("lines.absent", /no GPIO chip is labelled "pinctrl-rp1".*pinctrl-bcm2711/, () =>
      chipBase("pinctrl-rp1", root),
    );
    await assertFault("lines.absent", /sysfs GPIO/, () => chipBase("pinctrl-rp1", join(root, "nothing")));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test("a machine without this chip says so instead of crashing", async () => {
  await assertFault("lines.absent", /GPIO/, () => openOnoffBus("a label that no chip has"));
});

test("whatever comes over the wire, the driver neither throws unobserved nor hangs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.json()), { maxLength: 8 }),
      async (noise) => {
        const sim = new LinesSim({ offsets: OFFSETS, activeLow: ACTIVE_LOW });
        let far: BytePort | null = null;
        const port = wireTo({
          attach: (end) => {
            far = end;
            sim.attach(end);
          },
        });
        const bus = socketLineBus(port, clock);
        await bus.claimInput(17);
        for (const text of noise)
          await (far as BytePort | null)
            ?.write(typeof text === "string" ? Buffer.from(`${text}\n`) : text)
            .catch(() => {});
        await bus.read(17).catch((thrown) => assert.instance(thrown, Error));
        await bus.close();
      },
    ),
    { numRuns: 60 },
  );
});

test.run();
