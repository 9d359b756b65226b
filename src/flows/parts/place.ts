// How is a paper laid on the tray: seen by a camera that says what would help, or with a button alone?
//
// Where the camera shows moving pictures, a page that lies well and still is taken by itself; the button takes it
// at any time. Where it does not, the button is the way, as ever.
import { assign } from "xstate";
import type { VisitContext } from "../context.js";
import { visitSetup } from "../setup.js";
import { hasPages } from "./held-papers.js";
import { beforePaper, skipPaper } from "./paper-steps.js";
import { useStored } from "./stored.js";

export const seesTray = ({ context }: { readonly context: VisitContext }): boolean =>
  context.house.effects.watchTray !== undefined;

const capture = "#papers.capturing";

export const place = visitSetup.createStateConfig({
  entry: ["placeTray", "clearFault"],
  exit: assign({ sight: null }),
  tags: ["back"],
  initial: "arriving",
  states: {
    arriving: { always: [{ guard: seesTray, target: "watching" }, { target: "plain" }] },
    // The kiosk waits for a person here: idle time counts.
    watching: {
      invoke: {
        id: "watchTray",
        src: "watchTray",
        input: ({ context, self }) => ({
          house: context.house,
          wish: context.trayWish,
          report: (sight) => self.send({ type: "TRAY_SEEN", sight }),
        }),
        onDone: capture,
        onError: { target: "plain", actions: ["logError", assign({ sight: null })] },
      },
      on: { TRAY_SEEN: { actions: assign(({ event }) => ({ sight: event.sight })) } },
    },
    plain: {},
  },
  on: {
    CAPTURE: capture,
    USE_STORED: useStored,
    ...skipPaper,
    BACK: [
      { guard: ({ context }) => context.slotServes, target: "#papers.asking" },
      { guard: hasPages, target: "#papers.review", actions: "clearFault" },
      ...beforePaper,
    ],
  },
});

/** Where the tray is seen there is something to look at first. */
export const toTray = [{ guard: seesTray, target: "#papers.place" }, { target: capture }] as const;
