// What do the screens with fields show: identify, form, check, lookup?
import { SIGNS_AT_DESK, SIGNS_AT_DESK_WORDS } from "../core/drawn-signature.js";
import type { FormField } from "../procedures/procedure.js";
import type { VisitContext } from "./context.js";
import { feeOf } from "./fee.js";
import { fieldValue, visiblePages } from "./form-values.js";
import type { Difference } from "./paper.js";
import { canRetryFace } from "./parts/face.js";
import { fieldsOf, pagesOf } from "./parts/form.js";
import { canSkipChip } from "./parts/identify.js";
import { paperOf } from "./personal.js";
import type { FieldView, HintView, Screen } from "./view.js";

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

/** The citizen's numbers and telephone: whoever stands behind could use them. */
const coveredOf = (field: FormField): { readonly covered?: true } =>
  field.kind === "phone" || field.fromCard === "number" || field.fromCard === "oldNumber"
    ? { covered: true }
    : {};

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
    ...coveredOf(field),
    ...(field.suggestions === undefined ? {} : { suggestions: field.suggestions }),
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

/** As the officer will read it: dates the Vietnamese way, choices in words. */
const inWords = (context: VisitContext, field: FormField, value: string): string => {
  const choice = field.choices?.find((each) => each.value === value);
  if (choice !== undefined) return choice.label[context.language];
  if (field.kind === "signature" && value === SIGNS_AT_DESK) return SIGNS_AT_DESK_WORDS[context.language];
  return field.kind === "date" ? value.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1") : value;
};

const hintOf = (context: VisitContext, fields: readonly FormField[], difference: Difference): HintView => {
  const personal = context.personal.reveal();
  if (difference.where === "paper") {
    const paper = context.procedure?.papers.find(({ id }) => id === difference.paperId);
    return { where: "paper", label: paper?.title ?? NO_TEXT, card: null, given: null };
  }
  const field = fields.find(({ key }) => key === difference.key);
  if (field === undefined) return { where: "form", label: NO_TEXT, card: null, given: null };
  const card =
    field.fromCard === undefined ? "" : (personal.identity?.citizen.reveal()[field.fromCard] ?? "");
  return {
    where: "form",
    label: field.label,
    card: inWords(context, field, card),
    given: inWords(context, field, fieldValue(field, personal).value),
  };
};

export const checkScreen = (context: VisitContext): ScreenOf<"check"> => {
  const { procedure } = context;
  const personal = context.personal.reveal();
  const asked = procedure === null ? [] : visiblePages(procedure, personal, true);
  const fields = asked.flatMap((page) => procedure?.pages[page]?.fields ?? []);
  const papers = (procedure?.papers ?? []).map((paper) => ({ paper, ...paperOf(personal, paper.id) }));
  const brought = papers.filter(({ pages, copy }) => pages.length > 0 || copy !== null);
  return {
    name: "check",
    procedure: procedure?.title ?? NO_TEXT,
    rows: fields.flatMap((field) => {
      const { value, source } = fieldValue(field, personal);
      return value === ""
        ? []
        : [
            {
              label: field.label,
              value: inWords(context, field, value),
              source,
              ...coveredOf(field),
              ...(field.kind === "signature" && value !== SIGNS_AT_DESK ? { drawn: true as const } : {}),
            },
          ];
    }),
    papers: brought.flatMap(({ paper: { title }, pages, copy }): ScreenOf<"check">["papers"] =>
      copy === null
        ? pages.map(({ imageUrl }) => ({ title, imageUrl }))
        : [{ title: copy.copy?.title ?? title, imageUrl: null, stored: true }],
    ),
    feeVnd: procedure === null ? 0 : feeOf(procedure, personal),
    hints: personal.differences.map((difference) => hintOf(context, fields, difference)),
  };
};

export const lookupScreen = (context: VisitContext, stage: Stage): ScreenOf<"lookup"> | ScreenOf<"rate"> => {
  const { found } = context.personal.reveal();
  const [first] = stage;
  if (first === "asking" || first === "telling") return { name: "rate", about: "result" };
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
            ...(found.fee !== undefined && { fee: found.fee }),
            ...(found.mayRate === true && { mayRate: context.opinion === null }),
            ...(context.opinion !== null && { opinion: context.opinion }),
          },
  };
};
