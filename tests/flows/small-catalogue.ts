// Which procedures are small enough that every way through them can be walked?
import type { Catalogue, FormField, Procedure } from "../../src/procedures/procedure.js";

const both = (text: string) => ({ vi: text, en: text });

const field = (key: string, more: Partial<FormField> = {}): FormField => ({
  key,
  kind: "text",
  label: both(key),
  ...more,
});

const base = {
  summary: both("s"),
  authority: both("a"),
  fee: { amountVnd: 2000, perPaper: true, note: both("n") },
  timeLimit: { workingDays: 1, note: both("n") },
  source: { law: "none", checked: "unchecked" },
} as const;

/** One page before the papers, one after them; one required paper of two pages, one optional. */
const COPY: Procedure = {
  ...base,
  code: "2.000815",
  title: both("copy"),
  identityLevel: "claimed",
  pages: [
    { title: both("first"), fields: [field("typed"), field("name", { fromCard: "fullName" })] },
    { title: both("late"), fields: [field("read", { fromPaper: "must.read" })] },
  ],
  schema: { required: ["typed", "read"] },
  papers: [
    { id: "must", title: both("must"), paperClass: "any", optional: false, maxPages: 2 },
    { id: "may", title: both("may"), paperClass: "diploma", optional: true, maxPages: 1 },
  ],
};

/** Nothing to fill in and nothing to bring, but the chip is needed. */
const BARE: Procedure = {
  ...base,
  code: "1.004873",
  title: both("bare"),
  identityLevel: "chipRead",
  pages: [],
  schema: {},
  papers: [],
};

/** As bare, and the person must be the card's. */
const PRESENT: Procedure = {
  ...BARE,
  code: "3.000003",
  title: both("present"),
  identityLevel: "holderPresent",
};

/** A paper that a stored copy can stand for. */
export const PROVING: Procedure = {
  ...BARE,
  code: "4.000004",
  title: both("proving"),
  papers: [
    { id: "proof", title: both("proof"), paperClass: "any", optional: true, maxPages: 1, storedCopy: true },
  ],
};

/** A number that a code can go to. */
export const CALLED: Procedure = {
  ...BARE,
  code: "5.000005",
  title: both("called"),
  identityLevel: "claimed",
  pages: [{ title: both("phone"), fields: [field("phone", { kind: "phone" })] }],
};

const ALL = [COPY, BARE, PRESENT, PROVING, CALLED];

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  "2.000815": ["typed", "read"],
  "1.004873": [],
};

export const small: Catalogue = {
  procedures: ALL,
  find: (code) => ALL.find((each) => each.code === code),
  check: (code, values, page) =>
    (REQUIRED[code] ?? [])
      .filter(
        (key) => page === undefined || COPY.pages[page]?.fields.some((each) => each.key === key) === true,
      )
      .filter((key) => (values[key] ?? "") === "")
      .map((key) => ({ key, message: both("empty") })),
};
