// How does an electronic copy that the portal keeps take the place of a paper?
//
// Only for somebody whose chip was read: the number is the copy's second key, and a typed one opens nothing. Without
// a link the copy is named and looked for when the application is taken in.
import { assign } from "xstate";
import { Pii } from "../../core/pii.js";
import type { VisitContext, VisitEvent } from "../context.js";
import type { StoredAnswer } from "../paper.js";
import { changed, paperOf, withPaper } from "../personal.js";
import { LOOKUP_PREFIX, visitSetup } from "../setup.js";
import { hasPages, heldPaper, requiredPaper } from "./held-papers.js";
import { beforePaper, nextPaper } from "./paper-steps.js";

interface Args {
  readonly context: VisitContext;
}

const holderOf = ({ personal }: VisitContext): string => {
  const { identity } = personal.reveal();
  return identity === null || identity.level === "claimed" ? "" : (identity.citizen.reveal().number ?? "");
};

export const mayUseStored = ({ context }: Args): boolean =>
  requiredPaper(context)?.storedCopy === true &&
  context.house.effects.findStored !== undefined &&
  !hasPages({ context }) &&
  holderOf(context) !== "";

export const hasCopy = ({ context }: Args): boolean => heldPaper(context).copy !== null;

export const useStored = { guard: mayUseStored, target: "#papers.stored" } as const;

/** Anything but a lookup code, a card's QR above all, must not travel. */
const codeIn = (event: VisitEvent): string | null => {
  if (event.type === "CODE_SHOWN") return event.text.startsWith(LOOKUP_PREFIX) ? event.text.trim() : null;
  return event.type === "SUBMIT_LOOKUP" && event.code.trim() !== "" ? event.code.trim() : null;
};

const want = visitSetup.createAction(
  assign(({ context, event }) => {
    const lookupCode = codeIn(event);
    const wanted = lookupCode === null ? null : { lookupCode, answer: null };
    return { personal: changed(context.personal, { wanted }) };
  }),
);

const answered = (context: VisitContext, answer: StoredAnswer): Partial<VisitContext> => {
  const { wanted } = context.personal.reveal();
  return { personal: changed(context.personal, { wanted: wanted === null ? null : { ...wanted, answer } }) };
};

const setCopy = (context: VisitContext, used: boolean): Partial<VisitContext> => {
  const id = requiredPaper(context)?.id ?? "";
  const personal = context.personal.reveal();
  const { wanted } = personal;
  const answer = wanted?.answer ?? null;
  const copy =
    used && wanted !== null
      ? { lookupCode: wanted.lookupCode, copy: answer?.result === "found" ? answer.copy : null }
      : null;
  return {
    personal: changed(withPaper(context.personal, id, { ...paperOf(personal, id), copy }), { wanted: null }),
  };
};

const forgetWanted = visitSetup.createAction(
  assign(({ context }) => ({ personal: changed(context.personal, { wanted: null }) })),
);

const search = {
  CODE_SHOWN: { target: "#papers.stored.judging", actions: want },
  SUBMIT_LOOKUP: { target: "#papers.stored.judging", actions: want },
} as const;

const isUsable = (answer: StoredAnswer): boolean => answer.result === "found" || answer.result === "unasked";

const unasked = (context: VisitContext) => answered(context, { result: "unasked" });

const toPaper = { target: "#papers.arriving", actions: forgetWanted } as const;

export const stored = visitSetup.createStateConfig({
  entry: ["placeNone", "clearFault"],
  tags: ["back"],
  initial: "arriving",
  states: {
    arriving: { always: [{ guard: hasCopy, target: "kept" }, { target: "scan" }] },
    scan: { on: { ...search, BACK: toPaper } },
    judging: {
      always: [
        { guard: ({ context }) => context.personal.reveal().wanted !== null, target: "searching" },
        { target: "refused" },
      ],
    },
    searching: {
      entry: "holdIdle",
      exit: "releaseIdle",
      tags: ["busy"],
      invoke: {
        id: "findStored",
        src: "findStored",
        input: ({ context }) => ({
          house: context.house,
          wish: {
            lookupCode: context.personal.reveal().wanted?.lookupCode ?? "",
            paperClass: requiredPaper(context)?.paperClass ?? "any",
            holder: new Pii(holderOf(context)),
          },
        }),
        onDone: [
          {
            guard: ({ event }) => isUsable(event.output),
            target: "found",
            actions: assign(({ context, event }) => answered(context, event.output)),
          },
          { target: "refused", actions: assign(({ context, event }) => answered(context, event.output)) },
        ],
        onError: { target: "found", actions: ["logError", assign(({ context }) => unasked(context))] },
      },
      after: { storedDeadline: { target: "found", actions: assign(({ context }) => unasked(context)) } },
      on: { BACK: "scan" },
    },
    found: {
      on: {
        BACK: "scan",
        NEXT: { target: "taken", actions: assign(({ context }) => setCopy(context, true)) },
      },
    },
    taken: { always: nextPaper },
    refused: { on: { ...search, RETRY: "scan", BACK: "scan", NEXT: toPaper } },
    kept: {
      on: {
        NEXT: nextPaper,
        RETAKE: { target: "#papers.arriving", actions: assign(({ context }) => setCopy(context, false)) },
        BACK: beforePaper,
      },
    },
  },
});
