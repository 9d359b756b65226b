// How does a citizen find out what became of an application?
import { assign } from "xstate";
import type { VisitEvent } from "../context.js";
import { changed } from "../personal.js";
import { faultOf, LOOKUP_PREFIX, visitSetup } from "../setup.js";

/** The lookup code in what the reader saw; null for anything else, a card's QR above all: it must not travel. */
export const lookupOf = (text: string): string | null =>
  text.startsWith(LOOKUP_PREFIX) ? text.trim() : null;

const codeIn = (event: VisitEvent): string | null => {
  if (event.type === "CODE_SHOWN") return lookupOf(event.text);
  return event.type === "SUBMIT_LOOKUP" && event.code.trim() !== "" ? event.code.trim() : null;
};

const keepCode = visitSetup.createAction(
  assign(({ context, event }) => ({
    personal: changed(context.personal, { lookupCode: codeIn(event), found: null }),
    opinion: null,
  })),
);

const search = {
  CODE_SHOWN: { target: "#lookup.judging", actions: keepCode },
  SUBMIT_LOOKUP: { target: "#lookup.judging", actions: keepCode },
} as const;

export const lookup = visitSetup.createStateConfig({
  id: "lookup",
  entry: ["beginVisit", "placeNone"],
  initial: "scan",
  on: {
    CANCEL: { target: "#attract", actions: assign({ ended: "cancelled" }) },
  },
  states: {
    scan: { tags: ["back"], on: { ...search, BACK: "#procedure" } },
    judging: {
      always: [
        { guard: ({ context }) => context.personal.reveal().lookupCode !== null, target: "searching" },
        { target: "unknown" },
      ],
    },
    searching: {
      entry: "holdIdle",
      exit: "releaseIdle",
      tags: ["busy", "back"],
      invoke: {
        id: "lookUp",
        src: "lookUp",
        input: ({ context }) => ({
          house: context.house,
          code: context.personal.reveal().lookupCode ?? "",
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.found,
            target: "found",
            actions: assign(({ context, event }) => ({
              personal: changed(context.personal, { found: event.output.found ? event.output : null }),
            })),
          },
          { target: "unknown" },
        ],
        onError: {
          target: "#trouble",
          actions: [
            "logError",
            assign(({ event }) => ({ fault: faultOf(event.error), troubleFrom: "lookup" as const })),
          ],
        },
      },
      after: {
        lookupDeadline: {
          target: "#trouble",
          actions: assign({ fault: "runtime.internal", troubleFrom: "lookup" }),
        },
      },
      on: { BACK: "scan" },
    },
    found: {
      tags: ["back"],
      on: {
        ...search,
        BACK: "scan",
        NEXT: "#goodbye",
        RATE_RESULT: {
          guard: ({ context }) =>
            context.opinion === null && context.personal.reveal().found?.mayRate === true,
          target: "asking",
        },
      },
    },
    asking: {
      tags: ["back"],
      on: {
        BACK: "found",
        NEXT: "found",
        RATE: { target: "telling", actions: assign(({ event }) => ({ percent: event.stars })) },
      },
    },
    telling: {
      entry: "holdIdle",
      exit: "releaseIdle",
      tags: ["busy"],
      invoke: {
        id: "rateResult",
        src: "rateResult",
        input: ({ context }) => ({
          house: context.house,
          code: context.personal.reveal().lookupCode ?? "",
          stars: context.percent,
        }),
        onDone: { target: "found", actions: assign(({ event }) => ({ opinion: event.output })) },
        // Nothing is kept for later: an opinion must not lie on a disk beside the code that it is about.
        onError: { target: "found", actions: ["logError", assign({ opinion: "notYet" })] },
      },
      after: { lookupDeadline: { target: "found", actions: assign({ opinion: "notYet" }) } },
    },
    unknown: { tags: ["back"], on: { ...search, BACK: "scan", RETRY: "scan", NEXT: "#goodbye" } },
  },
});
