// How does the citizen get the slip, exactly once, whatever the printer does?
//
// The submission is stored before this part begins: every way out of it leads to the end, none loses it.
import { assign } from "xstate";
import { faultOf, visitSetup } from "../setup.js";

/** A slip whose fate the citizen denied is printed again this often; then the number on the screen must do. */
const REPRINTS = 1;

const printing = visitSetup.createStateConfig({
  entry: ["holdIdle", "clearFault", "placeSlip"],
  exit: "releaseIdle",
  tags: ["busy", "held"],
  invoke: {
    id: "printSlip",
    src: "printSlip",
    input: ({ context }) => ({ house: context.house, slip: context.slip, reprintOf: context.intent }),
    onDone: [
      { guard: ({ event }) => event.output.result === "printed", target: "taking" },
      {
        guard: ({ event }) => event.output.result === "inDoubt",
        target: "inDoubt",
        actions: assign(({ event }) => ({
          intent: event.output.result === "inDoubt" ? event.output.intent : null,
        })),
      },
      {
        target: "noPaper",
        actions: assign(({ event }) => ({
          fault: event.output.result === "notPrinted" ? event.output.fault.code : null,
        })),
      },
    ],
    onError: {
      target: "noPaper",
      actions: ["logError", assign(({ event }) => ({ fault: faultOf(event.error) }))],
    },
  },
  // The journal of the print keeps its intent open; it is asked about after the next start.
  after: { printDeadline: { target: "noPaper", actions: assign({ fault: "printer.silent" }) } },
  on: { CANCEL: {} },
});

const settling = visitSetup.createStateConfig({
  entry: "holdIdle",
  exit: "releaseIdle",
  tags: ["busy", "held"],
  invoke: {
    id: "settlePrint",
    src: "settlePrint",
    input: ({ context }) => ({ house: context.house, intent: context.intent, cameOut: context.cameOut }),
    onDone: [
      { guard: ({ context }) => context.cameOut, target: "#rate" },
      {
        guard: ({ context }) => context.reprints < REPRINTS,
        target: "printing",
        actions: assign(({ context }) => ({ reprints: context.reprints + 1 })),
      },
      { target: "noPaper", actions: assign({ fault: "printer.inDoubt" }) },
    ],
    onError: [
      { guard: ({ context }) => context.cameOut, target: "#rate", actions: "logError" },
      // A "no" that could not be written down allows no second print.
      { target: "noPaper", actions: ["logError", assign({ fault: "printer.inDoubt" })] },
    ],
  },
  after: { settleDeadline: { target: "noPaper", actions: assign({ fault: "printer.inDoubt" }) } },
  on: { CANCEL: {} },
});

export const slip = visitSetup.createStateConfig({
  id: "slip",
  entry: assign({ intent: null, reprints: 0, reminded: false }),
  exit: "placeNone",
  initial: "printing",
  states: {
    printing,
    taking: {
      entry: "placeSlip",
      after: { slipReminder: { actions: ["placeSlip", assign({ reminded: true })] } },
      on: { SLIP_TAKEN: "#rate", NEXT: "#rate" },
    },
    inDoubt: {
      entry: "holdIdle",
      exit: "releaseIdle",
      after: { doubtQuestion: { target: "#goodbye", actions: "leaveOpen" } },
      on: {
        SLIP_CAME_OUT: { target: "settling", actions: assign(({ event }) => ({ cameOut: event.yes })) },
        CANCEL: { target: "#goodbye", actions: "leaveOpen" },
      },
    },
    settling,
    noPaper: { entry: "placeNone", on: { NEXT: "#rate", SLIP_TAKEN: "#rate" } },
  },
});
