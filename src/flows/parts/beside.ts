// What goes on beside the visit: the idle clock, the call for an officer, and what was tried at the first screen?
import { assign, raise } from "xstate";
import { type CitizenEvent, NO_WISHES } from "../events.js";
import { visitSetup } from "../setup.js";

/** Every citizen event by name; the record makes the compiler miss none. */
export const CITIZEN_EVENTS: Readonly<Record<CitizenEvent["type"], true>> = {
  WAKE: true,
  CHOOSE_LANGUAGE: true,
  CHOOSE_PROCEDURE: true,
  TAKE_NUMBER: true,
  CHOOSE_SERVICE: true,
  CHOOSE_GROUP: true,
  LOOK_UP: true,
  TYPE_INSTEAD: true,
  SHOW_BACK: true,
  SUBMIT_TYPED: true,
  SUBMIT_LOOKUP: true,
  SKIP_CHIP: true,
  SET_FIELD: true,
  NEXT: true,
  BACK: true,
  CAPTURE: true,
  RETAKE: true,
  FEED: true,
  USE_TRAY: true,
  SKIP_PAPER: true,
  USE_STORED: true,
  ARRANGE: true,
  MOVE_PAGE: true,
  REMOVE_PAGE: true,
  MEND: true,
  SET_PAPER_FIELD: true,
  TYPE_CODE: true,
  NO_CODE: true,
  SLIP_CAME_OUT: true,
  SLIP_TAKEN: true,
  RATE: true,
  RATE_RESULT: true,
  HELP: true,
  CLOSE_HELP: true,
  CALL_OFFICER: true,
  RETRY: true,
  CANCEL: true,
  STILL_HERE: true,
  SPEAK: true,
  REPLAY: true,
  PRACTISE: true,
  SET_WISHES: true,
};

type Activity = CitizenEvent["type"] | "CODE_SHOWN";
const ACTIVITY = [...(Object.keys(CITIZEN_EVENTS) as CitizenEvent["type"][]), "CODE_SHOWN"] as const;

/** Whatever the citizen does starts the idle time anew. */
const anyActivity = Object.fromEntries(
  ACTIVITY.map((type) => [type, { target: "#idle.counting", reenter: true }]),
) as Record<Activity, { target: "#idle.counting"; reenter: true }>;

export const idle = visitSetup.createStateConfig({
  id: "idle",
  initial: "off",
  states: {
    off: { always: { guard: "idleCounts", target: "counting" } },
    counting: {
      always: { guard: "idleRests", target: "off" },
      after: { idleWarning: "warning" },
      on: {
        ...anyActivity,
        PRESENCE: { guard: ({ event }) => !event.present, target: "gone" },
      },
    },
    gone: {
      always: { guard: "idleRests", target: "off" },
      after: { goneWarning: "warning" },
      on: {
        ...anyActivity,
        PRESENCE: { guard: ({ event }) => event.present, target: "counting" },
      },
    },
    warning: {
      entry: "startCountdown",
      initial: "ticking",
      always: { guard: "idleRests", target: "off" },
      on: anyActivity,
      states: {
        ticking: {
          after: {
            idleTick: [
              {
                guard: ({ context }) => context.idleSecondsLeft <= 1,
                target: "#idle.over",
                actions: ["countDown", raise({ type: "IDLE_OUT" })],
              },
              { target: "ticking", reenter: true, actions: "countDown" },
            ],
          },
        },
      },
    },
    // IDLE_OUT closes the visit, which closes this.
    over: { always: { guard: "idleRests", target: "off" }, on: anyActivity },
  },
});

export const officer = visitSetup.createStateConfig({
  id: "officer",
  initial: "none",
  states: {
    none: { on: { CALL_OFFICER: "calling" } },
    calling: {
      invoke: {
        id: "callOfficer",
        src: "callOfficer",
        input: ({ context }) => ({ house: context.house, step: context.house.stepNow() }),
        onDone: "called",
        // Nobody may be promised a person who was not reached.
        onError: { target: "none", actions: "logError" },
      },
      after: { officerDeadline: "none" },
    },
    called: { after: { officerShown: "none" }, on: { VISIT_ENDED: "none" } },
  },
});

/** At the first screen no idle time counts: letters made large, or help opened, by somebody who then walked off. */
export const tried = visitSetup.createStateConfig({
  id: "tried",
  initial: "nothing",
  states: {
    nothing: { on: { SET_WISHES: "something", HELP: "something" } },
    something: {
      on: {
        SET_WISHES: { target: "something", reenter: true },
        HELP: { target: "something", reenter: true },
        VISIT_ENDED: "nothing",
      },
      after: {
        triedRest: [
          { guard: ({ context }) => context.open, target: "nothing" },
          { target: "nothing", actions: assign({ wishes: NO_WISHES, helpOpen: false }) },
        ],
      },
    },
  },
});
