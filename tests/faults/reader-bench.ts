// What do the fault stories of the two readers share: a supervised reader on a simulated chip, one file to read?
import { silentLog } from "../../src/core/log.js";
import type { Card, ChipReader } from "../../src/hal/chip-reader/chip-reader.js";
import { openPn532 } from "../../src/hal/chip-reader/pn532/driver.js";
import type { BytePort } from "../../src/hal/port/byte-port.js";
import { memoryPair } from "../../src/hal/port/memory.js";
import { Pn532Sim } from "../../src/hal/sim/pn532-sim.js";
import { type SupervisedDevice, supervise } from "../../src/hal/supervisor.js";
import { cardA, clock, pattern, type TestCard } from "../contract/bench.js";

export const forever = (): AbortSignal => new AbortController().signal;

export interface SupervisedReader {
  readonly reader: SupervisedDevice<ChipReader>;
  readonly sim: Pn532Sim;
  /** How often the supervisor opened the wire. */
  readonly opened: () => number;
}

export const superviseSim = (
  makePair: () => readonly [BytePort, BytePort] = memoryPair,
): SupervisedReader => {
  const sim = new Pn532Sim(clock);
  let opened = 0;
  const reader = supervise<ChipReader>({
    part: "chipReader",
    absentFault: "chipReader.absent",
    open: (signal) => {
      opened += 1;
      const [near, far] = makePair();
      sim.attach(far);
      return openPn532({ port: near, clock, log: silentLog }, signal);
    },
    clock,
    log: silentLog,
    healthEveryMs: 100,
    retryFirstMs: 50,
    retryCapMs: 200,
    // These stories are of readers that are gone; what a glitch is, contract/supervisor tells.
    graceMs: 0,
  });
  return { reader, sim, opened: () => opened };
};

/** A driver without a supervisor, on a fresh chip. */
export const openSim = async (): Promise<{ reader: ChipReader; sim: Pn532Sim }> => {
  const sim = new Pn532Sim(clock);
  const [near, far] = memoryPair();
  sim.attach(far);
  return { reader: await openPn532({ port: near, clock, log: silentLog }), sim };
};

export const FILE_BLOCKS = 12;
const BLOCK_BYTES = 200;

/** READ BINARY of block P1; the answer holds the block's own bytes and 9000. */
export const fileCard = (): TestCard =>
  cardA((command) => Uint8Array.of(...pattern(BLOCK_BYTES, command[2] ?? 0), 0x90, 0x00));

export const readBlock = (card: Card, block: number): Promise<Uint8Array> =>
  card.transceive(Uint8Array.of(0x00, 0xb0, block, 0x00, BLOCK_BYTES));

export const isBlock = (answer: Uint8Array, block: number): boolean =>
  Buffer.from(answer).equals(Uint8Array.of(...pattern(BLOCK_BYTES, block), 0x90, 0x00));
