// What exactly did this kiosk say belongs to a submission, and did it say so?
//
// The envelope carries the very bytes that were signed; the reader checks the signature over these bytes
// before it parses them, so no two readings of one manifest can differ.
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import type { DeviceKey } from "./keys.js";
import type { Manifest } from "./messages.js";
import { manifestSchema } from "./validate.js";

/** Keeps a signature over a manifest from being taken for one over anything else. */
const DOMAIN = Buffer.from("motcua manifest v1\0");

/** JSON with sorted keys and no white space; numbers here are all integers. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
};

const envelope = z.strictObject({ manifest: z.base64(), signature: z.base64() });

export const signManifest = (manifest: Manifest, key: DeviceKey): Uint8Array => {
  const bytes = Buffer.from(canonicalJson(manifest));
  const signature = Buffer.from(key.sign(Buffer.concat([DOMAIN, bytes])));
  return Buffer.from(
    canonicalJson({ manifest: bytes.toString("base64"), signature: signature.toString("base64") }),
  );
};

const parse = <T>(schema: z.ZodType<T>, bytes: Uint8Array): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8"))).data;
  } catch {
    return undefined;
  }
};

const toKey = (publicKeyPem: string): KeyObject | undefined => {
  try {
    const key = createPublicKey(publicKeyPem);
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
};

/** The manifest, or undefined when the signature, the form or the content does not hold. */
export const verifyManifest = (signed: Uint8Array, publicKeyPem: string): Manifest | undefined => {
  const outer = parse(envelope, signed);
  const key = toKey(publicKeyPem);
  if (outer === undefined || key === undefined) return undefined;
  const bytes = Buffer.from(outer.manifest, "base64");
  const signature = Buffer.from(outer.signature, "base64");
  if (!verify(null, Buffer.concat([DOMAIN, bytes]), key, signature)) return undefined;
  return parse(manifestSchema, bytes);
};
