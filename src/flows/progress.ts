// How far is the citizen, and about how many minutes are left?
import type { VisitContext } from "./context.js";
import { visiblePages } from "./form-values.js";
import type { View } from "./view.js";

const STEPS = ["identify", "form", "papers", "check", "confirm", "slip"] as const;
type StepName = (typeof STEPS)[number];

/** Seconds that an unhurried first-time user takes; the screen rounds up to minutes. */
const SECONDS: Readonly<Record<StepName, (formPages: number, papers: number) => number>> = {
  identify: () => 60,
  form: (formPages) => formPages * 30,
  papers: (_, papers) => papers * 50,
  check: () => 30,
  confirm: () => 20,
  slip: () => 20,
};

const stepOf = (name: string): StepName | null => {
  if (name === "submitting") return "confirm";
  if (name === "pay" || name === "rate") return "slip";
  return STEPS.find((step) => step === name) ?? null;
};

/** Steps of the bar on top; a procedure without papers has one step less. */
export const stepsOf = (context: VisitContext, name: string): View["progress"] => {
  const { procedure } = context;
  const here = stepOf(name);
  if (procedure === null || here === null) return null;
  const pages = visiblePages(procedure, context.personal.reveal(), false).length;
  const steps = STEPS.filter(
    (step) =>
      (step !== "form" || pages > 0 || here === "form") && (step !== "papers" || procedure.papers.length > 0),
  );
  const index = steps.indexOf(here);
  const seconds = steps
    .slice(index)
    .reduce((sum, step) => sum + SECONDS[step](pages, procedure.papers.length), 0);
  return { step: index + 1, of: steps.length, minutesLeft: Math.ceil(seconds / 60) };
};
