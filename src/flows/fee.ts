// What does this application cost?
import type { Procedure } from "../procedures/procedure.js";
import { type Personal, paperOf } from "./personal.js";

/** Whole đồng; 0 when it costs nothing. Where each paper is charged, those that were brought count, at least one. */
export const feeOf = ({ fee, papers }: Procedure, personal: Personal): number => {
  const brought = papers.filter(({ id }) => {
    const { pages, copy } = paperOf(personal, id);
    return pages.length > 0 || copy !== null;
  });
  return fee.amountVnd * (fee.perPaper ? Math.max(1, brought.length) : 1);
};
