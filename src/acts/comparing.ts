// What do papers, chip and form say of each other, and what of it can the citizen mend?

import { PAPER_CLASSES, type PaperClass } from "../core/paper-class.js";
import type { ComparedFacts } from "../flows/effects.js";
import type { CapturedPage, Difference, PaperCheck } from "../flows/paper.js";
import type { Check } from "../ml/checks/check.js";
import {
  type ComparedField,
  type ComparedPaper,
  type Comparison,
  comparePapers,
} from "../ml/checks/compare.js";
import type { ReadField } from "../ml/reader.js";
import type { FormField, Procedure } from "../procedures/procedure.js";

type Paper = ComparedFacts["papers"][number];

/** Of the first page that was known for something. */
export const paperClassOf = (pages: readonly CapturedPage[]): PaperClass =>
  PAPER_CLASSES.find((each) => pages.some(({ paperClass }) => paperClass === each)) ?? "unknown";

/** What the citizen typed was not read, and is sure. */
const fieldsOf = ({ pages, corrected }: Paper): readonly ReadField[] =>
  pages
    .flatMap((page) => page.fields.reveal() as readonly ReadField[])
    .map((field) => {
      const typed = corrected[field.key];
      return typed === undefined ? field : { ...field, value: typed, confidence: 1, correction: null };
    });

const comparedPaper = (procedure: Procedure, paper: Paper): ComparedPaper => ({
  paperId: paper.paperId,
  title: procedure.papers.find(({ id }) => id === paper.paperId)?.title ?? {
    vi: paper.paperId,
    en: paper.paperId,
  },
  paperClass: paperClassOf(paper.pages),
  fields: fieldsOf(paper),
  // They go with their paper.
  checks: [],
});

const comparedField = ({ key, kind, label, fromCard, fromPaper }: FormField): ComparedField => ({
  key,
  kind,
  label,
  ...(fromCard === undefined ? {} : { fromCard }),
  ...(fromPaper === undefined ? {} : { fromPaper }),
});

/** `today`: yyyy-MM-dd. */
const comparisonOf = (facts: ComparedFacts, procedure: Procedure, today: string): Comparison => ({
  citizen: facts.identity.citizen.reveal(),
  identityLevel: facts.identity.level,
  values: facts.form,
  fields: procedure.pages.flatMap((page) => page.fields).map(comparedField),
  papers: facts.papers.map((paper) => comparedPaper(procedure, paper)),
  today,
});

/** Everything that comparing says, for the officer. */
export const compareFacts = (facts: ComparedFacts, procedure: Procedure, today: string): readonly Check[] =>
  comparePapers(comparisonOf(facts, procedure, today));

const speaksAgainst = (checks: readonly PaperCheck[]): boolean =>
  checks.some(({ verdict }) => verdict !== "pass");

const isGrave = (checks: readonly PaperCheck[]): boolean => checks.some(({ verdict }) => verdict === "fail");

/**
 * What may be a slip of the fingers or of the reading: a form field that does not say what the card says, and a
 * paper that surely says something else. A paper of somebody else, as a child's, is none.
 */
export const differencesIn = (
  facts: ComparedFacts,
  procedure: Procedure,
  today: string,
): readonly Difference[] => {
  const whole = comparisonOf(facts, procedure, today);
  // One field at a time: a check tells what differs, not which box it stands in.
  const ofForm = whole.fields
    .filter(({ fromCard }) => fromCard !== undefined)
    .filter(({ fromPaper: _, ...field }) =>
      speaksAgainst(comparePapers({ ...whole, fields: [field], papers: [] })),
    )
    .map(({ key }): Difference => ({ where: "form", key }));
  const ofPapers = whole.papers
    .filter((paper) =>
      isGrave(
        comparePapers({
          ...whole,
          fields: whole.fields.filter(
            ({ fromCard, fromPaper }) =>
              fromCard === undefined && fromPaper?.startsWith(`${paper.paperId}.`) === true,
          ),
          papers: [paper],
        }),
      ),
    )
    .map(({ paperId }): Difference => ({ where: "paper", paperId }));
  return [...ofForm, ...ofPapers];
};
