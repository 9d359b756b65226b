// After a power cut: did the slip of somebody who may still stand here come out?
import { assign, enqueueActions } from "xstate";
import type { VisitContext } from "../context.js";
import type { Slip } from "../effects.js";
import { visitSetup } from "../setup.js";

const REPRINTS = 1;

const keptSlip = (context: VisitContext): Slip | null => {
  if (context.intent === null) return null;
  try {
    return context.house.effects.slipOfIntent(context.intent);
  } catch {
    return null;
  }
};

/**
 * The question is over, answered or not; the next one, if any, is asked by the first screen. The intent
 * stays for `leaveOpen`, which runs after the exit.
 */
const leave = visitSetup.createAction(
  enqueueActions(({ context, enqueue }) => {
    enqueue.assign({ doubts: context.doubts.slice(1), slip: null });
  }),
);

const unanswered = { target: "#attract", actions: "leaveOpen" } as const;

export const slipInDoubt = visitSetup.createStateConfig({
  id: "slipInDoubt",
  entry: assign(({ context }) => ({ intent: context.doubts[0]?.intent ?? null, reprints: 0, slip: null })),
  exit: [leave, "placeNone"],
  initial: "asking",
  states: {
    asking: {
      after: { doubtQuestion: unanswered },
      on: {
        SLIP_CAME_OUT: {
          target: "settling",
          // Fetched before the answer is settled: a settled print keeps no slip.
          actions: assign(({ context, event }) => ({
            cameOut: event.yes,
            slip: event.yes ? null : (context.slip ?? keptSlip(context)),
          })),
        },
        CANCEL: unanswered,
      },
    },
    settling: {
      tags: ["busy", "held"],
      invoke: {
        id: "settlePrint",
        src: "settlePrint",
        input: ({ context }) => ({ house: context.house, intent: context.intent, cameOut: context.cameOut }),
        onDone: [
          {
            guard: ({ context }) => !context.cameOut && context.slip !== null && context.reprints < REPRINTS,
            target: "printing",
            actions: assign(({ context }) => ({ reprints: context.reprints + 1 })),
          },
          { target: "done" },
        ],
        onError: { target: "done", actions: ["logError", "leaveOpen"] },
      },
      after: { settleDeadline: { target: "done", actions: "leaveOpen" } },
      on: { CANCEL: {} },
    },
    printing: {
      entry: "placeSlip",
      tags: ["busy", "held"],
      invoke: {
        id: "printSlip",
        src: "printSlip",
        input: ({ context }) => ({ house: context.house, slip: context.slip, reprintOf: context.intent }),
        onDone: [
          {
            guard: ({ event }) => event.output.result === "inDoubt",
            target: "asking",
            actions: assign(({ event }) => ({
              intent: event.output.result === "inDoubt" ? event.output.intent : null,
            })),
          },
          { target: "done" },
        ],
        onError: { target: "done", actions: "logError" },
      },
      after: { printDeadline: "done" },
      on: { CANCEL: {} },
    },
    done: {
      after: { doubtDone: "#attract" },
      on: { NEXT: "#attract", SLIP_TAKEN: "#attract", WAKE: "#attract", CANCEL: "#attract" },
    },
  },
});
