// How does each paper get from the citizen's hand to pages that were read and looked at?
import { assign } from "xstate";
import { faultOf, isOfParts, visitSetup } from "../setup.js";
import { firstWrongPage } from "./form.js";
import {
  addPages,
  dropReplaced,
  hasPages,
  heldPaper,
  requiredPaper,
  toReview,
  wishOf,
} from "./held-papers.js";
import { skipPaper } from "./paper-steps.js";
import { place, toTray } from "./place.js";
import { arranged, arranging, review } from "./review.js";
import { asking, feeding, mayHaveSlot, slot, stopped, takeBack } from "./slot.js";
import { hasCopy, stored } from "./stored.js";

const capturing = visitSetup.createStateConfig({
  initial: "working",
  entry: ["holdIdle", assign({ fault: null, percent: 0, captureStage: "taking" })],
  exit: "releaseIdle",
  tags: ["busy", "back"],
  invoke: {
    id: "capturePaper",
    src: "capturePaper",
    input: ({ context, self }) => ({
      house: context.house,
      wish: wishOf(context),
      report: (stage, fraction) => self.send({ type: "CAPTURE_PROGRESS", stage, fraction }),
    }),
    onDone: {
      target: "review",
      actions: [
        ({ context }) => dropReplaced(context, 1),
        assign(({ context, event }) => ({
          ...addPages(context, [event.output]),
          fault: null,
          onTray: true,
          trayWish: "next" as const,
        })),
      ],
    },
    onError: [
      {
        guard: ({ event }) => isOfParts(event.error, "documentCamera", "paper"),
        target: "failed",
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
    CAPTURE_PROGRESS: {
      target: ".working",
      actions: assign(({ event }) => ({
        captureStage: event.stage,
        percent: Math.round(event.fraction * 100),
      })),
    },
    BACK: toReview,
  },
  states: {
    /** Left and entered with every sign of progress, so that only silence is taken for a fault. */
    working: {
      after: {
        captureDeadline: {
          target: "#papers.failed",
          actions: assign(({ context }) => ({
            fault: context.captureStage === "taking" ? "documentCamera.stalled" : "paper.unreadable",
          })),
        },
      },
    },
  },
});

export const papers = visitSetup.createStateConfig({
  id: "papers",
  entry: "placeTray",
  exit: "placeNone",
  initial: "arriving",
  states: {
    arriving: {
      entry: assign(({ context }) => ({
        retaking: false,
        onTray: false,
        slotServes: false,
        surplus: 0,
        pageIndex: Math.max(0, heldPaper(context).pages.length - 1),
      })),
      always: [
        { guard: hasPages, target: "review" },
        { guard: hasCopy, target: "stored" },
        {
          guard: (args) => requiredPaper(args.context) !== undefined && mayHaveSlot(args),
          target: "asking",
        },
        { guard: ({ context }) => requiredPaper(context) !== undefined, target: "place" },
        {
          guard: ({ context }) => firstWrongPage(context) !== null,
          target: "#form",
          actions: assign(({ context }) => ({ mending: true, ...firstWrongPage(context) })),
        },
        { target: "#check", actions: assign({ errors: [] }) },
      ],
    },
    asking,
    slot,
    feeding,
    takeBack,
    stopped,
    place,
    capturing,
    review,
    arranging,
    arranged,
    stored,
    failed: {
      entry: assign({ trayWish: "again" }),
      tags: ["back"],
      on: { RETRY: toTray, CAPTURE: toTray, RETAKE: toTray, ...skipPaper, BACK: toReview },
    },
  },
});
