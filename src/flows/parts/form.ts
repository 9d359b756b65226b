// How is the form filled, page by page, so that an error is found before the end and nothing typed is lost?
import { assign } from "xstate";
import type { FieldError, FormField, Procedure } from "../../procedures/procedure.js";
import type { VisitContext } from "../context.js";
import { dueErrors, formValues, visiblePages } from "../form-values.js";
import { changed } from "../personal.js";
import { visitSetup } from "../setup.js";

export const pagesOf = (context: VisitContext): readonly number[] =>
  context.procedure === null
    ? []
    : visiblePages(context.procedure, context.personal.reveal(), context.mending);

export const fieldsOf = (context: VisitContext): readonly FormField[] =>
  context.procedure?.pages[pagesOf(context)[context.formPage] ?? -1]?.fields ?? [];

const pageErrors = (context: VisitContext): readonly FieldError[] => {
  const page = pagesOf(context)[context.formPage];
  const { procedure } = context;
  if (procedure === null || page === undefined) return [];
  const values = formValues(procedure, context.personal.reveal());
  const errors = context.house.catalogue.check(procedure.code, values, page);
  return dueErrors(errors, fieldsOf(context), values, context.mending);
};

/** After the papers the whole form must hold: the first page that does not, with its errors. */
export const firstWrongPage = (
  context: VisitContext,
): { readonly formPage: number; readonly errors: readonly FieldError[] } | null => {
  const { procedure } = context;
  if (procedure === null) return null;
  const errors = context.house.catalogue.check(
    procedure.code,
    formValues(procedure, context.personal.reveal()),
  );
  const has = (page: Procedure["pages"][number] | undefined) =>
    page?.fields.some((field) => errors.some(({ key }) => key === field.key)) === true;
  const pages = visiblePages(procedure, context.personal.reveal(), true);
  const formPage = pages.findIndex((index) => has(procedure.pages[index]));
  return formPage < 0 ? null : { formPage, errors };
};

/** Where BACK leads from the papers; -1 when the procedure asks nothing before them. */
export const lastFormPage = (context: VisitContext): number =>
  context.procedure === null
    ? -1
    : visiblePages(context.procedure, context.personal.reveal(), false).length - 1;

const setField = (context: VisitContext, key: string, value: string): Partial<VisitContext> => ({
  personal: changed(context.personal, { edits: { ...context.personal.reveal().edits, [key]: value } }),
  errors: context.errors.filter((error) => error.key !== key),
});

export const form = visitSetup.createStateConfig({
  id: "form",
  initial: "arriving",
  tags: ["back"],
  states: {
    arriving: {
      always: [
        { guard: ({ context }) => pagesOf(context).length === 0, target: "#papers" },
        { target: "page" },
      ],
    },
    page: {
      on: {
        SET_FIELD: {
          guard: ({ context, event }) => fieldsOf(context).some((field) => field.key === event.key),
          actions: assign(({ context, event }) => setField(context, event.key, event.value)),
        },
        NEXT: [
          {
            guard: ({ context }) => pageErrors(context).length > 0,
            actions: assign(({ context }) => ({ errors: pageErrors(context) })),
          },
          {
            guard: ({ context }) => context.mending && firstWrongPage(context) !== null,
            actions: assign(({ context }) => firstWrongPage(context) ?? {}),
          },
          { guard: ({ context }) => context.mending, target: "#check", actions: assign({ errors: [] }) },
          {
            guard: ({ context }) => context.formPage + 1 < pagesOf(context).length,
            actions: assign(({ context }) => ({ formPage: context.formPage + 1, errors: [] })),
          },
          { target: "#papers", actions: assign({ errors: [], paperIndex: 0 }) },
        ],
        BACK: [
          {
            guard: ({ context }) => context.mending,
            target: "#papers",
            actions: assign(({ context }) => ({
              errors: [],
              paperIndex: Math.max(0, (context.procedure?.papers.length ?? 0) - 1),
            })),
          },
          {
            guard: ({ context }) => context.formPage > 0,
            actions: assign(({ context }) => ({ formPage: context.formPage - 1, errors: [] })),
          },
          { target: "#procedure", actions: assign({ errors: [] }) },
        ],
      },
    },
  },
});
