// Is a message that came over the wire one that this program understands?
import { z } from "zod";
import {
  type AckMessage,
  CERTIFICATE_REASONS,
  type CertificateMessage,
  type CertificateWish,
  type ChunkProperties,
  CODE_RESULTS,
  COMMAND_STAGES,
  COPY_STATES,
  type CodeMessage,
  type CodeWish,
  type CommandReport,
  type CopyMessage,
  type CopyWishMessage,
  type DeviceMessage,
  FEE_REASONS,
  FEE_STATES,
  type FeeMessage,
  type FeeWish,
  type FinMessage,
  type FoundMessage,
  type HeardMessage,
  type InitMessage,
  type LookupMessage,
  type Manifest,
  type NeedMessage,
  type PastMessage,
  PROTOCOL_VERSION,
  type RatingsMessage,
  REJECT_REASONS,
  type SeenMessage,
  STATUS_STATES,
  type StateMessage,
  type StatusMessage,
  type TelemetryMessage,
} from "./messages.js";
import { opinionAnswerSchema, opinionSchema, queueSchema, ticketedSchema, ticketsSchema } from "./queue.js";
import { offerSchema, updateSchema, wantSchema } from "./update.js";

export const MAX_CONTROL_BYTES = 128 * 1024;
export const MAX_CHUNK_BYTES = 256 * 1024;
export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
export const MAX_SUBMISSION_BYTES = 256 * 1024 * 1024;
export const MAX_DOCUMENTS = 256;
/** Days times procedures in one message of ratings: well below the size of a control message. */
export const MAX_RATED_GROUPS = 400;

const v = z.literal(PROTOCOL_VERSION);
const submission = z.uuid();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const kiosk = z.string().regex(/^[A-Za-z0-9-]{1,32}$/);
const shortText = z.string().max(200);
const count = z.int().nonnegative();

const status = z.strictObject({
  revision: z.int().positive(),
  state: z.enum(STATUS_STATES),
  receiptNumber: shortText.nullable(),
  appointment: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/)
    .nullable(),
});

const init: z.ZodType<InitMessage> = z.object({
  v,
  submission,
  sequence: z.int().positive(),
  manifest: z.base64(),
});
const fin: z.ZodType<FinMessage> = z.object({ v, submission });
const seen: z.ZodType<SeenMessage> = z.object({ v, submission, revision: z.int().positive() });
const lookup: z.ZodType<LookupMessage> = z.object({ v, id: shortText, lookupHash: sha256 });
const need: z.ZodType<NeedMessage> = z.object({
  v,
  submission,
  ranges: z
    .array(z.object({ document: sha256, from: count, to: count }).refine((range) => range.from < range.to))
    .max(4096),
});
const ack: z.ZodType<AckMessage> = z
  .object({
    v,
    submission,
    result: z.enum(["accepted", "rejected"]),
    reason: z.enum(REJECT_REASONS).nullable(),
    status: status.nullable(),
  })
  .refine((message) => (message.result === "accepted") === (message.status !== null));
const statusMessage: z.ZodType<StatusMessage> = z.object({ v, submission, status });
const amountVnd = z.int().positive().max(9_999_999_999_999);
const found: z.ZodType<FoundMessage> = z.object({
  v,
  id: shortText,
  found: z
    .object({
      submission,
      slipNumber: shortText,
      procedure: shortText,
      status,
      fee: z.object({ amountVnd, paid: z.boolean() }).optional(),
    })
    .nullable(),
});
const copyWish: z.ZodType<CopyWishMessage> = z.object({
  v,
  id: shortText,
  lookupHash: sha256,
  holderHash: sha256,
  paperClass: shortText.optional(),
});
const copy: z.ZodType<CopyMessage> = z.object({
  v,
  id: shortText,
  found: z
    .object({
      copy: shortText,
      title: z.object({ vi: shortText, en: shortText }),
      paperClass: shortText,
      pages: z.int().positive(),
      certifiedAt: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
      state: z.enum(COPY_STATES),
    })
    .nullable(),
});
const feeWish: z.ZodType<FeeWish> = z.object({
  v,
  id: shortText,
  submission,
  slipNumber: shortText,
  procedure: shortText,
  amountVnd,
});
const fee: z.ZodType<FeeMessage> = z
  .object({
    v,
    id: shortText,
    submission,
    order: z
      .object({
        reference: z.string().regex(/^[A-Z0-9]{1,25}$/),
        amountVnd,
        state: z.enum(FEE_STATES),
        payee: shortText,
        qr: z.string().max(512).nullable(),
        secondsLeft: count,
      })
      .nullable(),
    reason: z.enum(FEE_REASONS).nullable(),
  })
  .refine((message) => (message.order === null) === (message.reason !== null));
const command: z.ZodType<CommandReport> = z.object({
  v,
  id: z.uuid(),
  stage: z.enum(COMMAND_STAGES),
  detail: shortText.nullable(),
});
const heard: z.ZodType<HeardMessage> = z.object({ v, id: z.uuid(), stage: z.enum(COMMAND_STAGES) });
const certificateWish: z.ZodType<CertificateWish> = z.object({
  v,
  id: shortText,
  csr: z.base64().max(8192),
  proof: z.base64().max(200),
});
const certificate: z.ZodType<CertificateMessage> = z
  .object({
    v,
    id: shortText,
    chain: z.string().max(32_768).nullable(),
    reason: z.enum(CERTIFICATE_REASONS).nullable(),
  })
  .refine((message) => (message.chain === null) === (message.reason !== null));
const state: z.ZodType<StateMessage> = z.object({
  v,
  online: z.boolean(),
  atMs: z.number(),
  version: shortText.optional(),
  fleet: count.optional(),
});
const reading = z.union([shortText, z.number(), z.boolean(), z.null()]);
const telemetry: z.ZodType<TelemetryMessage> = z.object({
  v,
  atMs: z.number(),
  wallTrust: shortText,
  queue: z.object({
    queued: count,
    bytes: count,
    oldestAgeMs: z.number().nullable(),
    quarantined: count,
    accepted: count,
  }),
  storeUsed: z.number(),
  readings: z.record(z.string().max(60), reading),
  figures: z.record(z.string().max(60), z.number().nullable()).optional(),
});
const past: z.ZodType<PastMessage> = z.object({ v, dropped: count, samples: z.array(telemetry).max(100) });
const ratings: z.ZodType<RatingsMessage> = z.object({
  v,
  days: z
    .array(
      z.object({
        day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
        procedure: shortText,
        faces: z.array(count).length(5),
      }),
    )
    .max(MAX_RATED_GROUPS),
});

const device: z.ZodType<DeviceMessage> = z.object({
  v,
  code: shortText.nullable(),
  fault: shortText.nullable(),
  severity: shortText.nullable(),
  sinceMs: z.number(),
  wallTrust: shortText,
});

export const manifestSchema: z.ZodType<Manifest> = z.strictObject({
  v,
  kiosk,
  submission,
  sequence: z.int().positive(),
  procedure: shortText,
  slipNumber: shortText,
  lookupHash: sha256,
  portalKeyId: shortText,
  documents: z
    .array(
      z.strictObject({
        index: count,
        sha256,
        length: z.int().positive().max(Number.MAX_SAFE_INTEGER),
        mediaType: shortText,
      }),
    )
    .min(1),
  wallMs: z.number(),
  wallTrust: shortText,
});

const codeWish: z.ZodType<CodeWish> = z.object({
  v,
  id: submission,
  asks: z.enum(["send", "try"]),
  reference: submission,
  portalKeyId: shortText,
  sealed: z.base64().max(400),
});
const code: z.ZodType<CodeMessage> = z.object({
  v,
  id: submission,
  result: z.enum(CODE_RESULTS),
  triesLeft: count.nullable(),
  secondsLeft: count.nullable(),
});

const chunk: z.ZodType<ChunkProperties> = z.object({
  submission,
  document: sha256,
  offset: z.string().regex(/^\d{1,12}$/),
});

export const SCHEMAS = {
  init,
  fin,
  seen,
  lookup,
  need,
  ack,
  status: statusMessage,
  found,
  /** Up and down are one topic's name and two messages. */
  copyWish,
  copy,
  /** As with copies. */
  feeWish,
  fee,
  /** As with copies. */
  codeWish,
  code,
  /** The kiosk's report; the order itself is opened by `openOrder`. */
  command,
  heard,
  /** As with copies: one topic's name and two messages. */
  certificateWish,
  certificate,
  tickets: ticketsSchema,
  ticketed: ticketedSchema,
  queue: queueSchema,
  /** As with copies: one topic's name and two messages. */
  opinion: opinionSchema,
  opinionAnswer: opinionAnswerSchema,
  want: wantSchema,
  offer: offerSchema,
  update: updateSchema,
  state,
  telemetry,
  past,
  ratings,
  device,
};
export type Kind = keyof typeof SCHEMAS;
export type MessageOf<K extends Kind> = z.infer<(typeof SCHEMAS)[K]>;

export type Problem = "tooLarge" | "notJson" | "unsupportedVersion" | "badShape";
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  /** `submission` is what the message says it is about, where that much can be read. */
  | { readonly ok: false; readonly problem: Problem; readonly submission: string | null };

const readable = z.object({ v: z.unknown(), submission: z.unknown() }).partial();

/** Control messages. Never throws: each malformed message has one defined answer. */
export const decode = <K extends Kind>(kind: K, payload: Uint8Array): Decoded<MessageOf<K>> => {
  if (payload.length > MAX_CONTROL_BYTES) return { ok: false, problem: "tooLarge", submission: null };
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    return { ok: false, problem: "notJson", submission: null };
  }
  const parsed = SCHEMAS[kind].safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data as MessageOf<K> };
  const hint = readable.safeParse(json);
  const named = submission.safeParse(hint.data?.submission);
  const problem = hint.success && hint.data.v !== PROTOCOL_VERSION ? "unsupportedVersion" : "badShape";
  return { ok: false, problem, submission: named.success ? named.data : null };
};

export interface Chunk {
  readonly submission: string;
  readonly document: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export const decodeChunk = (
  properties: Readonly<Record<string, string | string[]>>,
  payload: Uint8Array,
): Decoded<Chunk> => {
  const parsed = chunk.safeParse(properties);
  if (!parsed.success) return { ok: false, problem: "badShape", submission: null };
  if (payload.length > MAX_CHUNK_BYTES)
    return { ok: false, problem: "tooLarge", submission: parsed.data.submission };
  return { ok: true, value: { ...parsed.data, offset: Number(parsed.data.offset), bytes: payload } };
};

export const encode = (message: object): Buffer => Buffer.from(JSON.stringify(message));
