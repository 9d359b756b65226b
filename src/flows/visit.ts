// In which order do the parts of a visit follow each other, and what holds in all of them?
import { assign } from "xstate";
import { initialContext } from "./context.js";
import { idle, officer, tried } from "./parts/beside.js";
import { check, confirm, submitting } from "./parts/confirm.js";
import { goodbye, rate, trouble } from "./parts/end.js";
import { form } from "./parts/form.js";
import { identify } from "./parts/identify.js";
import { slipInDoubt } from "./parts/in-doubt.js";
import { lookup } from "./parts/lookup.js";
import { papers } from "./parts/papers.js";
import { pay } from "./parts/pay.js";
import { slip } from "./parts/slip.js";
import { attract, language, procedure } from "./parts/start.js";
import { ticket } from "./parts/ticket.js";
import { visitSetup } from "./setup.js";

export const visitMachine = visitSetup.createMachine({
  id: "kiosk",
  context: ({ input }) => initialContext(input),
  type: "parallel",
  states: {
    visit: {
      initial: "attract",
      on: {
        CANCEL: {
          target: "#goodbye",
          actions: assign(({ context }) => ({
            ended: context.slip === null ? ("cancelled" as const) : ("finished" as const),
          })),
        },
        IDLE_OUT: {
          target: "#goodbye",
          actions: assign(({ context }) => ({
            ended: context.slip === null ? ("idle" as const) : ("finished" as const),
          })),
        },
        CHOOSE_LANGUAGE: { actions: assign(({ event }) => ({ language: event.language })) },
        SPEAK: {
          guard: ({ context }) => context.house.speech !== "off" && context.open,
          actions: assign(({ event }) => ({ spoken: event.on })),
        },
        SET_WISHES: { actions: assign(({ event }) => ({ wishes: event.wishes })) },
        HELP: { actions: assign({ helpOpen: true }) },
        CLOSE_HELP: { actions: assign({ helpOpen: false }) },
        OUT_OF_SERVICE: { actions: assign(({ event }) => ({ outOfService: event.fault })) },
        HEADPHONES: { actions: assign(({ event }) => ({ headphones: event.in })) },
        CODE_READER: { actions: assign(({ event }) => ({ codeReaderFault: event.fault })) },
        QUEUE: { actions: assign(({ event }) => ({ queueNow: event.now })) },
        IN_SERVICE: { actions: assign({ outOfService: null }) },
        PRINT_IN_DOUBT: {
          guard: ({ context, event }) => !context.doubts.some((doubt) => doubt.intent === event.intent),
          actions: assign(({ context, event: { intent, slipNumber } }) => ({
            doubts: [...context.doubts, { intent, slipNumber }],
          })),
        },
      },
      states: {
        attract,
        language,
        procedure,
        identify,
        form,
        papers,
        check,
        confirm,
        submitting,
        pay,
        slip,
        rate,
        goodbye,
        ticket,
        lookup,
        slipInDoubt,
        trouble,
      },
    },
    idle,
    officer,
    tried,
  },
});
