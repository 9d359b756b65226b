// How does somebody get a queue number?
import { assign } from "xstate";
import type { TakenNumber } from "../effects.js";
import type { QueueChoice } from "../queue.js";
import { faultOf, visitSetup } from "../setup.js";

const isOffered = (choices: readonly QueueChoice[], id: string): boolean =>
  choices.some((choice) => choice.id === id);

const taken = ({ number, wait }: TakenNumber) => ({ ticketNumber: number, ticketWait: wait ?? null });

export const ticket = visitSetup.createStateConfig({
  id: "ticket",
  entry: ["beginVisit", "placeSlip"],
  exit: "placeNone",
  initial: "service",
  on: { CANCEL: { target: "#attract", actions: assign({ ended: "cancelled" }) } },
  states: {
    // Asked only where there is something to choose.
    service: {
      always: { guard: ({ context }) => context.house.queue.services.length < 2, target: "group" },
      tags: ["back"],
      on: {
        CHOOSE_SERVICE: {
          guard: ({ context, event }) => isOffered(context.house.queue.services, event.service),
          target: "group",
          actions: assign(({ event }) => ({ ticketService: event.service })),
        },
        BACK: "#procedure",
      },
    },
    group: {
      always: { guard: ({ context }) => context.house.queue.groups.length === 0, target: "printing" },
      tags: ["back"],
      on: {
        CHOOSE_GROUP: {
          guard: ({ context, event }) =>
            event.group === null || isOffered(context.house.queue.groups, event.group),
          target: "printing",
          actions: assign(({ event }) => ({ ticketGroup: event.group })),
        },
        BACK: [
          { guard: ({ context }) => context.house.queue.services.length > 1, target: "service" },
          { target: "#procedure" },
        ],
      },
    },
    printing: {
      entry: "holdIdle",
      exit: "releaseIdle",
      tags: ["busy", "held"],
      invoke: {
        id: "takeNumber",
        src: "takeNumber",
        input: ({ context: { house, language, ticketService: service, ticketGroup: group } }) => ({
          house,
          wish: { language, service, group },
        }),
        onDone: [
          {
            guard: ({ event }) => event.output.print.result === "printed",
            target: "taking",
            actions: assign(({ event }) => taken(event.output)),
          },
          {
            guard: ({ event }) => event.output.print.result === "inDoubt",
            target: "inDoubt",
            actions: assign(({ event: { output } }) => ({
              ...taken(output),
              intent: output.print.result === "inDoubt" ? output.print.intent : null,
            })),
          },
          { target: "noPaper", actions: assign(({ event }) => taken(event.output)) },
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
