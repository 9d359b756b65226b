// A wire breaks off and its input floats: thousands of edges a second drown neither the other lines nor the process.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openLines } from "../../src/hal/lines/driver.js";
import type { Level, LineBus } from "../../src/hal/lines/line-bus.js";
import { eventually, systemClock } from "../contract/wires.js";

const clock = systemClock();
const STORM_MS = 1_500;
const EDGES_A_MS = 20;

/** A chip whose pins this test shakes. */
class ShakenBus implements LineBus {
  readonly open = true;
  readonly levels = new Map<number, Level>();
  readonly #listeners = new Set<(offset: number, level: Level) => void>();

  async claimInput(): Promise<Level> {
    return 0;
  }
  async claimOutput(): Promise<void> {}
  async read(offset: number): Promise<Level> {
    return this.levels.get(offset) ?? 0;
  }
  async set(): Promise<void> {}
  onEdge(listener: (offset: number, level: Level) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  async close(): Promise<void> {}

  edge(offset: number, level: Level): void {
    this.levels.set(offset, level);
    for (const listener of this.#listeners) listener(offset, level);
  }
}

test("one floating line is silent, the button beside it is heard, and the loop stays free", async () => {
  const bus = new ShakenBus();
  let timers = 0;
  const counted = {
    monotonicMs: () => clock.monotonicMs(),
    wall: () => clock.wall(),
    sleep: (ms: number) => clock.sleep(ms),
    setTimeout: (callback: () => void, ms: number) => {
      timers += 1;
      return clock.setTimeout(callback, ms);
    },
    clearTimeout: (handle: unknown) => clock.clearTimeout(handle),
  };
  const offsets = { presence: 27, helpButton: 22 };
  const lines = await openLines({ bus, offsets, activeLow: [], debounceMs: 20, clock: counted });
  const edges: string[] = [];
  lines.onEdge(({ line, value }) => edges.push(`${line} ${value}`));
  const end = clock.monotonicMs() + STORM_MS;
  let shaken = 0;
  while (clock.monotonicMs() < end) {
    for (let edge = 0; edge < EDGES_A_MS; edge++) bus.edge(27, edge % 2 === 0 ? 1 : 0);
    shaken += EDGES_A_MS;
    if (shaken === 200 * EDGES_A_MS) bus.edge(22, 1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await eventually("the button is heard", () => edges.includes("helpButton true"));
  assert.ok(shaken > 10_000, `${shaken} edges`);
  // One timer a line and settling time, not one an edge.
  assert.ok(timers < STORM_MS / 4, `${timers} timers for ${shaken} edges`);
  bus.edge(27, 1);
  await eventually("it settles", () => edges.includes("presence true"));
  await lines.close();
});

test.run();
