// How does the citizen look everything over, confirm it with a code and hand it in, once?
import { randomUUID } from "node:crypto";
import { assign } from "xstate";
import type { VisitContext } from "../context.js";
import { formValues, visiblePages } from "../form-values.js";
import { changed, paperOf } from "../personal.js";
import { faultOf, visitSetup } from "../setup.js";
import { lastFormPage } from "./form.js";
import { checking, isUnderWay, maySend, sending, texted } from "./phone-code.js";

/** After this many wrong codes in a row there is a new one, so that guessing does not pay. */
const WRONG_CODES = 3;

const newCode = (context: VisitContext): Partial<VisitContext> => ({
  code: context.house.effects.confirmationCode(),
  wrongCodes: 0,
});

/** Looked at anew each time: the citizen may have mended something. */
const compared = (context: VisitContext): Partial<VisitContext> => {
  const { procedure, house } = context;
  const personal = context.personal.reveal();
  if (procedure === null || personal.identity === null) return {};
  const differences =
    house.effects.differences?.({
      procedureCode: procedure.code,
      identity: personal.identity,
      form: formValues(procedure, personal),
      papers: procedure.papers.map(({ id }) => ({ paperId: id, ...paperOf(personal, id) })),
    }) ?? [];
  return { personal: changed(context.personal, { differences }) };
};

/** The place in the application that a difference is mended at; null when it is not asked for any more. */
const placeOf = (
  { procedure, personal }: VisitContext,
  hint: number,
): { readonly paperIndex: number } | { readonly formPage: number } | null => {
  const difference = personal.reveal().differences[hint];
  if (procedure === null || difference === undefined) return null;
  if (difference.where === "paper") {
    const paperIndex = procedure.papers.findIndex(({ id }) => id === difference.paperId);
    return paperIndex < 0 ? null : { paperIndex };
  }
  const formPage = visiblePages(procedure, personal.reveal(), true).findIndex((page) =>
    procedure.pages[page]?.fields.some(({ key }) => key === difference.key),
  );
  return formPage < 0 ? null : { formPage };
};

export const check = visitSetup.createStateConfig({
  id: "check",
  entry: ["placeNone", assign(({ context }) => compared(context))],
  tags: ["back"],
  on: {
    NEXT: "#confirm",
    MEND: [
      {
        guard: ({ context, event }) => "formPage" in (placeOf(context, event.hint) ?? {}),
        target: "#form",
        actions: assign(({ context, event }) => ({
          mending: true,
          errors: [],
          ...placeOf(context, event.hint),
        })),
      },
      {
        guard: ({ context, event }) => "paperIndex" in (placeOf(context, event.hint) ?? {}),
        target: "#papers",
        actions: assign(({ context, event }) => ({ ...placeOf(context, event.hint) })),
      },
    ],
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

/** Shows intent; who reads it off the same screen is not known by it. */
const onScreen = visitSetup.createStateConfig({
  on: {
    TYPE_CODE: [
      {
        guard: ({ context, event }) => event.code.trim() === context.code,
        target: "#submitting",
        // Made here and not on entry to `submitting`: a retry after trouble is the same submission.
        actions: assign({
          lastCodeWrong: false,
          confirmedBy: { method: "codeOnScreen" },
          submissionId: () => randomUUID(),
        }),
      },
      {
        guard: ({ context }) => context.wrongCodes + 1 >= WRONG_CODES,
        actions: assign(({ context }) => ({ ...newCode(context), lastCodeWrong: true })),
      },
      { actions: assign(({ context }) => ({ wrongCodes: context.wrongCodes + 1, lastCodeWrong: true })) },
    ],
  },
});

export const confirm = visitSetup.createStateConfig({
  id: "confirm",
  entry: assign(({ context }) => ({ ...newCode(context), lastCodeWrong: false })),
  tags: ["back"],
  initial: "arriving",
  states: {
    arriving: {
      always: [
        { guard: ({ context }) => isUnderWay(context), target: "texted" },
        { guard: ({ context }) => maySend(context), target: "sending" },
        { target: "onScreen" },
      ],
    },
    ...{ sending, texted, checking, onScreen },
  },
  on: { BACK: "#check" },
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
    // From here on the sealed copy is the only one: the visit itself can not read it any more.
    onDone: [
      {
        guard: ({ event }) => event.output.fee !== undefined && !event.output.fee.paid,
        target: "#pay",
        actions: [assign(({ event }) => ({ slip: event.output })), "dropPersonal"],
      },
      {
        target: "#slip",
        actions: [assign(({ event }) => ({ slip: event.output })), "dropPersonal"],
      },
    ],
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
