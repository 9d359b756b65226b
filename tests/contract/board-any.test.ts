// Does every device of the simulated board, and with `--bench kiosk.toml` of a real one, keep its contract untouched?
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, wiringOf } from "../../src/config.js";
import type { BoardWiring } from "../../src/hal/board.js";
import { createSimBoard, type SimBoard } from "../../src/hal/sim/sim-board.js";
import { anyBoardSuite, type BoardUnderTest } from "./board-hardware.js";

const simulated = (): BoardUnderTest => {
  const dir = mkdtempSync(join(tmpdir(), "motcua-any-board-"));
  let sim: SimBoard | null = null;
  return {
    name: "simulated",
    wiring: async () => {
      sim = await createSimBoard({ dir, widthDots: 576, model: "epson", scanner: true });
      return sim.wiring;
    },
    close: async () => {
      await sim?.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

const hardware = (file: string): BoardUnderTest => ({
  name: file,
  wiring: async (): Promise<BoardWiring> => {
    const { board } = loadConfig(file);
    if (board.kind !== "hardware") throw new Error(`${file}: [board] kind is not "hardware"`);
    return wiringOf(board);
  },
  close: async () => {},
});

const at = process.argv.indexOf("--bench");
const file = at < 0 ? undefined : process.argv[at + 1];
anyBoardSuite(file === undefined ? simulated() : hardware(file));
