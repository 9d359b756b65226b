// What is left in the world when a runtime is killed? (The runtime that board.test.ts kills; no test itself.)
import { silentLog } from "../../src/core/log.js";
import type { BoardWiring } from "../../src/hal/board.js";
import { openBoard } from "../../src/hal/open-board.js";
import { systemClock } from "./wires.js";

const wiring = JSON.parse(process.argv[2] ?? "") as BoardWiring;
const board = openBoard({ wiring, clock: systemClock(), log: silentLog });
await board.lines.use((lines) => lines.set("cardLamp", true));
process.stdout.write("lit\n");
// Nobody hears of a stalled picture: the killed runtime must take its camera command with it.
board.documentCamera.use((camera) => camera.still()).catch(() => {});
setInterval(() => {}, 1_000);
