// What must named lines do, whatever pins, polarities, bounces and kernels are behind them?
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { openLines } from "../../src/hal/lines/driver.js";
import type { LineBus } from "../../src/hal/lines/line-bus.js";
import type { Edge, Lines } from "../../src/hal/lines/lines.js";
import { LinesSim } from "../../src/hal/sim/lines-sim.js";
import { assertFault, eventually, systemClock } from "./wires.js";

export const OFFSETS = {
  door: 17,
  presence: 27,
  helpButton: 22,
  cardLamp: 5,
  trayLamp: 6,
  buzzer: 26,
  slipLamp: -1,
};
export const ACTIVE_LOW = ["helpButton", "trayLamp"];
const DEBOUNCE_MS = 15;
const clock = systemClock();

/** One way from a driver to the simulated cabinet. */
export interface LinesWay {
  /** A new runtime opens the chip that `sim` is soldered to. */
  open(sim: LinesSim): Promise<LineBus>;
  /** Resolves when what was done on one side has reached the other. */
  arrive(): Promise<void>;
  /** The chip of the last opening leaves. */
  pull(): Promise<void>;
  /** Raw edges arrive at least this seldom; the settling times are stretched by it. */
  readonly grainMs: number;
}

interface Bench {
  readonly sim: LinesSim;
  readonly lines: Lines;
  readonly edges: Edge[];
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const lit = (sim: LinesSim, line: string) => sim.control.outputs[line];

export const linesSuite = (test: Test, way: LinesWay): void => {
  const bench = async (
    sim = new LinesSim({ offsets: OFFSETS, activeLow: ACTIVE_LOW }),
    debounceMs = DEBOUNCE_MS + way.grainMs,
  ): Promise<Bench> => {
    const bus = await way.open(sim);
    const lines = await openLines({ bus, offsets: OFFSETS, activeLow: ACTIVE_LOW, debounceMs, clock });
    const edges: Edge[] = [];
    lines.onEdge((edge) => edges.push(edge));
    await way.arrive();
    return { sim, lines, edges };
  };
  const settling = () => pause(3 * (DEBOUNCE_MS + way.grainMs) + way.grainMs);

  test("an input reads as what it means, also when low means on", async () => {
    const { sim, lines } = await bench();
    assert.is(await lines.read("door"), false);
    assert.is(await lines.read("helpButton"), false);
    sim.control.setInput("door", true);
    sim.control.setInput("helpButton", true);
    await way.arrive();
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
    await way.arrive();
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
    await settling();
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
    await settling();
    assert.equal(edges, []);
    await lines.close();
  });

  test("a line that chatters longer than the settling time is told once, when it is quiet", async () => {
    const settleMs = 200 + 6 * way.grainMs;
    const { sim, lines, edges } = await bench(undefined, settleMs);
    for (let round = 0; round < 20; round++) {
      sim.control.setInput("presence", round % 2 === 1);
      await pause(10 + 2 * way.grainMs);
      assert.equal(edges, []);
    }
    const quietSince = clock.monotonicMs();
    await eventually("the edge", () => edges.length === 1);
    const [edge] = edges;
    // A busy machine may hear the last of them late, never early.
    assert.ok(edge?.value === true && edge.atMs > quietSince - settleMs);
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
    await settling();
    assert.is(edges.length, 1);
  });

  test("an open door is a fault that leaves the lines usable", async () => {
    const { sim, lines } = await bench();
    sim.control.setInput("door", true);
    await way.arrive();
    assert.is((await lines.health())?.code, "door.open");
    await lines.set("cardLamp", true);
    sim.control.setInput("door", false);
    await way.arrive();
    assert.is(await lines.health(), null);
    await lines.close();
  });

  test("a chip that goes away is the fault lines.absent, for health and for every verb, at once", async () => {
    const { lines } = await bench();
    await way.pull();
    assert.is((await lines.health())?.code, "lines.absent");
    await assertFault("lines.absent", /./, () => lines.set("cardLamp", true));
    await assertFault("lines.absent", /./, () => lines.read("door"));
    await lines.close();
    await lines.close();
  });

  test("a runtime that dies leaves the lamps; the next one puts them out", async () => {
    const { sim, lines } = await bench();
    await lines.set("cardLamp", true);
    await way.arrive();
    assert.is(lit(sim, "cardLamp"), true);
    const second = await bench(sim);
    assert.is(lit(sim, "cardLamp"), false);
    await lines.close();
    await second.lines.close();
  });
};
