// What is inside document 0 of a submission: the form, the identity, and what each page is?
import { z } from "zod";

const bilingual = z.object({ vi: z.string(), en: z.string() });
const value = z.object({ key: z.string(), label: bilingual, value: z.string() });

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
  form: z.array(value),
  papers: z.array(
    z.object({
      paperId: z.string(),
      title: bilingual,
      /** Indexes of the documents that are this paper's pages. */
      documents: z.array(z.int().positive()),
      /** What was read from the paper, as the citizen left it. */
      fields: z.array(value),
    }),
  ),
  confirmation: z.object({ method: z.string(), atMs: z.number() }),
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
