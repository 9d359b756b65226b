// What do the screens with fields show: identify, form, papers, check, lookup?
import type { FormField } from "../procedures/procedure.js";
import type { VisitContext } from "./context.js";
import type { PaperField } from "./effects.js";
import { DOUBTFUL_BELOW, fieldValue } from "./form-values.js";
import { canRetryFace } from "./parts/face.js";
import { fieldsOf, pagesOf } from "./parts/form.js";
import { hasRoom, heldPaper, maxPages, requiredPaper } from "./parts/held-papers.js";
import { canSkipChip } from "./parts/identify.js";
import { paperOf } from "./personal.js";
import type { FieldView, Screen } from "./view.js";

type ScreenOf<Name extends Screen["name"]> = Extract<Screen, { name: Name }>;
type Stage = readonly string[];

const NO_TEXT = { vi: "", en: "" };

export const identifyScreen = (context: VisitContext, stage: Stage): ScreenOf<"identify"> => {
  const { typedCard } = context.personal.reveal();
  const [first, second] = stage;
  const shown =
    first === "card"
      ? second === "reading" && context.fault !== "card.lost"
        ? "reading"
        : "layCard"
      : first === "judging"
        ? "showQr"
        : first;
  return {
    name: "identify",
    stage:
      shown === "typed" ||
      shown === "failed" ||
      shown === "reading" ||
      shown === "layCard" ||
      shown === "cardBack" ||
      shown === "face" ||
      shown === "faceFailed"
        ? shown
        : "showQr",
    percent: context.percent,
    fault: context.fault ?? (shown === "showQr" ? context.codeReaderFault : null),
    canSkipChip: (shown === "layCard" || shown === "failed" || shown === "reading") && canSkipChip(context),
    neededLevel: context.procedure?.identityLevel ?? "claimed",
    ...(shown === "face" ? { face: { coach: context.faceCoach, slow: second === "slow" } } : {}),
    ...(shown === "faceFailed" ? { canRetryFace: canRetryFace(context) } : {}),
    ...(shown === "typed" && typedCard !== null ? { typed: typedCard } : {}),
  };
};

const formField = (context: VisitContext, field: FormField): FieldView => {
  const { value, source, doubtful } = fieldValue(field, context.personal.reveal());
  return {
    key: field.key,
    kind: field.kind,
    label: field.label,
    hint: field.hint ?? null,
    choices: field.choices ?? [],
    value,
    required: isRequired(context, field.key),
    error: context.errors.find(({ key }) => key === field.key)?.message ?? null,
    source,
    doubtful,
  };
};

const isRequired = ({ procedure }: VisitContext, key: string): boolean => {
  const schema: Readonly<Record<string, unknown>> = procedure?.schema ?? {};
  const { required } = schema;
  return Array.isArray(required) && required.includes(key);
};

export const formScreen = (context: VisitContext): ScreenOf<"form"> => {
  const pages = pagesOf(context);
  return {
    name: "form",
    title: context.procedure?.pages[pages[context.formPage] ?? -1]?.title ?? NO_TEXT,
    page: context.formPage + 1,
    pages: pages.length,
    fields: fieldsOf(context).map((field) => formField(context, field)),
  };
};

const readField = (field: PaperField, corrected: string | undefined): FieldView => ({
  key: field.key,
  kind: "text",
  label: field.label,
  hint: null,
  choices: [],
  value: corrected ?? field.value,
  required: false,
  error: null,
  source: corrected === undefined ? (field.value === "" ? "empty" : "paper") : "typed",
  doubtful: corrected === undefined && field.confidence < DOUBTFUL_BELOW,
});

const PAPER_STAGES = ["asking", "slot", "feeding", "takeBack", "stopped", "review", "failed"] as const;

const isOfSlot = (stage: string | undefined): boolean =>
  stage === "slot" || stage === "feeding" || stage === "takeBack" || stage === "stopped";

const feedOf = (context: VisitContext) => ({
  sheet: context.sheet,
  surplus: context.surplus,
  open: hasRoom({ context }),
});

export const papersScreen = (context: VisitContext, stage: Stage): ScreenOf<"papers"> => {
  const paper = requiredPaper(context);
  const held = heldPaper(context);
  const [first] = stage;
  const shown = first === "review" ? held.pages[context.pageIndex] : undefined;
  const wanted = paper?.paperClass ?? "any";
  return {
    name: "papers",
    stage:
      first === "capturing" ? context.captureStage : (PAPER_STAGES.find((each) => each === first) ?? "place"),
    title: paper?.title ?? NO_TEXT,
    index: context.paperIndex + 1,
    count: context.procedure?.papers.length ?? 0,
    optional: paper?.optional ?? false,
    percent: context.percent,
    imageUrl: shown?.imageUrl ?? null,
    recognised:
      shown !== undefined && (wanted === "any" || held.pages.some((page) => page.paperClass === wanted)),
    pages: {
      taken: held.pages.length,
      max: maxPages(context),
      ...(shown === undefined ? {} : { shown: context.pageIndex + 1 }),
    },
    ...(isOfSlot(first) ? { feed: feedOf(context) } : {}),
    fields: (shown?.fields.reveal() ?? []).map((field) => readField(field, held.corrected[field.key])),
    fault: context.fault,
  };
};

/** As the officer will read it: dates the Vietnamese way, choices in words. */
const inWords = (context: VisitContext, field: FormField, value: string): string => {
  const choice = field.choices?.find((each) => each.value === value);
  if (choice !== undefined) return choice.label[context.language];
  return field.kind === "date" ? value.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1") : value;
};

export const checkScreen = (context: VisitContext): ScreenOf<"check"> => {
  const { procedure } = context;
  const personal = context.personal.reveal();
  const fields = procedure?.pages.flatMap((page) => page.fields) ?? [];
  const papers = (procedure?.papers ?? []).map((paper) => ({
    paper,
    pages: paperOf(personal, paper.id).pages,
  }));
  const charged =
    procedure?.fee.perPaper === true ? Math.max(1, papers.filter(({ pages }) => pages.length > 0).length) : 1;
  return {
    name: "check",
    procedure: procedure?.title ?? NO_TEXT,
    rows: fields.flatMap((field) => {
      const { value, source } = fieldValue(field, personal);
      return value === "" ? [] : [{ label: field.label, value: inWords(context, field, value), source }];
    }),
    papers: papers.flatMap(({ paper, pages }) =>
      pages.map((page) => ({ title: paper.title, imageUrl: page.imageUrl })),
    ),
    feeVnd: (procedure?.fee.amountVnd ?? 0) * charged,
  };
};

export const lookupScreen = (context: VisitContext, stage: Stage): ScreenOf<"lookup"> => {
  const { found } = context.personal.reveal();
  const [first] = stage;
  return {
    name: "lookup",
    stage: first === "searching" || first === "found" || first === "unknown" ? first : "scan",
    fault: first === "scan" ? context.codeReaderFault : null,
    result:
      first !== "found" || found === null
        ? null
        : {
            number: found.number,
            title: found.procedureTitle,
            state: found.state,
            appointment: found.appointment,
            asOf: found.asOf,
            fresh: found.fresh,
          },
  };
};
