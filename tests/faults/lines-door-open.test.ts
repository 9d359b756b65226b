// The cabinet stands open, also when the kiosk starts: ops know, and everything still serves.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { watchWorld } from "../../src/acts/world.js";
import type { Store } from "../../src/store/store.js";
import { eventually, systemClock } from "../contract/wires.js";
import { assertTold, codeOf, onBoard, watchOthers } from "./board-bench.js";

const roomyStore = {
  quota: () => ({ level: "ok", usedFraction: 0 }),
  meta: { get: () => undefined, set: () => {} },
  tryDisk: () => {},
} as unknown as Store;

test("open at the start: the help button calls all the same, lamps light, and closing it ends the fault", () =>
  onBoard(
    (control) => control.lines.setInput("door", true),
    async ({ board, control }) => {
      const others = watchOthers(board, "lines");
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
      await eventually("ops see the door", () => codeOf(board, "lines") === "door.open");
      assertTold(board, "lines", "door.open");
      await new Promise((resolve) => setTimeout(resolve, 50));
      control.lines.setInput("helpButton", true);
      await eventually("the call", () => heard.includes("CALL_OFFICER"));
      await board.lines.use((lines) => lines.set("officerLamp", true));
      assert.is(new Map(Object.entries(control.lines.outputs)).get("officerLamp"), true);
      control.lines.setInput("door", false);
      await eventually("the fault ends", () => board.lines.status.state === "ready");
      assert.equal(others.seen, []);
      stop();
    },
  ));

test.run();
