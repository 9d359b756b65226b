// How does the citizen look everything over, confirm it with a code and hand it in, once?
import { randomUUID } from "node:crypto";
import { assign } from "xstate";
import type { VisitContext } from "../context.js";
import { faultOf, visitSetup } from "../setup.js";
import { lastFormPage } from "./form.js";

/** After this many wrong codes in a row there is a new one, so that guessing does not pay. */
const WRONG_CODES = 3;

const newCode = (context: VisitContext): Partial<VisitContext> => ({
  code: context.house.effects.confirmationCode(),
  wrongCodes: 0,
});

export const check = visitSetup.createStateConfig({
  id: "check",
  entry: "placeNone",
  tags: ["back"],
  on: {
    NEXT: "#confirm",
    BACK: [
      {
        guard: ({ context }) => (context.procedure?.papers.length ?? 0) > 0,
        target: "#papers",
        actions: assign(({ context }) => ({ paperIndex: (context.procedure?.papers.length ?? 1) - 1 })),
      },
      {
        guard: ({ context }) => lastFormPage(context) >= 0,
        target: "#form",
        actions: assign(({ context }) => ({ formPage: lastFormPage(context), mending: false })),
      },
      { target: "#procedure" },
    ],
  },
});

export const confirm = visitSetup.createStateConfig({
  id: "confirm",
  entry: assign(({ context }) => ({ ...newCode(context), lastCodeWrong: false })),
  tags: ["back"],
  on: {
    TYPE_CODE: [
      {
        guard: ({ context, event }) => event.code.trim() === context.code,
        target: "#submitting",
        // Made here and not on entry to `submitting`: a retry after trouble is the same submission.
        actions: assign({ lastCodeWrong: false, submissionId: () => randomUUID() }),
      },
      {
        guard: ({ context }) => context.wrongCodes + 1 >= WRONG_CODES,
        actions: assign(({ context }) => ({ ...newCode(context), lastCodeWrong: true })),
      },
      { actions: assign(({ context }) => ({ wrongCodes: context.wrongCodes + 1, lastCodeWrong: true })) },
    ],
    BACK: "#check",
  },
});

export const submitting = visitSetup.createStateConfig({
  id: "submitting",
  entry: ["holdIdle", "clearFault"],
  exit: "releaseIdle",
  tags: ["busy", "held"],
  invoke: {
    id: "submit",
    src: "submit",
    input: ({ context }) => ({ house: context.house, context }),
    onDone: {
      target: "#slip",
      // From here on the sealed copy is the only one: the visit itself can not read it any more.
      actions: [assign(({ event }) => ({ slip: event.output })), "dropPersonal"],
    },
    onError: {
      target: "#trouble",
      actions: [
        "logError",
        assign(({ event }) => ({ fault: faultOf(event.error), troubleFrom: "submit" as const })),
      ],
    },
  },
  after: {
    submitDeadline: {
      target: "#trouble",
      actions: assign({ fault: "runtime.internal", troubleFrom: "submit" }),
    },
  },
  on: { CANCEL: {} },
});
