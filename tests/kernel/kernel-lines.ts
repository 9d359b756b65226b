// How is the simulated cabinet soldered to a chip of an emulated kernel?

import type { Level } from "../../src/hal/lines/line-bus.js";
import { INPUT_LINES } from "../../src/hal/lines/lines.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { JsonLines, type JsonObject } from "../../src/hal/port/json-lines.js";
import { memoryPair } from "../../src/hal/port/memory.js";

/** Where pins are: the emulated kernel, or libgpiod's far end. */
export interface PinWorld {
  setLevel(pin: number, level: Level): void;
  onOutput(listener: (pin: number, level: Level) => void): () => void;
  /** Resolves when everything that was driven has been told. */
  sync(): Promise<void>;
}

/** `LinesSim` is one; so is a wire that leads to one in another process. */
export interface Cabinet {
  attach(port: BytePort): void;
}

export interface Soldering {
  /** Resolves when what was done on one side has reached the other. */
  arrive(): Promise<void>;
  unsolder(): void;
}

/**
 * The cabinet does not care who claims a pin: its contacts are there before a runtime, and its lamps follow
 * whatever is driven.
 */
export const solder = async (
  world: PinWorld,
  base: number,
  sim: Cabinet,
  offsets: Readonly<Record<string, number>>,
): Promise<Soldering> => {
  const [near, far] = memoryPair();
  const claimed = new Set<number>();
  const hear = ({ edge, level, id, error }: JsonObject) => {
    if (error !== undefined || (level !== 0 && level !== 1)) return;
    const offset = typeof edge === "number" ? edge : id;
    if (typeof offset === "number") world.setLevel(base + offset, level);
  };
  const wire = new JsonLines(near, hear);
  sim.attach(far);
  for (const line of INPUT_LINES) {
    const offset = offsets[line] ?? -1;
    if (offset >= 0) await wire.send({ id: offset, op: "input", offset });
  }
  const unwatch = world.onOutput((pin, level) => {
    const offset = pin - base;
    const op = claimed.has(offset) ? "set" : "output";
    claimed.add(offset);
    void wire.send({ op, offset, level });
  });
  const flush = () => new Promise((resolve) => setImmediate(resolve));
  const arrive = async () => {
    await flush();
    await world.sync();
    await flush();
  };
  await arrive();
  return {
    arrive,
    unsolder: () => {
      unwatch();
      void wire.close();
    },
  };
};
