// What stands on a technician's stick between a kiosk without a link and the portal, and who says so?
//
// STICK/motcua/<8 hex digits>/           one folder a bundle, the first 8 digits of its id; names are 8.3, lower case
//   data01.mcd, data02.mcd, …            submissions one after another, none divided; each file below 2 GB (FAT32)
//   index.mcx                            JSON {v, kiosk, index, signature}: what is where in the data files
//   answer.mca                           JSON {v, kiosk, answer, signature}: put there by the portal
//
// A submission in a data file: the length of its signed manifest (4 bytes, little-endian), the manifest byte for
// byte as the link's `init` carries it, then the sealed documents in the manifest's order, byte for byte as the
// link's chunks carry them. Nothing here is readable by anybody whom the kiosk did not seal it to.
//
// The index is signed with the device key over "motcua courier v1\0" and its bytes; it names each submission, its
// place, its length and its SHA-256. The answer is signed with the portal's key for commands over "motcua courier
// answer v1\0" and its bytes: the kiosk knows that key from `[commands] keys`, and a signature for one purpose
// never serves for another.
//
// A bundle is made in `<8 hex digits>.tmp`: data files written and flushed, then the index (temporary, flushed,
// renamed), then the folder is renamed and its parent flushed. What has no index with a valid signature is no
// bundle. Under a valid index each submission stands for itself: one whose bytes do not match is left where it is,
// and the kiosk, which got no answer about it, still has it.
import { verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "./manifest.js";
import { ed25519Key, parsedJson } from "./signed.js";
import { MAX_CONTROL_BYTES, MAX_SUBMISSION_BYTES } from "./validate.js";

const INDEX_DOMAIN = Buffer.from("motcua courier v1\0");
const ANSWER_DOMAIN = Buffer.from("motcua courier answer v1\0");

export const COURIER_FOLDER = "motcua";
export const INDEX_FILE = "index.mcx";
export const ANSWER_FILE = "answer.mca";
/** A bundle that is still being made, or never was finished. */
export const UNFINISHED = ".tmp";
export const BUNDLE_NAME = /^[0-9a-f]{8}$/;

/** More make further bundles: an index stays small enough to be held at once. */
export const MAX_ITEMS = 5000;
/** A data file takes no further submission beyond this; with the largest one it is still below 2 GB. */
export const DATA_FILE_FULL_BYTES = 1024 ** 3;
export const MAX_INDEX_BYTES = 4 * 1024 ** 2;
export const MAX_ANSWER_BYTES = 16 * 1024 ** 2;
/** The length of the manifest before it. */
export const ITEM_HEAD_BYTES = 4;
const MAX_ITEM_BYTES = ITEM_HEAD_BYTES + MAX_CONTROL_BYTES + MAX_SUBMISSION_BYTES;
const MAX_DATA_FILES = 99;

/** `part` counts from 1. */
export const dataFile = (part: number): string => `data${String(part).padStart(2, "0")}.mcd`;

export interface CourierKey {
  sign(bytes: Uint8Array): Uint8Array;
}

const kioskId = z.string().regex(/^(?!portal$)[A-Za-z0-9-]{1,32}$/);
const bundleId = z.string().regex(/^[0-9a-f]{32}$/);

const item = z.strictObject({
  submission: z.uuid(),
  sequence: z.int().positive(),
  part: z.int().min(1).max(MAX_DATA_FILES),
  /** In the data file, bytes. */
  offset: z.int().nonnegative(),
  length: z.int().min(ITEM_HEAD_BYTES).max(MAX_ITEM_BYTES),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type CourierItem = z.infer<typeof item>;

const indexSchema = z
  .strictObject({
    v: z.literal(1),
    kiosk: kioskId,
    bundle: bundleId,
    wallMs: z.int().nonnegative(),
    wallTrust: z.string().max(40),
    fromSequence: z.int().positive(),
    toSequence: z.int().positive(),
    count: z.int().min(1).max(MAX_ITEMS),
    items: z.array(item).min(1).max(MAX_ITEMS),
  })
  .refine(({ count, items }) => count === items.length)
  .refine(({ items }) => new Set(items.map(({ submission }) => submission)).size === items.length)
  .refine(({ items, fromSequence, toSequence }) =>
    items.every(({ sequence }) => sequence >= fromSequence && sequence <= toSequence),
  );
export type CourierIndex = z.infer<typeof indexSchema>;

const answerSchema = z.strictObject({
  v: z.literal(1),
  kiosk: kioskId,
  bundle: bundleId,
  wallMs: z.int().nonnegative(),
  /** Bodies of `…/down/ack` and `…/down/status`; judged one by one, as if they had come by the link. */
  acks: z.array(z.unknown()).max(MAX_ITEMS),
  statuses: z.array(z.unknown()).max(MAX_ITEMS),
});
export type CourierAnswer = z.infer<typeof answerSchema>;

const indexEnvelope = z.strictObject({
  v: z.literal(1),
  kiosk: kioskId,
  index: z.base64(),
  signature: z.base64(),
});
const answerEnvelope = z.strictObject({
  v: z.literal(1),
  kiosk: kioskId,
  answer: z.base64(),
  signature: z.base64(),
});

export const bundleName = (bundle: string): string => bundle.slice(0, 8);

const isSigned = (domain: Buffer, bytes: Buffer, signature: string, keysPem: readonly string[]): boolean =>
  keysPem.some((pem) => {
    const key = ed25519Key(pem);
    return (
      key !== undefined && verify(null, Buffer.concat([domain, bytes]), key, Buffer.from(signature, "base64"))
    );
  });

const signed = (domain: Buffer, bytes: Buffer, key: CourierKey): string =>
  Buffer.from(key.sign(Buffer.concat([domain, bytes]))).toString("base64");

/** The content of `index.mcx`. */
export const signIndex = (index: CourierIndex, key: CourierKey): Buffer => {
  const bytes = Buffer.from(canonicalJson(index));
  const signature = signed(INDEX_DOMAIN, bytes, key);
  return Buffer.from(canonicalJson({ v: 1, kiosk: index.kiosk, index: bytes.toString("base64"), signature }));
};

/** The content of `answer.mca`. */
export const signAnswer = (answer: CourierAnswer, key: CourierKey): Buffer => {
  const bytes = Buffer.from(canonicalJson(answer));
  const signature = signed(ANSWER_DOMAIN, bytes, key);
  return Buffer.from(
    canonicalJson({ v: 1, kiosk: answer.kiosk, answer: bytes.toString("base64"), signature }),
  );
};

export type OpenedIndex =
  | { readonly ok: true; readonly index: CourierIndex }
  | {
      readonly ok: false;
      readonly problem: "unreadable" | "unknownKiosk" | "badSignature" | "badShape";
      readonly kiosk: string | null;
    };

/** Never throws. Nothing but the kiosk's name is looked at before the signature holds. */
export const openIndex = (
  bytes: Uint8Array,
  publicKeyOf: (kiosk: string) => string | undefined,
): OpenedIndex => {
  const outer = bytes.length > MAX_INDEX_BYTES ? undefined : parsedJson(indexEnvelope, bytes);
  if (outer === undefined) return { ok: false, problem: "unreadable", kiosk: null };
  const { kiosk } = outer;
  const pem = publicKeyOf(kiosk);
  if (pem === undefined) return { ok: false, problem: "unknownKiosk", kiosk };
  const inner = Buffer.from(outer.index, "base64");
  if (!isSigned(INDEX_DOMAIN, inner, outer.signature, [pem]))
    return { ok: false, problem: "badSignature", kiosk };
  const index = parsedJson(indexSchema, inner);
  return index === undefined || index.kiosk !== kiosk
    ? { ok: false, problem: "badShape", kiosk }
    : { ok: true, index };
};

export type OpenedAnswer =
  | { readonly ok: true; readonly answer: CourierAnswer }
  | {
      readonly ok: false;
      readonly problem: "unreadable" | "otherKiosk" | "notSignedByPortal" | "badShape";
    };

/** Never throws. `publicKeysPem`: those of `[commands] keys`. */
export const openAnswer = (
  bytes: Uint8Array,
  kiosk: string,
  publicKeysPem: readonly string[],
): OpenedAnswer => {
  const outer = bytes.length > MAX_ANSWER_BYTES ? undefined : parsedJson(answerEnvelope, bytes);
  if (outer === undefined) return { ok: false, problem: "unreadable" };
  if (outer.kiosk !== kiosk) return { ok: false, problem: "otherKiosk" };
  const inner = Buffer.from(outer.answer, "base64");
  if (!isSigned(ANSWER_DOMAIN, inner, outer.signature, publicKeysPem))
    return { ok: false, problem: "notSignedByPortal" };
  const answer = parsedJson(answerSchema, inner);
  return answer === undefined || answer.kiosk !== kiosk
    ? { ok: false, problem: "badShape" }
    : { ok: true, answer };
};
