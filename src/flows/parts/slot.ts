// How do papers go through the scanner's slot, and how does everybody get their originals back?
//
// The slot comes first where it serves, the tray is always the other way. Feeding ends in "take your papers":
// whole, cut short by a fault, or cancelled.
import { assign } from "xstate";
import type { VisitContext } from "../context.js";
import { faultOf, isOfParts, visitSetup } from "../setup.js";
import { addPages, dropReplaced, hasPages, hasRoom, toReview, wishOf } from "./held-papers.js";
import { beforePaper, skipPaper } from "./paper-steps.js";
import { useStored } from "./stored.js";

/** Where the kiosk was built without a scanner nobody waits for the question. */
export const mayHaveSlot = ({ context }: { readonly context: VisitContext }): boolean => {
  const { slotServes, feedPapers } = context.house.effects;
  return slotServes !== undefined && feedPapers !== undefined;
};

export const asking = visitSetup.createStateConfig({
  entry: assign({ slotServes: false }),
  tags: ["busy"],
  invoke: {
    id: "slotServes",
    src: "slotServes",
    input: ({ context }) => ({ house: context.house }),
    onDone: [
      {
        guard: ({ event }) => event.output,
        target: "slot",
        actions: assign({ slotServes: true }),
      },
      { target: "place" },
    ],
    onError: { target: "place", actions: "logError" },
  },
  after: { slotDeadline: "place" },
});

const feed = { guard: hasRoom, target: "feeding" } as const;
export const useTray = { guard: hasRoom, target: "#papers.place", actions: "clearFault" } as const;

export const slot = visitSetup.createStateConfig({
  entry: "placeNone",
  tags: ["back"],
  on: {
    FEED: feed,
    USE_TRAY: useTray,
    USE_STORED: useStored,
    ...skipPaper,
    BACK: [{ guard: hasPages, target: "review", actions: "clearFault" }, ...beforePaper],
  },
});

export const feeding = visitSetup.createStateConfig({
  id: "feeding",
  entry: [
    "holdIdle",
    assign({ fault: null, percent: 0, captureStage: "taking", sheet: 1, surplus: 0, onTray: false }),
  ],
  exit: "releaseIdle",
  tags: ["busy", "back"],
  initial: "moving",
  invoke: {
    id: "feedPapers",
    src: "feedPapers",
    input: ({ context, self }) => ({
      house: context.house,
      wish: wishOf(context),
      report: (sheet, stage, fraction) => self.send({ type: "FEED_PROGRESS", sheet, stage, fraction }),
    }),
    onDone: [
      {
        guard: ({ event }) => event.output.fault !== null,
        target: "stopped",
        actions: [
          ({ context, event }) =>
            context.house.log("visit.fault", {
              visit: context.visit,
              fault: event.output.fault?.code ?? "scanner.failed",
              detail: event.output.fault?.detail ?? "",
            }),
          ({ context, event }) => dropReplaced(context, event.output.pages.length),
          assign(({ context, event }) => ({
            ...addPages(context, event.output.pages),
            fault: event.output.fault?.code ?? null,
          })),
        ],
      },
      {
        target: "takeBack",
        actions: [
          ({ context, event }) => dropReplaced(context, event.output.pages.length),
          assign(({ context, event }) => addPages(context, event.output.pages)),
        ],
      },
    ],
    onError: [
      {
        guard: ({ event }) => faultOf(event.error) === "scanner.feederEmpty",
        target: "slot",
        actions: assign({ fault: "scanner.feederEmpty" }),
      },
      {
        guard: ({ event }) => isOfParts(event.error, "scanner", "paper"),
        target: "stopped",
        actions: ["logError", assign(({ event }) => ({ fault: faultOf(event.error) }))],
      },
      {
        target: "#trouble",
        actions: [
          "logError",
          assign(({ event }) => ({ fault: faultOf(event.error), troubleFrom: "papers" as const })),
        ],
      },
    ],
  },
  on: {
    FEED_PROGRESS: {
      target: ".moving",
      actions: assign(({ event }) => ({
        sheet: event.sheet,
        captureStage: event.stage,
        percent: Math.round(event.fraction * 100),
      })),
    },
    // The rollers push out what is in the path; the citizen is told to take it.
    BACK: { target: "stopped", actions: assign({ fault: null }) },
  },
  states: {
    /** Left and entered with every sign of progress, so that only silence is taken for a fault. */
    moving: {
      after: { feedDeadline: { target: "#papers.stopped", actions: assign({ fault: "scanner.stalled" }) } },
    },
  },
});

/** Every sheet went through: the first of them is looked at once the originals are in the hand again. */
export const takeBack = visitSetup.createStateConfig({
  on: { NEXT: toReview },
});

/** Cut short, or cancelled; the pages that came before are kept. */
export const stopped = visitSetup.createStateConfig({
  tags: ["back"],
  on: {
    FEED: feed,
    RETRY: feed,
    USE_TRAY: useTray,
    ...skipPaper,
    NEXT: { guard: hasPages, target: "review", actions: "clearFault" },
    BACK: toReview,
  },
});
