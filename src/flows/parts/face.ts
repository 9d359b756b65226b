// How is the person before the kiosk compared with the card's portrait, and what if that does not work out?
//
// Whoever can not be matched is never accused: light, age and glasses do that too. They may try again, and an
// officer looks with their own eyes.
import { assign } from "xstate";
import type { Identity } from "../citizen.js";
import type { VisitContext } from "../context.js";
import { changed } from "../personal.js";
import { faultOf, visitSetup } from "../setup.js";

/** More tries tire the person, and give a picture held before the camera more chances. */
const TRIES = 3;

const identityIn = (context: VisitContext): Identity | null => context.personal.reveal().identity;

const triesLeft = (context: VisitContext): boolean => context.faceTries < TRIES;

export const hasPortrait = (context: VisitContext): boolean => identityIn(context)?.portrait !== undefined;

export const canRetryFace = (context: VisitContext): boolean => triesLeft(context) && hasPortrait(context);

/** The step makes sense: a proven chip, whose portrait is held, and only the person is missing. */
export const awaitsFace = (identity: Identity, needed: Identity["level"]): boolean =>
  needed === "holderPresent" && identity.level === "notCloned";

/** The identity, and its portrait gone. */
export const withoutPortrait = ({ portrait, ...identity }: Identity): Identity => {
  portrait?.drop();
  return identity;
};

const dropPortrait = visitSetup.createAction(
  assign(({ context }) => {
    const identity = identityIn(context);
    return identity === null
      ? {}
      : { personal: changed(context.personal, { identity: withoutPortrait(identity) }) };
  }),
);

const isHolder = (context: VisitContext, evidence: string): Partial<VisitContext> => {
  const identity = identityIn(context);
  if (identity === null) return {};
  const present: Identity = {
    ...withoutPortrait(identity),
    level: "holderPresent",
    evidence: [...identity.evidence, evidence],
  };
  return { fault: null, personal: changed(context.personal, { identity: present }) };
};

const back = { BACK: { target: "#identify.showQr", actions: ["clearFault", dropPortrait] } } as const;

export const face = visitSetup.createStateConfig({
  entry: [
    "placeNone",
    "holdIdle",
    assign(({ context }) => ({
      fault: null,
      percent: 0,
      faceCoach: "centre" as const,
      faceTries: context.faceTries + 1,
    })),
  ],
  exit: "releaseIdle",
  tags: ["back", "busy"],
  initial: "looking",
  invoke: {
    id: "verifyFace",
    src: "verifyFace",
    input: ({ context, self }) => ({
      house: context.house,
      portrait: identityIn(context)?.portrait ?? null,
      report: (coach, fraction) => self.send({ type: "FACE_PROGRESS", coach, fraction }),
    }),
    onDone: [
      {
        guard: ({ event }) => event.output.match === "same" && event.output.live,
        target: "#form",
        actions: assign(({ context, event }) => isHolder(context, event.output.evidence)),
      },
      { target: "faceFailed", actions: assign({ fault: "face.notSure" }) },
    ],
    // No camera, no model, no portrait: whatever it is, a person helps.
    onError: {
      target: "faceFailed",
      actions: ["logError", assign(({ event }) => ({ fault: faultOf(event.error) }))],
    },
  },
  on: {
    FACE_PROGRESS: {
      actions: assign(({ event }) => ({
        faceCoach: event.coach,
        percent: Math.round(event.fraction * 100),
      })),
    },
    ...back,
  },
  states: {
    looking: { after: { faceWarning: "slow" } },
    slow: {
      on: { STILL_HERE: "looking" },
      after: { faceGrace: { target: "#identify.faceFailed", actions: assign({ fault: "face.tooLong" }) } },
    },
  },
});

export const faceFailed = visitSetup.createStateConfig({
  tags: ["back"],
  on: {
    RETRY: { guard: ({ context }) => canRetryFace(context), target: "face" },
    ...back,
  },
});
