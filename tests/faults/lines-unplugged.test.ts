// The GPIO chip goes away at each place of a visit: lamps are a courtesy, the visit goes on, and all comes back.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { watchWorld } from "../../src/acts/world.js";
import { OUTPUT_LINES } from "../../src/hal/lines/lines.js";
import type { Store } from "../../src/store/store.js";
import { assertFault, eventually, systemClock } from "../contract/wires.js";
import { assertTold, codeOf, onBoard, watchOthers } from "./board-bench.js";

/** Only its quota is looked at here. */
const roomyStore = {
  quota: () => ({ level: "ok", usedFraction: 0 }),
  meta: { get: () => undefined, set: () => {} },
  tryDisk: () => {},
} as unknown as Store;

for (const lamp of OUTPUT_LINES)
  test(`while the ${lamp} is on: one named fault, nobody else disturbed, dark after the return`, () =>
    onBoard(
      () => {},
      async ({ board, control }) => {
        const others = watchOthers(board, "lines");
        await board.lines.use((lines) => lines.set(lamp, true));
        control.lines.setPlugged(false);
        await eventually("it is told", () => codeOf(board, "lines") === "lines.absent", 15_000);
        assertTold(board, "lines", "lines.absent");
        const asked = performance.now();
        await assertFault("lines.absent", /./, () => board.lines.use((lines) => lines.set(lamp, false)));
        // The supervisor's grace is 3 s: a glitch of the bus must not be a fault.
        assert.ok(performance.now() - asked < 15_000, "nobody waits longer than the grace for a lamp");
        control.lines.setPlugged(true);
        await eventually("it is back", () => board.lines.status.state === "ready", 15_000);
        assert.is(new Map(Object.entries(control.lines.outputs)).get(lamp), false);
        assert.equal(others.seen, []);
      },
    ));

test("who comes and who asks for help is heard again after the return, once", () =>
  onBoard(
    () => {},
    async ({ board, control }) => {
      const heard: string[] = [];
      const stop = watchWorld({
        board,
        store: roomyStore,
        visit: {
          send: (event) => heard.push(event.type),
          state: { name: "attract", busy: false, open: false, unansweredPrints: [] },
          watch: () => () => {},
        },
        clock: systemClock(),
      });
      for (let round = 0; round < 3; round++) {
        control.lines.setPlugged(false);
        await eventually("it is away", () => board.lines.status.state === "absent", 15_000);
        control.lines.setPlugged(true);
        await eventually("it is back", () => board.lines.status.state === "ready", 15_000);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      control.lines.bounce("helpButton", true, 7);
      await eventually("help", () => heard.includes("CALL_OFFICER"));
      control.lines.setInput("presence", true);
      await eventually("presence", () => heard.includes("PRESENCE"));
      const ofLines = heard.filter((type) => type !== "CODE_READER");
      assert.equal(ofLines, ["CALL_OFFICER", "PRESENCE"]);
      stop();
    },
  ));

test.run();
