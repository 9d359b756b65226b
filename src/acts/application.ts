// What stands in the application that an officer reads: form, identity, papers with what was read of each?
import { SIGNS_AT_DESK, SIGNS_AT_DESK_WORDS } from "../core/drawn-signature.js";
import type { Submission } from "../flows/effects.js";
import type { CapturedPage, PaperField } from "../flows/paper.js";
import type { Check } from "../ml/checks/check.js";
import type { Procedure } from "../procedures/procedure.js";
import type { ApplicationContent } from "../sync/protocol/content.js";
import { hashHolder, hashLookupCode } from "../sync/protocol/lookup-code.js";
import { compareFacts, paperClassOf } from "./comparing.js";

export type SubmittedPaper = Submission["papers"][number];
type ContentPaper = ApplicationContent["papers"][number];
type ContentField = ContentPaper["fields"][number];

export interface ApplicationParts {
  readonly procedure: Procedure;
  /** Of this submission: the copies that are made of it are found by it, with the citizen's number. */
  readonly lookupCode: string;
  /** Of each paper that has any, in their order: its documents' indexes from 1. */
  readonly documents: ReadonlyMap<string, readonly number[]>;
  /** yyyy-MM-dd. */
  readonly today: string;
}

const labelled = (
  procedure: Procedure,
  values: Readonly<Record<string, string>>,
): ApplicationContent["form"] =>
  procedure.pages
    .flatMap((page) => page.fields)
    .filter(({ key }) => (values[key] ?? "") !== "")
    .map(({ key, kind, label }) => {
      const value = values[key] ?? "";
      if (kind !== "signature") return { key, label, value };
      return value === SIGNS_AT_DESK
        ? { key, label, value: SIGNS_AT_DESK_WORDS.vi }
        : { key, label, value, drawn: true as const };
    });

/** The citizen looked at what was read of handwriting and said yes to it. */
const isConfirmed = ({ source, value }: PaperField, typed: string | undefined): boolean =>
  source === "hand" && value !== "" && typed === value;

/** As the citizen left it; what was typed over a reading says what had been read. */
const contentField = (field: PaperField, page: number, typed: string | undefined): ContentField => {
  const { key, label, value, confidence, source, correction, box } = field;
  const common = { key, label, box: box === null ? null : { page, ...box } };
  if (typed === undefined || isConfirmed(field, typed))
    return { ...common, value, confidence, source, correction };
  const overwritten = value === "" ? null : { from: value, by: "citizen" };
  return { ...common, value: typed, confidence: 1, source: "typed", correction: overwritten };
};

const handWords = (field: PaperField, typed: string | undefined): readonly [vi: string, en: string] => {
  if (isConfirmed(field, typed))
    return [
      "chữ viết tay do máy đọc, người nộp xác nhận đúng",
      "handwriting, read by the machine and confirmed by the citizen",
    ];
  if (typed !== undefined && typed !== "")
    return ["chữ viết tay do người nộp gõ lại", "handwriting, typed by the citizen"];
  return field.value === ""
    ? ["chữ viết tay máy không đọc được, chưa ai gõ lại", "handwriting that was not read, and not typed"]
    : ["chữ viết tay do máy đọc", "handwriting, read by the machine"];
};

/** Handwriting is marked for the officer, whether the citizen typed it or left it empty. */
const handNote = (field: PaperField, page: number, typed: string | undefined): readonly Check[] => {
  if (field.source !== "hand") return [];
  const [vi, en] = handWords(field, typed);
  const sentence = { vi: `${field.label.vi}: ${vi}.`, en: `${field.label.en}: ${en}.` };
  return [{ id: "writing.hand", verdict: "unsure", sentence, page, box: field.box }];
};

/** A picture that the machine thought poor, and the citizen good enough. */
const poorNote = ({ advice, keptAnyway }: CapturedPage, page: number): readonly Check[] =>
  advice === "none" || keptAnyway !== true
    ? []
    : [
        {
          id: "picture.poor",
          verdict: "unsure",
          sentence: {
            vi: `Ảnh trang ${page + 1} chưa rõ, người nộp chọn dùng.`,
            en: `The picture of page ${page + 1} is poor; the citizen chose to use it.`,
          },
          page,
          box: null,
        },
      ];

const contentPaper = (paper: SubmittedPaper, { procedure, documents }: ApplicationParts): ContentPaper => {
  const { paperId, pages } = paper;
  const corrected = paper.corrected.reveal();
  const read = pages.flatMap((page, index) =>
    page.fields.reveal().map((field) => ({ field, index, typed: corrected[field.key] })),
  );
  const stored = paper.stored?.reveal() ?? null;
  return {
    paperId,
    title: procedure.papers.find(({ id }) => id === paperId)?.title ?? { vi: paperId, en: paperId },
    documents: [...(documents.get(paperId) ?? [])],
    fields: read.map(({ field, index, typed }) => contentField(field, index, typed)),
    paperClass: paperClassOf(pages),
    checks: [
      ...pages.flatMap((page, index) =>
        page.checks.reveal().map((check) => ({ ...check, page: check.page === null ? null : index })),
      ),
      ...pages.flatMap(poorNote),
      ...read.flatMap(({ field, index, typed }) => handNote(field, index, typed)),
    ],
    ...(stored === null
      ? {}
      : {
          stored: {
            lookupHash: hashLookupCode(stored.lookupCode),
            ...(stored.copy === null ? {} : { copy: stored.copy.copy }),
          },
        }),
  };
};

/** Document 0. All of it is personal. */
export const contentOf = (submission: Submission, parts: ApplicationParts): ApplicationContent => {
  const { procedure, lookupCode, today } = parts;
  const { identity, confirmation } = submission;
  const citizen = identity.citizen.reveal();
  const form = submission.form.reveal();
  const papers = submission.papers.map(({ corrected, ...paper }) => ({
    ...paper,
    corrected: corrected.reveal(),
  }));
  return {
    v: 1,
    procedure: { code: procedure.code, title: procedure.title, workingDays: procedure.timeLimit.workingDays },
    language: submission.language,
    identity: {
      level: identity.level,
      source: identity.source,
      evidence: [...identity.evidence],
      citizen,
    },
    form: labelled(procedure, form),
    papers: submission.papers.map((paper) => contentPaper(paper, parts)),
    checks: [...compareFacts({ procedureCode: procedure.code, identity, form, papers }, procedure, today)],
    ...(citizen.number === undefined ? {} : { holderHash: hashHolder(lookupCode, citizen.number) }),
    ...(submission.feeVnd > 0 && { fee: { amountVnd: submission.feeVnd } }),
    confirmation: {
      ...{ method: confirmation.method, atMs: confirmation.at },
      ...(confirmation.method === "sms" && { reference: confirmation.reference, field: confirmation.field }),
    },
  };
};
