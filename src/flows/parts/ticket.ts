// How does somebody get a queue number?
import { assign } from "xstate";
import { faultOf, visitSetup } from "../setup.js";

export const ticket = visitSetup.createStateConfig({
  id: "ticket",
  entry: ["beginVisit", "placeSlip"],
  exit: "placeNone",
  initial: "printing",
  states: {
    printing: {
      entry: "holdIdle",
      exit: "releaseIdle",
      tags: ["busy", "held"],
      invoke: {
        id: "takeNumber",
        src: "takeNumber",
        input: ({ context }) => ({ house: context.house, language: context.language }),
        onDone: [
          {
            guard: ({ event }) => event.output.print.result === "printed",
            target: "taking",
            actions: assign(({ event }) => ({ ticketNumber: event.output.number })),
          },
          {
            guard: ({ event }) => event.output.print.result === "inDoubt",
            target: "inDoubt",
            actions: assign(({ event: { output } }) => ({
              ticketNumber: output.number,
              intent: output.print.result === "inDoubt" ? output.print.intent : null,
            })),
          },
          { target: "noPaper", actions: assign(({ event }) => ({ ticketNumber: event.output.number })) },
        ],
        onError: {
          target: "#trouble",
          actions: [
            "logError",
            assign(({ event }) => ({ fault: faultOf(event.error), troubleFrom: "ticket" as const })),
          ],
        },
      },
      after: {
        printDeadline: {
          target: "#trouble",
          actions: assign({ fault: "printer.silent", troubleFrom: "ticket" }),
        },
      },
      on: { CANCEL: {} },
    },
    taking: {
      after: { ticketShown: "#goodbye" },
      on: { NEXT: "#goodbye", SLIP_TAKEN: "#goodbye" },
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
    // A number is never printed again: it is on the screen, and taking another one would skip a place.
    settling: {
      entry: "holdIdle",
      exit: "releaseIdle",
      tags: ["busy", "held"],
      invoke: {
        id: "settlePrint",
        src: "settlePrint",
        input: ({ context }) => ({ house: context.house, intent: context.intent, cameOut: context.cameOut }),
        onDone: [{ guard: ({ context }) => context.cameOut, target: "#goodbye" }, { target: "noPaper" }],
        onError: { target: "noPaper", actions: "logError" },
      },
      after: { settleDeadline: "noPaper" },
      on: { CANCEL: {} },
    },
    noPaper: { on: { NEXT: "#goodbye", SLIP_TAKEN: "#goodbye" } },
  },
});
