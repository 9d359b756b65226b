// Which paper is asked for now, and how do new pages of it join those that are held?
import type { RequiredPaper } from "../../procedures/procedure.js";
import type { VisitContext } from "../context.js";
import type { CapturedPage, CaptureWish } from "../paper.js";
import { dropPage, type HeldPaper, paperOf, withPaper } from "../personal.js";

export const requiredPaper = (context: VisitContext): RequiredPaper | undefined =>
  context.procedure?.papers[context.paperIndex];

export const heldPaper = (context: VisitContext): HeldPaper =>
  paperOf(context.personal.reveal(), requiredPaper(context)?.id ?? "");

export const maxPages = (context: VisitContext): number => requiredPaper(context)?.maxPages ?? 1;

export const hasPages = ({ context }: { readonly context: VisitContext }): boolean =>
  heldPaper(context).pages.length > 0;

/** What the chip says is known for sure; a printed code or typed number only claims it. */
export const wishOf = (context: VisitContext): CaptureWish => {
  const { identity } = context.personal.reveal();
  return {
    paperClass: requiredPaper(context)?.paperClass ?? "any",
    known: identity?.source === "chip" ? identity.citizen.map((citizen) => citizen) : null,
  };
};

/** A retake replaces its page once the new picture is there; who still holds the old one holds nothing. */
export const dropReplaced = (context: VisitContext, fresh: number): void => {
  if (!context.retaking || fresh === 0) return;
  const replaced = heldPaper(context).pages[context.pageIndex];
  if (replaced !== undefined) dropPage(replaced);
};

/** To the pages of this paper, or to the question for it. */
export const toReview = [
  { guard: hasPages, target: "#papers.review", actions: "clearFault" },
  { target: "#papers.arriving", actions: "clearFault" },
] as const;

/** Another page may come, or one in the place of the page under review. */
export const hasRoom = ({ context }: { readonly context: VisitContext }): boolean =>
  context.retaking || heldPaper(context).pages.length < maxPages(context);

/**
 * New pages come behind those that are held, or in the place of the one under review. A retake replaces its page
 * only once the new picture is there. What is over the paper's limit is not kept.
 */
export const addPages = (
  context: VisitContext,
  fresh: readonly CapturedPage[],
): Pick<VisitContext, "retaking" | "pageIndex" | "surplus" | "personal"> => {
  const { pageIndex, retaking, personal } = context;
  const held = heldPaper(context);
  const at = retaking ? pageIndex : held.pages.length;
  const replaced = retaking && fresh.length > 0 ? 1 : 0;
  const room = maxPages(context) - held.pages.length + replaced;
  for (const page of fresh.slice(room)) dropPage(page);
  const kept = fresh.slice(0, room);
  const paper = {
    pages: [...held.pages.slice(0, at), ...kept, ...held.pages.slice(at + replaced)],
    corrected: retaking ? {} : held.corrected,
    copy: null,
  };
  return {
    retaking: false,
    pageIndex: at,
    surplus: fresh.length - kept.length,
    personal: withPaper(personal, requiredPaper(context)?.id ?? "", paper),
  };
};
