// How does the citizen confirm with a code that goes to their phone?
//
// Nothing here can stop an application: no link, no gateway, a code that does not come or is typed wrong too often all
// lead to the code on the screen, which says why. What was sent is kept for the visit, so that a look back at the
// form costs no second message.
import { randomUUID } from "node:crypto";
import { assign } from "xstate";
import { Pii } from "../../core/pii.js";
import type { VisitContext } from "../context.js";
import { changed } from "../personal.js";
import type { CodeRefusal, SentCode } from "../phone-code.js";
import { phoneIn } from "../phone-in.js";
import { visitSetup } from "../setup.js";

type Change = Partial<VisitContext>;

const wanted = ({ procedure, personal }: VisitContext) =>
  procedure === null ? null : phoneIn(procedure, personal.reveal());

/** The kiosk can, the form has a number, and nothing has failed in this visit. */
export const maySend = (context: VisitContext): boolean =>
  context.house.effects.sendCode !== undefined && context.codeWhy === null && wanted(context) !== null;

/** A code is on this very phone, and still counts. */
export const isUnderWay = (context: VisitContext): boolean => {
  const { texted } = context.personal.reveal();
  if (texted === null || !maySend(context) || wanted(context)?.phone !== texted.phone) return false;
  return texted.untilMs > context.house.clock.monotonicMs();
};

const sent = (context: VisitContext, { reference, secondsLeft }: SentCode): Change => {
  const to = wanted(context);
  if (to === null) return {};
  const untilMs = context.house.clock.monotonicMs() + secondsLeft * 1000;
  return {
    personal: changed(context.personal, { texted: { ...to, reference, untilMs } }),
    lastCodeWrong: false,
    codeTriesLeft: null,
  };
};

export const onScreenFor = (why: CodeRefusal): Change => ({ codeWhy: why, lastCodeWrong: false });

export const sending = visitSetup.createStateConfig({
  entry: "holdIdle",
  exit: "releaseIdle",
  tags: ["busy"],
  invoke: {
    id: "sendCode",
    src: "sendCode",
    input: ({ context }) => ({
      house: context.house,
      phone: new Pii(wanted(context)?.phone ?? ""),
    }),
    onDone: [
      {
        guard: ({ event }) => event.output.kind === "sent",
        target: "texted",
        actions: assign(({ context, event }) =>
          event.output.kind === "sent" ? sent(context, event.output) : {},
        ),
      },
      {
        target: "onScreen",
        actions: assign(({ event }) =>
          event.output.kind === "no" ? onScreenFor(event.output.why) : onScreenFor("offline"),
        ),
      },
    ],
    onError: { target: "onScreen", actions: ["logError", assign(onScreenFor("offline"))] },
  },
  after: { codeDeadline: { target: "onScreen", actions: assign(onScreenFor("offline")) } },
  on: { NO_CODE: { target: "onScreen", actions: assign(onScreenFor("gotNothing")) } },
});

export const texted = visitSetup.createStateConfig({
  initial: "waiting",
  states: {
    // Nobody is asked whether they are there while they look at their phone for a message that is on its way.
    waiting: { entry: "holdIdle", exit: "releaseIdle", after: { codeAgain: "late" } },
    late: { on: { RETRY: "#confirm.sending" } },
  },
  on: {
    TYPE_CODE: {
      target: "checking",
      actions: assign(({ context, event }) => ({
        personal: changed(context.personal, { typedCode: event.code.trim() }),
      })),
    },
    NO_CODE: { target: "onScreen", actions: assign(onScreenFor("gotNothing")) },
  },
});

export const checking = visitSetup.createStateConfig({
  entry: "holdIdle",
  exit: [
    "releaseIdle",
    assign(({ context }) => ({ personal: changed(context.personal, { typedCode: null }) })),
  ],
  tags: ["busy"],
  invoke: {
    id: "tryCode",
    src: "tryCode",
    input: ({ context }) => {
      const { texted: last, typedCode } = context.personal.reveal();
      return { house: context.house, reference: last?.reference ?? "", code: new Pii(typedCode ?? "") };
    },
    onDone: [
      {
        guard: ({ event }) => event.output.kind === "right",
        target: "#submitting",
        actions: assign(({ context }) => {
          const { texted: last } = context.personal.reveal();
          return {
            confirmedBy:
              last === null
                ? { method: "codeOnScreen" as const }
                : { method: "sms" as const, reference: last.reference, field: last.field },
            lastCodeWrong: false,
            submissionId: randomUUID(),
          };
        }),
      },
      {
        guard: ({ event }) => event.output.kind === "wrong",
        target: "texted",
        actions: assign(({ event }) => ({
          lastCodeWrong: true,
          codeTriesLeft: event.output.kind === "wrong" ? event.output.triesLeft : null,
        })),
      },
      {
        target: "onScreen",
        actions: assign(({ event }) =>
          onScreenFor(event.output.kind === "no" ? event.output.why : "offline"),
        ),
      },
    ],
    onError: { target: "onScreen", actions: ["logError", assign(onScreenFor("offline"))] },
  },
  after: { codeDeadline: { target: "onScreen", actions: assign(onScreenFor("offline")) } },
});
