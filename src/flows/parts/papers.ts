// How does each paper get from the citizen's hand to pages that were read and looked at?
import { assign } from "xstate";
import type { VisitContext } from "../context.js";
import { withPaper } from "../personal.js";
import { faultOf, isOfParts, visitSetup } from "../setup.js";
import { firstWrongPage, lastFormPage } from "./form.js";
import { addPages, hasPages, heldPaper, maxPages, requiredPaper, toReview } from "./held-papers.js";
import { asking, feeding, mayHaveSlot, slot, stopped, takeBack } from "./slot.js";

const correct = (context: VisitContext, key: string, value: string): Partial<VisitContext> => {
  const held = heldPaper(context);
  const paper = { ...held, corrected: { ...held.corrected, [key]: value } };
  return { personal: withPaper(context.personal, requiredPaper(context)?.id ?? "", paper) };
};

const isOptional = ({ context }: { readonly context: VisitContext }) =>
  requiredPaper(context)?.optional === true;

const toNext = visitSetup.createAction(
  assign(({ context }) => ({ paperIndex: context.paperIndex + 1, fault: null })),
);
const toPrevious = visitSetup.createAction(
  assign(({ context }) => ({ paperIndex: context.paperIndex - 1, fault: null })),
);
const toForm = visitSetup.createAction(
  assign(({ context }) => ({ formPage: lastFormPage(context), mending: false, fault: null })),
);
const addNext = visitSetup.createAction(assign({ retaking: false }));
const replaceShown = visitSetup.createAction(assign({ retaking: true }));
const turnOver = visitSetup.createAction(assign(({ context }) => ({ pageIndex: context.pageIndex + 1 })));
const turnBack = visitSetup.createAction(assign(({ context }) => ({ pageIndex: context.pageIndex - 1 })));

const next = { target: "#papers.arriving", actions: toNext } as const;
const skip = { SKIP_PAPER: { guard: isOptional, ...next } } as const;
/** A paper that went through the slot does not lie on the tray: the kiosk asks anew where it will be put. */
const offTray = (args: { readonly context: VisitContext }) => mayHaveSlot(args) && !args.context.onTray;
const mayAdd = ({ context }: { readonly context: VisitContext }) =>
  heldPaper(context).pages.length < maxPages(context);
const another = [
  {
    guard: (args: { readonly context: VisitContext }) => mayAdd(args) && offTray(args),
    target: "asking",
    actions: addNext,
  },
  { guard: mayAdd, target: "capturing", actions: addNext },
] as const;
const retake = [
  { guard: offTray, target: "asking", actions: replaceShown },
  { target: "capturing", actions: replaceShown },
] as const;

const hasPrevious = ({ context }: { readonly context: VisitContext }) => context.paperIndex > 0;
const hasForm = ({ context }: { readonly context: VisitContext }) => lastFormPage(context) >= 0;
const back = {
  BACK: [
    { guard: hasPrevious, target: "#papers.arriving", actions: toPrevious },
    { guard: hasForm, target: "#form", actions: toForm },
    { target: "#procedure", actions: "clearFault" },
  ],
} as const;

const capturing = visitSetup.createStateConfig({
  entry: ["holdIdle", assign({ fault: null, percent: 0, captureStage: "taking" })],
  exit: "releaseIdle",
  tags: ["busy", "back"],
  invoke: {
    id: "capturePaper",
    src: "capturePaper",
    input: ({ context, self }) => ({
      house: context.house,
      paperClass: requiredPaper(context)?.paperClass ?? "any",
      report: (stage, fraction) => self.send({ type: "CAPTURE_PROGRESS", stage, fraction }),
    }),
    onDone: {
      target: "review",
      actions: assign(({ context, event }) => ({
        ...addPages(context, [event.output]),
        fault: null,
        onTray: true,
      })),
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
  after: {
    captureDeadline: { target: "failed", actions: assign({ fault: "documentCamera.stalled" }) },
  },
  on: {
    CAPTURE_PROGRESS: {
      actions: assign(({ event }) => ({
        captureStage: event.stage,
        percent: Math.round(event.fraction * 100),
      })),
    },
    BACK: toReview,
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
    slot: {
      ...slot,
      on: {
        ...slot.on,
        ...skip,
        BACK: [{ guard: hasPages, target: "review", actions: "clearFault" }, ...back.BACK],
      },
    },
    feeding,
    takeBack,
    stopped: { ...stopped, on: { ...stopped.on, ...skip } },
    place: {
      entry: "placeTray",
      tags: ["back"],
      on: {
        CAPTURE: "capturing",
        ...skip,
        BACK: [
          { guard: ({ context }) => context.slotServes, target: "asking" },
          { guard: hasPages, target: "review" },
          ...back.BACK,
        ],
      },
    },
    capturing,
    review: {
      tags: ["back"],
      on: {
        SET_PAPER_FIELD: {
          actions: assign(({ context, event }) => correct(context, event.key, event.value)),
        },
        CAPTURE: another,
        RETAKE: retake,
        NEXT: [
          {
            guard: ({ context }) => context.pageIndex < heldPaper(context).pages.length - 1,
            target: "review",
            actions: turnOver,
          },
          next,
        ],
        BACK: [
          { guard: ({ context }) => context.pageIndex > 0, target: "review", actions: turnBack },
          ...back.BACK,
        ],
      },
    },
    failed: {
      tags: ["back"],
      on: {
        RETRY: "capturing",
        CAPTURE: "capturing",
        RETAKE: "capturing",
        ...skip,
        BACK: toReview,
      },
    },
  },
});
