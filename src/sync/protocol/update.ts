// Which messages bring a new program to a kiosk, and tell how far it is?
//
// `…/down/offer` names the release; the kiosk judges it (release.ts) and, in its own time, asks by `…/up/want` for one
// slice after the other, each answered by one `…/down/part`: a binary payload whose place is told by MQTT 5 user
// properties. The kiosk alone sets the pace, so a slow link or a waiting citizen needs no word to the portal. How far it
// is stands retained on `…/telemetry/update`.
import { z } from "zod";

const v = z.literal(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const MAX_PART_BYTES = 64 * 1024;
/** A signed manifest; in base64 it still is a control message. */
export const MAX_ENVELOPE_BYTES = 92 * 1024;
const MAX_OFFERED = 126_000;

/** Said at each birth of the kiosk, and when it changes. */
export const offerSchema = z.object({
  v,
  /** Base64 of the signed manifest; null: nothing is offered to this kiosk. */
  release: z.base64().max(MAX_OFFERED).nullable(),
});
export type OfferMessage = z.infer<typeof offerSchema>;

export const wantSchema = z.object({
  v,
  /** SHA-256 of the whole bundle. */
  bundle: sha256,
  from: z.int().nonnegative(),
  length: z.int().positive().max(MAX_PART_BYTES),
});
export type WantMessage = z.infer<typeof wantSchema>;

const partSchema = z.object({ bundle: sha256, offset: z.string().regex(/^\d{1,12}$/) });

export interface Part {
  readonly bundle: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The user properties of a part's publish. */
export const partProperties = (bundle: string, offset: number): Readonly<Record<string, string>> => ({
  bundle,
  offset: String(offset),
});

/** Undefined: it is no part. */
export const decodePart = (
  properties: Readonly<Record<string, string | string[]>>,
  bytes: Uint8Array,
): Part | undefined => {
  const parsed = partSchema.safeParse(properties);
  if (!parsed.success || bytes.length === 0 || bytes.length > MAX_PART_BYTES) return undefined;
  return { bundle: parsed.data.bundle, offset: Number(parsed.data.offset), bytes };
};

/** In the order of an update's way; the last four are ends. */
export const STEPS = [
  "offered",
  "fetching",
  "staged",
  "waiting",
  "installing",
  "rebooting",
  "proving",
  "good",
  "fellBack",
  "refused",
  "withdrawn",
] as const;
export const UPDATE_STEPS = ["none", ...STEPS] as const;

/** On `…/telemetry/update`, retained. */
export const updateSchema = z.object({
  v,
  /** Build that runs; 0: it has no number. */
  runs: z.int().nonnegative(),
  step: z.enum(UPDATE_STEPS),
  /** What is updated to. */
  build: z.int().positive().nullable(),
  version: z.string().max(60).nullable(),
  /** Of the step, 0 to 1, where it can be told. */
  fraction: z.number().min(0).max(1).nullable(),
  /** Why it does not go on, fell back or was refused; in a sentence. */
  reason: z.string().max(200).nullable(),
  /** Wall time at which the step began, as trusted as `wallTrust` says. */
  sinceMs: z.number(),
  wallTrust: z.string().max(40),
});
export type UpdateMessage = z.infer<typeof updateSchema>;
