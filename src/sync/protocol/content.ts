// What is inside document 0 of a submission: the form, the identity, and what each page is?
import { z } from "zod";

const bilingual = z.object({ vi: z.string(), en: z.string() });
const value = z.object({ key: z.string(), label: bilingual, value: z.string() });

/** How a value came to be; absent in content that was sealed before these were told. */
const readValue = value.extend({
  /** 0 … 1, of the reading; 1 when the citizen typed it. */
  confidence: z.number().optional(),
  source: z.enum(["print", "hand", "mrz", "qr", "typed"]).optional(),
  /** What the recogniser had read before it was mended, and by what. */
  correction: z.object({ from: z.string(), by: z.string() }).nullable().optional(),
  /** Pixels of the page, for showing the officer where it stands. */
  box: z
    .object({ page: z.int(), x: z.number(), y: z.number(), w: z.number(), h: z.number() })
    .nullable()
    .optional(),
});

/** What speaks for or against a paper. Nothing was refused by it; "fail" and "unsure" want a person's eyes. */
const check = z.object({
  id: z.string(),
  verdict: z.enum(["pass", "fail", "unsure"]),
  sentence: bilingual,
  page: z.int().nullable(),
  box: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }).nullable(),
  /** Which of the application's papers `page` and `box` are on, where papers are compared. */
  paperId: z.string().optional(),
  /** Which of the form's fields it speaks of. */
  formKey: z.string().optional(),
});

export const contentSchema = z.object({
  v: z.literal(1),
  procedure: z.object({
    code: z.string(),
    title: bilingual,
    /** The legal time limit; the portal makes the appointment from it. */
    workingDays: z.int().nonnegative(),
  }),
  language: z.enum(["vi", "en"]),
  identity: z.object({
    level: z.string(),
    source: z.string(),
    evidence: z.array(z.string()),
    /** By card field; dates yyyy-MM-dd. */
    citizen: z.record(z.string(), z.string()),
  }),
  /** `drawn`: the value is a path (core/drawn-signature.ts). */
  form: z.array(value.extend({ drawn: z.literal(true).optional() })),
  papers: z.array(
    z.object({
      paperId: z.string(),
      title: bilingual,
      /** Indexes of the documents that are this paper: one sealed PDF, or pictures of its pages. */
      documents: z.array(z.int().positive()),
      /** What was read from the paper, as the citizen left it. */
      fields: z.array(readValue),
      paperClass: z.string().optional(),
      checks: z.array(check).optional(),
      /**
       * A stored copy that the citizen reuses instead of handing the paper over again; the portal resolves it at
       * take-in. `documents` is empty then.
       */
      stored: z
        .object({
          lookupHash: z.string(),
          /** The portal's name of the copy, as it answered; where several papers were certified under one code. */
          copy: z.string().optional(),
        })
        .optional(),
    }),
  ),
  /** What papers, chip and form say of each other. */
  checks: z.array(check).optional(),
  /**
   * `hashHolder` of this application's code and the citizen's number: the portal, which never learns the code,
   * finds by it the copies that it certifies. Absent: they are not found again at a kiosk.
   */
  holderHash: z.string().optional(),
  /** What the citizen was told that it costs, in whole đồng. Absent: it costs nothing, or an older kiosk sealed it. */
  fee: z.object({ amountVnd: z.int().positive() }).optional(),
  /** "codeOnScreen" shows intent alone; "sms": who held the phone of the form's `field`, as `reference` proves. */
  confirmation: z.object({
    method: z.string(),
    atMs: z.number(),
    reference: z.string().optional(),
    field: z.string().optional(),
  }),
});

export type ApplicationContent = z.infer<typeof contentSchema>;

/** Undefined when it is not content of a version that this program knows. */
export const parseContent = (bytes: Uint8Array): ApplicationContent | undefined => {
  try {
    return contentSchema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8"))).data;
  } catch {
    return undefined;
  }
};
