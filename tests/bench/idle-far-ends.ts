// What is at the other end of the wires while the idle bench measures the drivers alone?
import { createSimBoard } from "../../src/hal/sim/sim-board.js";

const board = await createSimBoard({ dir: process.argv[2] ?? "", widthDots: 576, model: "epson" });
process.stdout.write(`${JSON.stringify(board.wiring)}\n`);
process.stdin.resume();
process.stdin.once("end", () => {
  void board.close().then(() => process.exit(0));
});
