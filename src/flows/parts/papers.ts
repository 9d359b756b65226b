// How does each paper get from the citizen's hand to pages that were read and looked at?
import { assign } from "xstate";
import type { RequiredPaper } from "../../procedures/procedure.js";
import type { VisitContext } from "../context.js";
import type { CapturedPage } from "../effects.js";
import { type HeldPaper, paperOf, withPaper } from "../personal.js";
import { faultOf, isOfParts, visitSetup } from "../setup.js";
import { firstWrongPage, lastFormPage } from "./form.js";

export const requiredPaper = (context: VisitContext): RequiredPaper | undefined =>
  context.procedure?.papers[context.paperIndex];

export const heldPaper = (context: VisitContext): HeldPaper =>
  paperOf(context.personal.reveal(), requiredPaper(context)?.id ?? "");

/** A retake replaces the page only once the new picture is there. */
const addPage = (context: VisitContext, page: CapturedPage): Partial<VisitContext> => {
  const held = heldPaper(context);
  const kept = context.retaking ? held.pages.slice(0, -1) : held.pages;
  const paper = { pages: [...kept, page], corrected: context.retaking ? {} : held.corrected };
  return {
    fault: null,
    retaking: false,
    personal: withPaper(context.personal, requiredPaper(context)?.id ?? "", paper),
  };
};

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
const replaceLast = visitSetup.createAction(assign({ retaking: true }));

const next = { target: "#papers.arriving", actions: toNext } as const;
const skip = { SKIP_PAPER: { guard: isOptional, ...next } } as const;
const take = { target: "#papers.capturing", actions: addNext } as const;
const retake = { target: "#papers.capturing", actions: replaceLast } as const;

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
    onDone: { target: "review", actions: assign(({ context, event }) => addPage(context, event.output)) },
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
    BACK: { target: "arriving", actions: "clearFault" },
  },
});

export const papers = visitSetup.createStateConfig({
  id: "papers",
  entry: "placeTray",
  exit: "placeNone",
  initial: "arriving",
  states: {
    arriving: {
      always: [
        { guard: ({ context }) => heldPaper(context).pages.length > 0, target: "review" },
        { guard: ({ context }) => requiredPaper(context) !== undefined, target: "place" },
        {
          guard: ({ context }) => firstWrongPage(context) !== null,
          target: "#form",
          actions: assign(({ context }) => ({ mending: true, ...firstWrongPage(context) })),
        },
        { target: "#check", actions: assign({ errors: [] }) },
      ],
    },
    place: { tags: ["back"], on: { CAPTURE: take, ...skip, ...back } },
    capturing,
    review: {
      tags: ["back"],
      on: {
        SET_PAPER_FIELD: {
          actions: assign(({ context, event }) => correct(context, event.key, event.value)),
        },
        CAPTURE: {
          guard: ({ context }) => heldPaper(context).pages.length < (requiredPaper(context)?.maxPages ?? 1),
          ...take,
        },
        RETAKE: retake,
        NEXT: next,
        ...back,
      },
    },
    failed: {
      tags: ["back"],
      on: {
        RETRY: "capturing",
        CAPTURE: "capturing",
        RETAKE: "capturing",
        ...skip,
        BACK: { target: "arriving", actions: "clearFault" },
      },
    },
  },
});
