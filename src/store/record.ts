// What lies beside the blobs, from which the row of a submission can be made again?
//
// The record carries a check sum over itself, and the hashes of the documents; a small submission's record
// carries its documents too. So a record is either whole or known to be damaged, never half believed.
import { createHash } from "node:crypto";
import { z } from "zod";
import type { SubmissionRecord } from "./outbox-rows.js";
import type { SealedSubmission } from "./store.js";

const SHA256 = /^[0-9a-f]{64}$/;

const RECORD = z.object({
  submissionId: z.uuid(),
  sequence: z.int().positive(),
  procedureCode: z.string(),
  slipNumber: z.string(),
  lookupHash: z.string().regex(SHA256),
  manifest: z.base64(),
  documents: z.array(
    z.object({
      index: z.int().nonnegative(),
      sha256: z.string().regex(SHA256),
      length: z.int().nonnegative(),
    }),
  ),
  enqueuedAtMs: z.number(),
});
const FILE = RECORD.extend({ payload: z.base64().optional(), sum: z.string().optional() });

/** What a signed manifest says, for the cross-check of a record or a row that was found. */
export interface ManifestFacts {
  readonly submissionId: string;
  readonly sequence: number;
  readonly slipNumber: string;
  readonly lookupHash: string;
  readonly documents: readonly { readonly sha256: string; readonly length: number }[];
}

/** Undefined when the manifest is not this kiosk's, or was changed. */
export type ReadManifest = (manifest: Uint8Array) => ManifestFacts | undefined;

export interface FoundRecord {
  readonly record: SubmissionRecord;
  /** The documents one after the other; null: they are files. */
  readonly payload: Buffer | null;
}

const hashOf = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

export const payloadMatches = (documents: SubmissionRecord["documents"], payload: Uint8Array): boolean => {
  let from = 0;
  const all = documents.every(({ sha256, length }) => {
    const slice = payload.subarray(from, from + length);
    from += length;
    return hashOf(slice) === sha256;
  });
  return all && from === payload.length;
};

/** True when the signed manifest says the same as the record; always true where nobody can read manifests. */
export const manifestAgrees = (record: SubmissionRecord, read: ReadManifest | undefined): boolean => {
  if (read === undefined) return true;
  const facts = read(Buffer.from(record.manifest, "base64"));
  return (
    facts !== undefined &&
    facts.submissionId === record.submissionId &&
    facts.sequence === record.sequence &&
    facts.slipNumber === record.slipNumber &&
    facts.lookupHash === record.lookupHash &&
    facts.documents.length === record.documents.length &&
    facts.documents.every(({ sha256, length }, place) => {
      const listed = record.documents[place];
      return listed?.sha256 === sha256 && listed.length === length;
    })
  );
};

export const recordOf = (submission: SealedSubmission, enqueuedAtMs: number): SubmissionRecord => ({
  submissionId: submission.submissionId,
  sequence: submission.sequence,
  procedureCode: submission.procedureCode,
  slipNumber: submission.slipNumber,
  lookupHash: submission.lookupHash,
  manifest: Buffer.from(submission.manifest).toString("base64"),
  documents: submission.documents.map(({ index, sha256, bytes }) => ({
    index,
    sha256,
    length: bytes.length,
  })),
  enqueuedAtMs,
});

export const encodeRecord = (record: SubmissionRecord, payload: Uint8Array | null): Buffer => {
  const content = {
    ...record,
    ...(payload !== null && { payload: Buffer.from(payload).toString("base64") }),
  };
  const text = JSON.stringify(content);
  return Buffer.from(`${text.slice(0, -1)},"sum":"${hashOf(text)}"}`);
};

const SUM = /,"sum":"([0-9a-f]{64})"\}$/;

const sumHolds = (text: string): boolean => {
  const sum = SUM.exec(text);
  return sum !== null && hashOf(`${text.slice(0, sum.index)}}`) === sum[1];
};

/** Undefined when it is not whole. A record of the program before has no sum: its form alone speaks for it. */
export const decodeRecord = (bytes: Buffer, name: string): FoundRecord | undefined => {
  try {
    const text = bytes.toString("utf8");
    const { payload, sum, ...record } = FILE.parse(JSON.parse(text));
    if (record.submissionId !== name || (sum !== undefined && !sumHolds(text))) return undefined;
    if (payload === undefined) return { record, payload: null };
    const content = Buffer.from(payload, "base64");
    return payloadMatches(record.documents, content) ? { record, payload: content } : undefined;
  } catch {
    return undefined;
  }
};

/** The record behind a row; undefined when the row's own content does not hold. */
export const recordOfRow = (
  row: {
    readonly [column in keyof SubmissionRecord | "payload"]: unknown;
  },
): FoundRecord | undefined => {
  try {
    const record = RECORD.parse({
      ...row,
      manifest: Buffer.from(row.manifest as Uint8Array).toString("base64"),
      documents: JSON.parse(String(row.documents)) as unknown,
    });
    const payload = row.payload === null ? null : Buffer.from(row.payload as Uint8Array);
    return payload === null || payloadMatches(record.documents, payload) ? { record, payload } : undefined;
  } catch {
    return undefined;
  }
};
