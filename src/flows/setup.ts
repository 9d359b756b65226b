// Which types, effects, delays, guards and actions do all parts of the visit share?
import { assign, enqueueActions, setup } from "xstate";
import { FAULTS, FaultError, type Part, toFault } from "../core/faults.js";
import { ACTORS } from "./actors.js";
import { freshVisit, type House, type VisitContext, type VisitEvent } from "./context.js";
import { DELAYS, type DelayName, type Delays, WARNING_SECONDS } from "./delays.js";
import { dropPersonal } from "./personal.js";

export type VisitTag =
  /** BACK works. */
  | "back"
  /** CANCEL does nothing: something irrevocable is under way. */
  | "held"
  /** A device or the store works. */
  | "busy";

/** Lookup codes start so; the reader at the counter shows anything. */
export const LOOKUP_PREFIX = "MC1:";

const delayOf =
  (name: DelayName) =>
  ({ context }: { readonly context: VisitContext }): number =>
    context.house.delays[name];

/** Who listens to a screen needs longer than who sees it (EN 301 549, WCAG 2.2.1). */
const UNHURRIED: readonly DelayName[] = ["idleWarning", "ticketShown", "doubtQuestion", "goodbye"];
const BY_EAR = 2;

const unhurried =
  (name: DelayName) =>
  ({ context }: { readonly context: VisitContext }): number =>
    context.house.delays[name] * (context.wishes.audio ? BY_EAR : 1);

const delays = Object.fromEntries(
  (Object.keys(DELAYS) as DelayName[]).map((name) => [
    name,
    UNHURRIED.includes(name) ? unhurried(name) : delayOf(name),
  ]),
) as Record<keyof Delays, ReturnType<typeof delayOf>>;

export const visitSetup = setup({
  types: {
    context: {} as VisitContext,
    events: {} as VisitEvent,
    input: {} as House,
    tags: {} as VisitTag,
  },
  actors: ACTORS,
  delays,
  guards: {
    inService: ({ context }) => context.outOfService === null,
    hasDoubt: ({ context }) => context.doubts.length > 0,
    idleCounts: ({ context }) => context.open && !context.idleHeld,
    idleRests: ({ context }) => !context.open || context.idleHeld,
  },
  actions: {
    holdIdle: assign({ idleHeld: true }),
    releaseIdle: assign({ idleHeld: false }),
    startCountdown: assign({ idleSecondsLeft: WARNING_SECONDS }),
    countDown: assign({ idleSecondsLeft: ({ context }) => context.idleSecondsLeft - 1 }),
    clearFault: assign({ fault: null, percent: 0 }),
    placeCard: ({ context }) => context.house.effects.showPlace("card"),
    placeTray: ({ context }) => context.house.effects.showPlace("tray"),
    placeSlip: ({ context }) => context.house.effects.showPlace("slip"),
    placeNone: ({ context }) => context.house.effects.showPlace("none"),
    beginVisit: enqueueActions(({ context, enqueue }) => {
      if (context.open) return;
      enqueue.assign({
        ...freshVisit(),
        open: true,
        visit: context.visit + 1,
        spoken: context.house.speech === "on",
        startedAtMs: context.house.clock.monotonicMs(),
      });
      enqueue(({ context: begun }) => begun.house.log("visit.started", { visit: begun.visit }));
    }),
    /** Drops every personal value; what is not personal (the slip) stays. */
    dropPersonal: enqueueActions(({ context, enqueue }) => {
      const { personal } = context;
      enqueue(() => dropPersonal(personal));
      enqueue.assign({ personal: freshVisit().personal });
      enqueue(({ context: now }) => now.house.effects.forget());
    }),
    /** On the way out of every visit, whichever way it is. */
    endVisit: enqueueActions(({ context, enqueue }) => {
      if (!context.open) return;
      const { personal, visit, ended, startedAtMs } = context;
      enqueue(() => dropPersonal(personal));
      enqueue.assign({ ...freshVisit(), open: false, helpOpen: false });
      enqueue(({ context: { house } }) => {
        house.effects.forget();
        const seconds = Math.round((house.clock.monotonicMs() - startedAtMs) / 1000);
        house.log("visit.ended", { visit, how: ended, seconds });
      });
      enqueue.raise({ type: "VISIT_ENDED" });
    }),
    /** A program error's message may quote a personal value, so only a `FaultError` is logged in full. */
    logError: ({ context, event }) => {
      const error = "error" in event ? event.error : undefined;
      const detail = error instanceof FaultError ? error.detail : error instanceof Error ? error.name : "";
      context.house.log("visit.fault", { visit: context.visit, fault: faultOf(error), detail });
    },
    /** Nobody answered: the intent stays open in the journal and is asked about after the next start. */
    leaveOpen: enqueueActions(({ context: { intent }, enqueue }) => {
      if (intent === null) return;
      enqueue.assign({ unanswered: ({ context }) => [...context.unanswered, intent], intent: null });
      enqueue(({ context }) => context.house.log("print.outcome", { job: intent, outcome: "unanswered" }));
    }),
  },
});

/** The error of an invoked effect as a fault code; program errors become "runtime.internal". */
export const faultOf = (error: unknown) => toFault(error).code;

export const isOfParts = (error: unknown, ...parts: readonly Part[]): boolean =>
  parts.includes(FAULTS[faultOf(error)].part);
