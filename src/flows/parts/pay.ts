// How is the fee paid: by the citizen's own banking app, or later at the desk?
//
// The application is handed in before this part begins, and nothing here can lose it: every way out leads to the
// slip, which says what is paid. Whoever walks off leaves a slip behind that says "unpaid".
import { assign } from "xstate";
import type { VisitContext } from "../context.js";
import type { DeskReason, PaymentOrder } from "../payment.js";
import { visitSetup } from "../setup.js";

type Change = Partial<VisitContext>;

/** The order, and on the slip the word by which the payment is known. */
const ordered = ({ slip }: VisitContext, payment: PaymentOrder): Change => ({
  payment,
  paySecondsLeft: payment.kind === "open" ? payment.secondsLeft : 0,
  ...(slip?.fee === undefined
    ? {}
    : {
        slip: { ...slip, fee: { ...slip.fee, reference: payment.reference, paid: payment.kind === "paid" } },
      }),
});

const settled = ({ slip }: VisitContext): Change =>
  slip?.fee === undefined ? {} : { slip: { ...slip, fee: { ...slip.fee, paid: true } } };

const toDesk = ({ payment }: VisitContext, reason: DeskReason): Change => ({
  payment: { kind: "desk", reason, reference: payment?.reference ?? null },
});

const asking = visitSetup.createStateConfig({
  entry: "holdIdle",
  exit: "releaseIdle",
  tags: ["busy"],
  invoke: {
    id: "askPayment",
    src: "askPayment",
    input: ({ context }) => ({
      house: context.house,
      slip: context.slip,
      submissionId: context.submissionId,
    }),
    onDone: [
      {
        guard: ({ event }) => event.output.kind === "open",
        target: "waiting",
        actions: assign(({ context, event }) => ordered(context, event.output)),
      },
      {
        guard: ({ event }) => event.output.kind === "paid",
        target: "paid",
        actions: assign(({ context, event }) => ordered(context, event.output)),
      },
      {
        // A kiosk that never takes payments does not stop everybody to say so: slip and last screen do.
        guard: ({ event }) => event.output.kind === "desk" && event.output.reason === "noPayments",
        target: "#slip",
        actions: assign(({ context, event }) => ordered(context, event.output)),
      },
      { target: "desk", actions: assign(({ context, event }) => ordered(context, event.output)) },
    ],
    onError: { target: "desk", actions: ["logError", assign(({ context }) => toDesk(context, "offline"))] },
  },
  after: { payAskDeadline: { target: "desk", actions: assign(({ context }) => toDesk(context, "offline")) } },
  on: { NEXT: "#slip" },
});

/** The code's time runs on the screen. */
const ticking = visitSetup.createStateConfig({
  after: {
    payTick: [
      {
        guard: ({ context }) => context.paySecondsLeft <= 1,
        target: "#pay.desk",
        actions: assign(({ context }) => toDesk(context, "expired")),
      },
      {
        target: "ticking",
        reenter: true,
        actions: assign(({ context }) => ({ paySecondsLeft: context.paySecondsLeft - 1 })),
      },
    ],
  },
});

const waiting = visitSetup.createStateConfig({
  entry: "holdIdle",
  exit: "releaseIdle",
  tags: ["busy"],
  invoke: {
    id: "awaitPayment",
    src: "awaitPayment",
    input: ({ context }) => ({
      house: context.house,
      slip: context.slip,
      submissionId: context.submissionId,
    }),
    onDone: [
      {
        guard: ({ event }) => event.output === "paid",
        target: "paid",
        actions: assign(({ context }) => settled(context)),
      },
      { target: "desk", actions: assign(({ context }) => toDesk(context, "wrongAmount")) },
    ],
    onError: { target: "desk", actions: ["logError", assign(({ context }) => toDesk(context, "offline"))] },
  },
  initial: "code",
  states: {
    // Nobody pays within the time of a touch: the app is opened, the code found, a PIN typed.
    code: { initial: "ticking", after: { payWarning: "slow" }, states: { ticking } },
    slow: {
      initial: "ticking",
      after: { payGrace: "#slip" },
      on: { STILL_HERE: "code" },
      states: { ticking },
    },
  },
  on: { NEXT: "#slip" },
});

export const pay = visitSetup.createStateConfig({
  id: "pay",
  entry: [assign({ payment: null, paySecondsLeft: 0 }), "placeNone"],
  tags: ["held"],
  initial: "asking",
  states: {
    asking,
    waiting,
    paid: { after: { payShown: "#slip" }, on: { NEXT: "#slip" } },
    desk: { after: { payDeskShown: "#slip" }, on: { NEXT: "#slip" } },
  },
  on: { CANCEL: {}, IDLE_OUT: "#slip" },
});
