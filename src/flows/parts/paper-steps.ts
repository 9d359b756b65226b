// Where does it go on from a paper: to the next one, past an optional one, back to what was before?
import { assign } from "xstate";
import type { VisitContext } from "../context.js";
import { visitSetup } from "../setup.js";
import { lastFormPage } from "./form.js";
import { requiredPaper } from "./held-papers.js";

interface Args {
  readonly context: VisitContext;
}

const isOptional = ({ context }: Args) => requiredPaper(context)?.optional === true;
const hasPrevious = ({ context }: Args) => context.paperIndex > 0;
const hasForm = ({ context }: Args) => lastFormPage(context) >= 0;

const toNext = visitSetup.createAction(
  assign(({ context }) => ({ paperIndex: context.paperIndex + 1, fault: null })),
);
const toPrevious = visitSetup.createAction(
  assign(({ context }) => ({ paperIndex: context.paperIndex - 1, fault: null })),
);
const toForm = visitSetup.createAction(
  assign(({ context }) => ({ formPage: lastFormPage(context), mending: false, fault: null })),
);

export const nextPaper = { target: "#papers.arriving", actions: toNext } as const;
export const skipPaper = { SKIP_PAPER: { guard: isOptional, ...nextPaper } } as const;

/** To the paper before, to the form, or to the choice of the procedure. */
export const beforePaper = [
  { guard: hasPrevious, target: "#papers.arriving", actions: toPrevious },
  { guard: hasForm, target: "#form", actions: toForm },
  { target: "#procedure", actions: "clearFault" },
] as const;
