// How does the citizen say who they are, and how is it proven?
import { assign } from "xstate";
import { Pii } from "../../core/pii.js";
import type { Identity } from "../citizen.js";
import type { VisitContext } from "../context.js";
import { changed, type TypedCard } from "../personal.js";
import { faultOf, isOfParts, visitSetup } from "../setup.js";
import { awaitsFace, canRetryFace, face, faceFailed, hasPortrait, withoutPortrait } from "./face.js";
import { reaches } from "./start.js";

/** A card that slips is read again by itself this often; then a person decides. */
const LOSSES = 3;

/** The QR as the card's key. What can not be one leaves the fault for the screen. */
const takeQr = (context: VisitContext, text: string): Partial<VisitContext> => {
  try {
    const { key, citizen } = context.house.effects.parseCardQr(text);
    const card = { key: new Pii(key), citizen, source: "qr" as const };
    return { fault: null, cardLosses: 0, personal: changed(context.personal, { card, identity: null }) };
  } catch (error) {
    return { fault: faultOf(error), personal: changed(context.personal, { card: null }) };
  }
};

const takeTyped = (context: VisitContext, typedCard: TypedCard): Partial<VisitContext> => {
  const { number, birthDate, expiryDate } = typedCard;
  try {
    const card = {
      key: new Pii(context.house.effects.typedKey(number, birthDate, expiryDate)),
      citizen: new Pii({ number, birthDate, expiryDate }),
      source: "typed" as const,
    };
    const personal = changed(context.personal, { card, typedCard, identity: null });
    return { fault: null, cardLosses: 0, personal };
  } catch (error) {
    return { fault: faultOf(error), personal: changed(context.personal, { card: null, typedCard }) };
  }
};

/** Without the chip the citizen only claims to be who the QR or the keyboard says. */
const claimed = (context: VisitContext): Partial<VisitContext> => {
  const { card } = context.personal.reveal();
  if (card === null) return {};
  const identity: Identity = {
    level: "claimed",
    source: card.source,
    citizen: card.citizen.map((citizen) => citizen),
    evidence: ["chip not read"],
  };
  return { fault: null, personal: changed(context.personal, { identity }) };
};

export const canSkipChip = (context: VisitContext): boolean =>
  context.procedure?.identityLevel === "claimed" && context.personal.reveal().card !== null;

const neededLevel = (context: VisitContext) => context.procedure?.identityLevel ?? "holderPresent";

const takeShownQr = visitSetup.createAction(
  assign(({ context, event }) => (event.type === "CODE_SHOWN" ? takeQr(context, event.text) : {})),
);
const claimIdentity = visitSetup.createAction(assign(({ context }) => claimed(context)));

const takeProgress = visitSetup.createAction(
  assign(({ event }) =>
    event.type === "CARD_PROGRESS"
      ? { fault: event.lifted ? ("card.lost" as const) : null, percent: Math.round(event.fraction * 100) }
      : {},
  ),
);

const qr = {
  CODE_SHOWN: {
    target: "#identify.judging",
    actions: takeShownQr,
  },
} as const;
const skip = {
  SKIP_CHIP: {
    guard: ({ context }: { readonly context: VisitContext }) => canSkipChip(context),
    target: "#form",
    actions: claimIdentity,
  },
} as const;
const typing = { TYPE_INSTEAD: { target: "#identify.typed", actions: "clearFault" } } as const;
const showBack = { SHOW_BACK: { target: "#identify.cardBack", actions: "clearFault" } } as const;
const backToQr = { BACK: { target: "#identify.showQr", actions: "clearFault" } } as const;

const card = visitSetup.createStateConfig({
  entry: ["placeCard", assign({ percent: 0 })],
  exit: "placeNone",
  initial: "laying",
  tags: ["back"],
  invoke: {
    id: "readCard",
    src: "readCard",
    input: ({ context, self }) => ({
      house: context.house,
      key: context.personal.reveal().card?.key ?? null,
      report: (fraction: number, lifted: boolean) => self.send({ type: "CARD_PROGRESS", fraction, lifted }),
    }),
    onDone: [
      {
        guard: ({ context, event }) => reaches(event.output.level, neededLevel(context)),
        target: "#form",
        actions: assign(({ context, event }) => ({
          fault: null,
          personal: changed(context.personal, { identity: withoutPortrait(event.output) }),
        })),
      },
      {
        guard: ({ context, event }) => awaitsFace(event.output, neededLevel(context)),
        target: "judgingFace",
        actions: assign(({ context, event }) => ({
          fault: null,
          personal: changed(context.personal, { identity: event.output }),
        })),
      },
      { target: "failed", actions: assign({ fault: "card.levelTooLow" }) },
    ],
    onError: [
      {
        guard: ({ context, event }) => faultOf(event.error) === "card.lost" && context.cardLosses < LOSSES,
        target: "card",
        reenter: true,
        actions: [
          "logError",
          assign(({ context }) => ({ fault: "card.lost" as const, cardLosses: context.cardLosses + 1 })),
        ],
      },
      {
        guard: ({ event }) => faultOf(event.error) === "card.wrongKey",
        target: "typed",
        actions: ["logError", assign({ fault: "card.wrongKey" })],
      },
      {
        guard: ({ event }) => isOfParts(event.error, "card", "chipReader", "codeReader"),
        target: "failed",
        actions: ["logError", assign(({ event }) => ({ fault: faultOf(event.error) }))],
      },
      {
        target: "#trouble",
        actions: [
          "logError",
          assign(({ event }) => ({ fault: faultOf(event.error), troubleFrom: "identify" as const })),
        ],
      },
    ],
  },
  on: {
    CARD_PROGRESS: {
      target: ".reading",
      actions: takeProgress,
    },
    ...backToQr,
    ...skip,
  },
  states: {
    // Here the kiosk waits for a person, not for a device: idle time counts.
    laying: { on: { ...qr, ...typing } },
    reading: {
      entry: "holdIdle",
      exit: "releaseIdle",
      tags: ["busy"],
      after: {
        // A card that was lifted and not laid down again is no reader's fault.
        cardDeadline: {
          target: "#identify.failed",
          actions: assign(({ context }) => ({ fault: context.fault ?? "chipReader.silent" })),
        },
      },
      on: {
        // Progress must not start the deadline anew: a card that answers forever is no reading.
        CARD_PROGRESS: {
          actions: takeProgress,
        },
      },
    },
  },
});

const cardBack = visitSetup.createStateConfig({
  entry: "placeTray",
  exit: "placeNone",
  tags: ["back"],
  invoke: {
    id: "readCardBack",
    src: "readCardBack",
    input: ({ context }) => ({ house: context.house }),
    onDone: {
      target: "judging",
      actions: assign(({ context, event }) => ({
        fault: null,
        cardLosses: 0,
        personal: changed(context.personal, {
          card: { ...event.output, key: new Pii(event.output.key), source: "mrz" as const },
          identity: null,
        }),
      })),
    },
    // Whatever the camera's trouble is, fingers can type.
    onError: {
      target: "typed",
      actions: ["logError", assign(({ event }) => ({ fault: faultOf(event.error) }))],
    },
  },
  after: { cardBackDeadline: { target: "#identify.typed", actions: assign({ fault: "card.backUnread" }) } },
  on: { ...qr, ...typing, ...backToQr },
});

export const identify = visitSetup.createStateConfig({
  id: "identify",
  entry: "clearFault",
  initial: "showQr",
  states: {
    showQr: { tags: ["back"], on: { ...qr, ...typing, ...showBack, BACK: "#procedure" } },
    cardBack,
    typed: {
      tags: ["back"],
      on: {
        ...qr,
        ...showBack,
        ...backToQr,
        SUBMIT_TYPED: {
          target: "judging",
          actions: assign(({ context, event: { number, birthDate, expiryDate } }) =>
            takeTyped(context, { number: number.trim(), birthDate, expiryDate }),
          ),
        },
      },
    },
    judging: {
      always: [
        { guard: ({ context }) => context.fault === null, target: "card" },
        { guard: ({ event }) => event.type === "SUBMIT_TYPED", target: "typed" },
        { target: "showQr" },
      ],
    },
    card,
    judgingFace: {
      always: [
        { guard: ({ context }) => canRetryFace(context), target: "face" },
        {
          target: "faceFailed",
          actions: assign(({ context }) => ({
            fault: hasPortrait(context) ? ("face.notSure" as const) : ("face.noPortrait" as const),
          })),
        },
      ],
    },
    face,
    faceFailed,
    failed: {
      tags: ["back"],
      on: {
        ...qr,
        ...skip,
        ...typing,
        ...showBack,
        ...backToQr,
        RETRY: {
          guard: ({ context }) => context.personal.reveal().card !== null,
          target: "card",
          actions: assign({ fault: null, cardLosses: 0 }),
        },
      },
    },
  },
});
