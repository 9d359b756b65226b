// What do the tests of the scanner's faults share?
import * as assert from "uvu/assert";
import { FAULTS, type FaultCode } from "../../src/core/faults.js";
import { openSane } from "../../src/hal/scanner/sane.js";
import type { Scanner, Sheet } from "../../src/hal/scanner/scanner.js";
import { clock, processesWith } from "../contract/camera-bench.js";
import { sheetFolders, simBench } from "../contract/scanner-bench.js";

type SimBench = Awaited<ReturnType<typeof simBench>>;

export const onSim = async (
  work: (bench: SimBench, scanner: Scanner, got: Sheet[]) => Promise<void>,
  deadlineMs = 8_000,
) => {
  const bench = await simBench();
  const scanner = await openSane({ wiring: bench.wiring({ deadlineMs }), clock });
  const got: Sheet[] = [];
  await work(bench, scanner, got);
  await scanner.close();
  assert.equal(await processesWith(bench.folder), [], "nothing of the command is left");
  assert.equal(await sheetFolders(), [], "no picture is left");
  await bench.close();
};

export const scan = (scanner: Scanner, got: Sheet[]) => () => scanner.scan((sheet) => void got.push(sheet));

/** Whatever went wrong with papers in the slot, the citizen is told to take them. */
export const saysTakeBack = (code: FaultCode) => {
  assert.match(FAULTS[code].citizen.vi, /[Ll]ấy lại giấy tờ/);
  assert.match(FAULTS[code].citizen.en, /[Tt]ake your papers back/);
};
