// Are the pages of this paper clear, right, and in their order?
//
// A poor picture is told with the one thing that would help; whether it is good enough, a person decides.
import { assign } from "xstate";
import type { VisitContext } from "../context.js";
import type { CapturedPage } from "../paper.js";
import { dropPage, withPaper } from "../personal.js";
import { visitSetup } from "../setup.js";
import { hasPages, heldPaper, maxPages, requiredPaper } from "./held-papers.js";
import { beforePaper, nextPaper } from "./paper-steps.js";
import { seesTray } from "./place.js";
import { mayHaveSlot } from "./slot.js";

interface Args {
  readonly context: VisitContext;
}

const withPages = (context: VisitContext, pages: readonly CapturedPage[]): Partial<VisitContext> => {
  const held = heldPaper(context);
  const keys = new Set(pages.flatMap((page) => page.fields.reveal().map(({ key }) => key)));
  const corrected = Object.fromEntries(Object.entries(held.corrected).filter(([key]) => keys.has(key)));
  return {
    pageIndex: Math.max(0, Math.min(context.pageIndex, pages.length - 1)),
    personal: withPaper(context.personal, requiredPaper(context)?.id ?? "", { ...held, pages, corrected }),
  };
};

const correct = (context: VisitContext, key: string, value: string): Partial<VisitContext> => {
  const held = heldPaper(context);
  const paper = { ...held, corrected: { ...held.corrected, [key]: value } };
  return { personal: withPaper(context.personal, requiredPaper(context)?.id ?? "", paper) };
};

const shownPage = (context: VisitContext): CapturedPage | undefined =>
  heldPaper(context).pages[context.pageIndex];

const isPoor = ({ context }: Args): boolean => {
  const page = shownPage(context);
  return page !== undefined && page.advice !== "none" && page.keptAnyway !== true;
};

const keepAnyway = (context: VisitContext): Partial<VisitContext> =>
  withPages(
    context,
    heldPaper(context).pages.map((page, index) =>
      index === context.pageIndex ? { ...page, keptAnyway: true as const } : page,
    ),
  );

const addNext = visitSetup.createAction(assign({ retaking: false, trayWish: "next" }));
const replaceShown = visitSetup.createAction(assign({ retaking: true, trayWish: "again" }));
const turnOver = visitSetup.createAction(assign(({ context }) => ({ pageIndex: context.pageIndex + 1 })));
const turnBack = visitSetup.createAction(assign(({ context }) => ({ pageIndex: context.pageIndex - 1 })));

const mayAdd = ({ context }: Args) => heldPaper(context).pages.length < maxPages(context);
/** A paper that went through the slot does not lie on the tray: the kiosk asks anew where it will be put. */
const offTray = (args: Args) => mayHaveSlot(args) && !args.context.onTray;

const another = [
  { guard: (args: Args) => mayAdd(args) && offTray(args), target: "#papers.asking", actions: addNext },
  { guard: (args: Args) => mayAdd(args) && seesTray(args), target: "#papers.place", actions: addNext },
  { guard: mayAdd, target: "#papers.capturing", actions: addNext },
] as const;
const retake = [
  { guard: offTray, target: "#papers.asking", actions: replaceShown },
  { guard: seesTray, target: "#papers.place", actions: replaceShown },
  { target: "#papers.capturing", actions: replaceShown },
] as const;

const again = { target: "#papers.review", reenter: true } as const;

export const review = visitSetup.createStateConfig({
  tags: ["back"],
  initial: "judging",
  on: {
    RETAKE: retake,
    BACK: [{ guard: ({ context }) => context.pageIndex > 0, ...again, actions: turnBack }, ...beforePaper],
  },
  states: {
    judging: { always: [{ guard: isPoor, target: "poor" }, { target: "well" }] },
    poor: {
      on: { NEXT: { target: "well", actions: assign(({ context }) => keepAnyway(context)) } },
    },
    well: {
      on: {
        SET_PAPER_FIELD: {
          actions: assign(({ context, event }) => correct(context, event.key, event.value)),
        },
        CAPTURE: another,
        ARRANGE: {
          guard: ({ context }) => heldPaper(context).pages.length > 1,
          target: "#papers.arranging",
        },
        NEXT: [
          {
            guard: ({ context }) => context.pageIndex < heldPaper(context).pages.length - 1,
            ...again,
            actions: turnOver,
          },
          nextPaper,
        ],
      },
    },
  },
});

const move = (context: VisitContext, page: number, by: 1 | -1): Partial<VisitContext> => {
  const pages = [...heldPaper(context).pages];
  const [moved] = pages.splice(page, 1);
  if (moved === undefined) return {};
  return withPages(context, pages.toSpliced(page + by, 0, moved));
};

export const arranging = visitSetup.createStateConfig({
  tags: ["back"],
  on: {
    MOVE_PAGE: {
      guard: ({ context, event: { page, by } }) => {
        const { length } = heldPaper(context).pages;
        return page < length && page + by >= 0 && page + by < length;
      },
      actions: assign(({ context, event }) => move(context, event.page, event.by)),
    },
    REMOVE_PAGE: {
      guard: ({ context, event }) => event.page < heldPaper(context).pages.length,
      target: "#papers.arranged",
      actions: [
        ({ context, event }) => {
          const removed = heldPaper(context).pages[event.page];
          if (removed !== undefined) dropPage(removed);
        },
        assign(({ context, event }) => withPages(context, heldPaper(context).pages.toSpliced(event.page, 1))),
      ],
    },
    NEXT: { target: "#papers.review", actions: assign({ pageIndex: 0 }) },
    BACK: "#papers.review",
  },
});

/** Decides at once what is left to arrange. */
export const arranged = visitSetup.createStateConfig({
  always: [
    { guard: ({ context }) => heldPaper(context).pages.length > 1, target: "#papers.arranging" },
    { guard: hasPages, target: "#papers.review" },
    { target: "#papers.arriving" },
  ],
});
