// What is a release of the kiosk's program, and who says so?
//
// The bundle itself is signed for RAUC, which checks it by its own keyring before it writes a slot. This small manifest
// beside it says what a kiosk must know before it fetches anything: the build (it only grows, so nobody brings an old
// hole back), the machine it is for, its length and hashes, and which store schema it leaves behind. It is signed with
// the release key (Ed25519), which lies neither at the portal nor at a kiosk: who owns the portal can give out
// releases, and can not make any.
//
// BUNDLE.raucb            the bundle
// BUNDLE.raucb.release    JSON {v, release, signature}: the manifest's very bytes in base64, and the signature over
//                         "motcua release v1\0" and these bytes
import { verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "./manifest.js";
import { ed25519Key, parsedJson } from "./signed.js";
import { MAX_ENVELOPE_BYTES } from "./update.js";

const DOMAIN = Buffer.from("motcua release v1\0");
export const RELEASE_SUFFIX = ".release";
export const PIECE_BYTES = 1024 * 1024;
/** A stick with FAT32 takes no larger file. */
export const MAX_BUNDLE_BYTES = 2 * 1024 ** 3;
const HASH_BYTES = 32;
/** 1,535 pieces of 1 MB; larger bundles have larger pieces. */
const MAX_PIECES = 65_500;

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

export const releaseSchema = z
  .object({
    v: z.literal(1),
    /** Grows with each release, for ever. */
    build: z.int().positive(),
    /** For people. */
    version: z.string().min(1).max(60),
    /** As in the bundle's manifest and in RAUC's system.conf. */
    compatible: z.string().min(1).max(100),
    bytes: z.int().positive().max(MAX_BUNDLE_BYTES),
    /** Lower-case hex, of the whole bundle. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    pieceBytes: z.int().min(65_536).max(8_388_608),
    /** Base64 of the pieces' SHA-256 one after the other; the last piece may be shorter. */
    pieces: z.base64().max(MAX_PIECES),
    /** Of the kiosk's store after this program ran: its schema, and the lowest whose program can still read it. */
    store: z.object({ schema: z.int().positive(), readableBy: z.int().positive() }),
    /** Local time of the kiosk between which it may be installed, beside the kiosk's own hours; null: no matter. */
    hours: z.object({ from: time, to: time }).nullable(),
    issuedAtMs: z.int().nonnegative(),
    /** A way back: may replace builds up to `fromBuild` until `untilMs`. Null: only older ones. */
    allowance: z.object({ fromBuild: z.int().positive(), untilMs: z.int().positive() }).nullable(),
  })
  .refine(
    ({ bytes, pieceBytes, pieces }) =>
      Buffer.from(pieces, "base64").length === HASH_BYTES * Math.ceil(bytes / pieceBytes),
    "one hash a piece",
  )
  .refine(({ store }) => store.readableBy <= store.schema, "a program can read what it writes");
export type Release = z.infer<typeof releaseSchema>;

/** RFC 4648 section 3.5: the spare bits of the last letter are zero, so that one content is one envelope. */
const strictBase64 = z.base64().refine((text) => Buffer.from(text, "base64").toString("base64") === text);
const envelope = z.strictObject({ v: z.literal(1), release: strictBase64, signature: strictBase64 });

export interface ReleaseSigner {
  sign(bytes: Uint8Array): Uint8Array;
}

/** The content of a `.release` file. */
export const signRelease = (release: Release, key: ReleaseSigner): Buffer => {
  const bytes = Buffer.from(canonicalJson(releaseSchema.parse(release)));
  const signature = Buffer.from(key.sign(Buffer.concat([DOMAIN, bytes])));
  return Buffer.from(
    canonicalJson({ v: 1, release: bytes.toString("base64"), signature: signature.toString("base64") }),
  );
};

export type OpenedRelease =
  | { readonly ok: true; readonly release: Release }
  | { readonly ok: false; readonly problem: "unreadable" | "unsigned" | "badShape" };

/** The signature is checked over the very bytes, before anything in them is believed. Never throws. */
export const openRelease = (bytes: Uint8Array, publicKeysPem: readonly string[]): OpenedRelease => {
  const outer = bytes.length > MAX_ENVELOPE_BYTES ? undefined : parsedJson(envelope, bytes);
  if (outer === undefined) return { ok: false, problem: "unreadable" };
  const inner = Buffer.from(outer.release, "base64");
  const signed = Buffer.concat([DOMAIN, inner]);
  const holds = publicKeysPem.some((pem) => {
    const key = ed25519Key(pem);
    return key !== undefined && verify(null, signed, key, Buffer.from(outer.signature, "base64"));
  });
  if (!holds) return { ok: false, problem: "unsigned" };
  const release = parsedJson(releaseSchema, inner);
  return release === undefined ? { ok: false, problem: "badShape" } : { ok: true, release };
};

/** What is written in it, whoever wrote it: for showing, never for acting. */
export const peekRelease = (bytes: Uint8Array): Release | undefined => {
  const outer = parsedJson(envelope, bytes);
  return outer && parsedJson(releaseSchema, Buffer.from(outer.release, "base64"));
};

/** The SHA-256 of piece `index` (from 0), 32 bytes. */
export const pieceHash = ({ pieces }: Release, index: number): Buffer =>
  Buffer.from(pieces, "base64").subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
