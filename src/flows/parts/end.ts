// How does a visit end: the stars, the thanks, or trouble that somebody must look at?
import { assign } from "xstate";
import type { TroubleFrom, VisitContext } from "../context.js";
import { visitSetup } from "../setup.js";

export const rate = visitSetup.createStateConfig({
  id: "rate",
  initial: "asking",
  states: {
    asking: {
      on: {
        RATE: { target: "rating", actions: assign(({ event }) => ({ percent: event.stars })) },
        NEXT: "#goodbye",
      },
    },
    rating: {
      entry: "holdIdle",
      exit: "releaseIdle",
      tags: ["busy"],
      invoke: {
        id: "rate",
        src: "rate",
        input: ({ context }) => ({
          house: context.house,
          stars: context.percent,
          procedureCode: context.procedure?.code ?? "",
        }),
        onDone: "#goodbye",
        onError: { target: "#goodbye", actions: "logError" },
      },
      after: { rateDeadline: "#goodbye" },
    },
  },
});

export const goodbye = visitSetup.createStateConfig({
  id: "goodbye",
  entry: ["endVisit", "placeNone"],
  after: { goodbye: "#attract" },
  on: {
    WAKE: [{ guard: "inService", target: "#language" }, { target: "#attract" }],
    CANCEL: "#attract",
  },
});

const came =
  (from: TroubleFrom) =>
  ({ context }: { readonly context: VisitContext }): boolean =>
    context.troubleFrom === from;

export const trouble = visitSetup.createStateConfig({
  id: "trouble",
  entry: "placeNone",
  on: {
    RETRY: [
      { guard: came("submit"), target: "#submitting" },
      { guard: came("ticket"), target: "#ticket.printing" },
      { guard: came("lookup"), target: "#lookup.searching" },
      { guard: came("papers"), target: "#papers.arriving", actions: "clearFault" },
      { target: "#identify.card", actions: "clearFault" },
    ],
    CANCEL: { target: "#goodbye", actions: assign({ ended: "trouble" }) },
  },
});
