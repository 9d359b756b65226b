// What stands in each field of the form, where does it come from, and which pages are asked when?
import type { FieldError, FormField, FormPage, Procedure } from "../procedures/procedure.js";
import { type Personal, paperOf } from "./personal.js";

/** Below this a value that was read wants the citizen's look. */
export const DOUBTFUL_BELOW = 0.8;

export interface FieldValue {
  readonly value: string;
  readonly source: "empty" | "card" | "paper" | "typed";
  readonly doubtful: boolean;
}

const EMPTY: FieldValue = { value: "", source: "empty", doubtful: false };

/** Papers print dates as dd/MM/yyyy; the form holds yyyy-MM-dd. Anything else stays as it was read. */
const isoDate = (text: string): string =>
  text
    .trim()
    .replace(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/, (_, day: string, month: string, year: string) =>
      [year, month.padStart(2, "0"), day.padStart(2, "0")].join("-"),
    );

const fits = (field: FormField, value: string): boolean =>
  field.kind !== "choice" || (field.choices ?? []).some((choice) => choice.value === value);

const fromPaper = (field: FormField, personal: Personal): FieldValue => {
  const [paperId = "", key = ""] = field.fromPaper?.split(".") ?? [];
  const paper = paperOf(personal, paperId);
  const corrected = paper.corrected[key];
  const read = paper.pages.flatMap((page) => page.fields.reveal()).find((each) => each.key === key);
  const raw = corrected ?? read?.value ?? "";
  const value = field.kind === "date" ? isoDate(raw) : raw;
  if (value === "" || !fits(field, value)) return EMPTY;
  const doubtful = corrected === undefined && (read?.confidence ?? 0) < DOUBTFUL_BELOW;
  return { value, source: "paper", doubtful };
};

const fromCard = (field: FormField, personal: Personal): FieldValue => {
  if (field.fromCard === undefined) return EMPTY;
  const value =
    personal.identity?.citizen.reveal()[field.fromCard] ??
    personal.card?.citizen.reveal()[field.fromCard] ??
    "";
  return value === "" || !fits(field, value) ? EMPTY : { value, source: "card", doubtful: false };
};

/** What the citizen typed wins, also when emptied; then the card, which was signed; then what was read. */
export const fieldValue = (field: FormField, personal: Personal): FieldValue => {
  const typed = personal.edits[field.key];
  if (typed !== undefined) return { value: typed, source: typed === "" ? "empty" : "typed", doubtful: false };
  const card = fromCard(field, personal);
  return card.source === "card" ? card : fromPaper(field, personal);
};

/** A page that hangs on another field's value, and that field has another. */
const isOff = (procedure: Procedure, page: FormPage, personal: Personal): boolean => {
  const { shownIf } = page;
  if (shownIf === undefined) return false;
  const field = procedure.pages.flatMap(({ fields }) => fields).find(({ key }) => key === shownIf.key);
  return field === undefined || fieldValue(field, personal).value !== shownIf.value;
};

export const formValues = (procedure: Procedure, personal: Personal): Record<string, string> =>
  Object.fromEntries(
    procedure.pages
      .filter((page) => !isOff(procedure, page, personal))
      .flatMap((page) => page.fields.map((field) => [field.key, fieldValue(field, personal).value] as const)),
  );

/** A page that is wholly read from papers is asked only after them, and only if something is missing. */
const isLate = (page: Procedure["pages"][number]): boolean =>
  page.fields.every((field) => field.fromPaper !== undefined);

/** Indices into `procedure.pages` that the citizen walks through. `mending`: after the papers. */
export const visiblePages = (procedure: Procedure, personal: Personal, mending: boolean): readonly number[] =>
  procedure.pages.flatMap((page, index) =>
    (mending || !isLate(page)) && !isOff(procedure, page, personal) ? [index] : [],
  );

/** Errors of a page; a field that a paper will bring is not missed before the papers. */
export const dueErrors = (
  errors: readonly FieldError[],
  fields: readonly FormField[],
  values: Readonly<Record<string, string>>,
  mending: boolean,
): readonly FieldError[] =>
  errors.filter(({ key }) => {
    const field = fields.find((each) => each.key === key);
    return field !== undefined && (mending || field.fromPaper === undefined || values[key] !== "");
  });
