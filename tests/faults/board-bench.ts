// What do the fault tests of lines and sensors share: a whole board, and what each person learns of a fault?
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { FAULTS, type FaultCode, technicianRemedy } from "../../src/core/faults.js";
import { silentLog } from "../../src/core/log.js";
import type { Board, DeviceName } from "../../src/hal/board.js";
import type { I2cWire } from "../../src/hal/i2c/i2c-wire.js";
import { I2cNackError } from "../../src/hal/i2c/i2c-wire.js";
import { openBoard } from "../../src/hal/open-board.js";
import type { SimControl } from "../../src/hal/sim/far-ends.js";
import type { I2cBusSim } from "../../src/hal/sim/i2c-sim.js";
import { createSimBoard } from "../../src/hal/sim/sim-board.js";
import { DEVICE_NAMES, reportDevices } from "../../src/ops/status.js";
import { eventually, systemClock } from "../contract/wires.js";

export interface BoardBench {
  readonly board: Board;
  readonly control: SimControl;
}

/** Asked ten times a second, so that what happens is seen soon. */
const QUICK = Object.fromEntries(DEVICE_NAMES.map((name) => [name, 100]));

export const onBoard = async (
  prepare: (control: SimControl) => void,
  work: (bench: BoardBench) => Promise<void>,
): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), "motcua-faults-"));
  const sim = await createSimBoard({ dir, widthDots: 576, model: "epson" });
  prepare(sim.control);
  const clock = systemClock();
  const board = openBoard({ wiring: sim.wiring, clock, log: silentLog, healthEveryMs: QUICK });
  try {
    await eventually(
      "every device has made up its mind",
      () => DEVICE_NAMES.every((name) => board[name].status.state !== "opening"),
      15_000,
    );
    await work({ board, control: sim.control });
  } finally {
    await board.close();
    await sim.close();
    await rm(dir, { recursive: true, force: true });
  }
};

export const codeOf = (board: Board, name: DeviceName): string => {
  const { status } = board[name];
  return "fault" in status ? status.fault.code : status.state;
};

/** Every state but "ready" of the devices that are not named, from now on. */
export const watchOthers = (board: Board, ...names: DeviceName[]): { readonly seen: readonly string[] } => {
  const seen: string[] = [];
  for (const name of DEVICE_NAMES)
    if (!names.includes(name))
      board[name].watch((status) => {
        if (status.state !== "ready") seen.push(`${name}: ${codeOf(board, name)}`);
      });
  return { seen };
};

/** What the technician reads and what ops get, both from one report; and that the citizen has a sentence. */
export const assertTold = (board: Board, name: DeviceName, code: FaultCode): void => {
  const report = reportDevices(board).find(({ device }) => device === name);
  assert.is(report?.fault, code);
  const { status } = board[name];
  const { why } = "fault" in status ? status.fault : {};
  assert.equal(report?.remedy, technicianRemedy(why === undefined ? { code } : { code, why }));
  assert.match(FAULTS[code].telemetry, /^[A-Z]\d\d$/);
  for (const text of [FAULTS[code].citizen, FAULTS[code].technician])
    assert.ok(text.vi.length > 0 && text.en.length > 0);
};

/** The simulated bus without a wire between. */
export const directWire = (bus: Pick<I2cBusSim, "transfer">): I2cWire => ({
  transfer: async (address, write, readLength) => {
    const answer = await bus.transfer(address, write, readLength);
    if (answer === null) throw new I2cNackError(address);
    return answer;
  },
  close: async () => {},
});
