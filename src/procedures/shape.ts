// What must a procedure file look like, and which rule does a broken one break?
import { z } from "zod";
import { PAPER_CLASSES } from "../core/paper-class.js";
import { IDENTITY_LEVELS, type Procedure } from "./procedure.js";

const bilingual = z.strictObject({ vi: z.string().min(1), en: z.string().min(1) });

const CARD_FIELDS = [
  "number",
  "fullName",
  "birthDate",
  "sex",
  "nationality",
  "ethnicity",
  "religion",
  "placeOfOrigin",
  "placeOfResidence",
  "issueDate",
  "expiryDate",
  "fatherName",
  "motherName",
  "spouseName",
  "oldNumber",
] as const;

const field = z.strictObject({
  key: z.string().regex(/^[a-z][a-zA-Z0-9]*$/, "a key is camelCase"),
  kind: z.enum(["text", "multiline", "address", "date", "choice", "digits", "phone", "email", "signature"]),
  label: bilingual,
  hint: bilingual.exactOptional(),
  choices: z
    .array(z.strictObject({ value: z.string().min(1), label: bilingual }))
    .min(2, "a choice needs two values at least")
    .exactOptional(),
  suggestions: z.array(bilingual).min(1).max(4, "more than four are no help").exactOptional(),
  fromCard: z.enum(CARD_FIELDS).exactOptional(),
  fromPaper: z
    .string()
    .regex(/^[a-zA-Z0-9]+\.[a-zA-Z0-9]+$/, "fromPaper is written paperId.fieldName")
    .exactOptional(),
});

const paper = z.strictObject({
  id: z.string().regex(/^[a-z][a-zA-Z0-9]*$/, "a paper id is camelCase"),
  title: bilingual,
  paperClass: z.enum([...PAPER_CLASSES, "any"]),
  optional: z.boolean(),
  maxPages: z.int().min(1).max(50),
  storedCopy: z.boolean().exactOptional(),
});

export const procedureShape = z.strictObject({
  code: z.string().regex(/^\d\.\d{6}$/, "a national code is written like 2.000815"),
  title: bilingual,
  summary: bilingual,
  authority: bilingual,
  identityLevel: z.enum(IDENTITY_LEVELS),
  pages: z.array(
    z.strictObject({
      title: bilingual,
      fields: z.array(field).min(1).max(3, "a page has three fields at most: one decision a screen"),
      shownIf: z.strictObject({ key: z.string(), value: z.string().min(1) }).exactOptional(),
    }),
  ),
  schema: z.looseObject({
    type: z.literal("object"),
    properties: z.record(z.string(), z.looseObject({ type: z.literal("string") })),
    required: z.array(z.string()).exactOptional(),
  }),
  papers: z.array(paper),
  fee: z.strictObject({ amountVnd: z.int().min(0), perPaper: z.boolean(), note: bilingual }),
  timeLimit: z.strictObject({ workingDays: z.int().min(0), note: bilingual }),
  source: z.strictObject({
    law: z.string().min(1),
    checked: z.union([z.literal("unchecked"), z.iso.date()], 'checked is a day (yyyy-MM-dd) or "unchecked"'),
  }),
});

const repeated = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

const choiceRules = (procedure: Procedure): string[] =>
  procedure.pages.flatMap((page, pageIndex) =>
    page.fields.flatMap((each, index) => {
      const at = `pages[${pageIndex}].fields[${index}]`;
      const isChoice = each.kind === "choice";
      return isChoice === (each.choices !== undefined)
        ? []
        : [`${at}: "choices" belongs to kind "choice", and only to it`];
    }),
  );

/** Rules that tie the parts of one file together; each broken one as a sentence with its place. */
export const crossRules = (procedure: Procedure): readonly string[] => {
  const fields = procedure.pages.flatMap((page) => page.fields);
  const keys = fields.map(({ key }) => key);
  const { properties, required } = procedure.schema as z.infer<typeof procedureShape>["schema"];
  const known = Object.keys(properties);
  const paperIds = procedure.papers.map(({ id }) => id);
  return [
    ...repeated(keys).map((key) => `pages: the field "${key}" is asked twice`),
    ...repeated(paperIds).map((id) => `papers: the id "${id}" is used twice`),
    ...keys
      .filter((key) => !known.includes(key))
      .map((key) => `schema.properties: "${key}" is asked but missing`),
    ...known
      .filter((key) => !keys.includes(key))
      .map((key) => `pages: "${key}" is in schema.properties but never asked`),
    ...(required ?? [])
      .filter((key) => !known.includes(key))
      .map((key) => `schema.required: "${key}" is not in schema.properties`),
    ...fields
      .filter(
        (each) => each.fromPaper !== undefined && !paperIds.includes(each.fromPaper.split(".")[0] ?? ""),
      )
      .map((each) => `pages: "${each.key}" is read from "${each.fromPaper}", but there is no such paper`),
    ...procedure.pages
      .filter(({ shownIf }) => shownIf !== undefined && !keys.includes(shownIf.key))
      .map(({ shownIf }) => `pages: a page is shown by "${shownIf?.key}", which is never asked`),
    ...choiceRules(procedure),
  ];
};
