// How does a visit begin: the first screen, the language, the choice of what to do?
import { assign } from "xstate";
import { IDENTITY_LEVELS, type IdentityLevel, type Procedure } from "../../procedures/procedure.js";
import type { VisitContext } from "../context.js";
import { NO_WISHES } from "../events.js";
import { changed } from "../personal.js";
import { visitSetup } from "../setup.js";
import { lookupOf } from "./lookup.js";

const toTicket = { guard: "inService", target: "#ticket" } as const;
const toLookup = { guard: "inService", target: "#lookup" } as const;

export const reaches = (level: IdentityLevel, needed: IdentityLevel): boolean =>
  IDENTITY_LEVELS.indexOf(level) >= IDENTITY_LEVELS.indexOf(needed);

/** The same procedure chosen again keeps what was typed; another one starts an empty form, identity kept. */
const choose = (context: VisitContext, procedure: Procedure | undefined): Partial<VisitContext> => ({
  procedure: procedure ?? null,
  formPage: 0,
  paperIndex: 0,
  mending: false,
  errors: [],
  fault: null,
  cardLosses: 0,
  personal:
    context.procedure?.code === procedure?.code
      ? context.personal
      : changed(context.personal, { edits: {}, papers: {} }),
});

const isIdentifiedFor = (context: VisitContext, code: string): boolean => {
  const needed = context.house.catalogue.find(code)?.identityLevel;
  const { identity } = context.personal.reveal();
  return needed !== undefined && identity !== null && reaches(identity.level, needed);
};

export const attract = visitSetup.createStateConfig({
  id: "attract",
  entry: ["endVisit", assign({ language: "vi", wishes: NO_WISHES, helpOpen: false }), "placeNone"],
  exit: assign({ helpOpen: false }),
  always: { guard: "hasDoubt", target: "#slipInDoubt" },
  on: {
    WAKE: { guard: "inService", target: "#language" },
    CHOOSE_LANGUAGE: {
      guard: "inService",
      target: "#procedure",
      actions: assign(({ event }) => ({ language: event.language })),
    },
    TAKE_NUMBER: toTicket,
    LOOK_UP: toLookup,
    CODE_SHOWN: {
      guard: ({ context, event }) => context.outOfService === null && lookupOf(event.text) !== null,
      target: "#lookup.judging",
      // The visit begins before the code is kept: a beginning visit drops what the last one left.
      actions: [
        "beginVisit",
        assign(({ context, event }) => ({
          personal: changed(context.personal, { lookupCode: lookupOf(event.text) }),
        })),
      ],
    },
    CANCEL: {},
  },
});

export const language = visitSetup.createStateConfig({
  id: "language",
  entry: ["beginVisit", "placeNone"],
  tags: ["back"],
  on: {
    CHOOSE_LANGUAGE: {
      target: "#procedure",
      actions: assign(({ event }) => ({ language: event.language })),
    },
    TAKE_NUMBER: toTicket,
    LOOK_UP: toLookup,
    BACK: { target: "#attract", actions: assign({ ended: "cancelled" }) },
    CANCEL: { target: "#attract", actions: assign({ ended: "cancelled" }) },
    // Nothing is typed yet: the first screen says why it can not go on.
    OUT_OF_SERVICE: {
      target: "#attract",
      actions: assign(({ event }) => ({ outOfService: event.fault, ended: "trouble" as const })),
    },
  },
});

export const procedure = visitSetup.createStateConfig({
  id: "procedure",
  entry: ["beginVisit", "placeNone"],
  tags: ["back"],
  on: {
    CHOOSE_PROCEDURE: [
      {
        guard: ({ context, event }) => isIdentifiedFor(context, event.code),
        target: "#form",
        actions: assign(({ context, event }) => choose(context, context.house.catalogue.find(event.code))),
      },
      {
        guard: ({ context, event }) => context.house.catalogue.find(event.code) !== undefined,
        target: "#identify",
        actions: assign(({ context, event }) => choose(context, context.house.catalogue.find(event.code))),
      },
    ],
    TAKE_NUMBER: toTicket,
    LOOK_UP: toLookup,
    BACK: { target: "#language" },
    OUT_OF_SERVICE: {
      target: "#attract",
      actions: assign(({ event }) => ({ outOfService: event.fault, ended: "trouble" as const })),
    },
  },
});
