// What do signed messages share, whatever they say: JSON of a known shape, and keys that are the right kind?
import { createPublicKey, type KeyObject } from "node:crypto";
import type { z } from "zod";

/** Undefined: no JSON, or of another shape. */
export const parsedJson = <T>(schema: z.ZodType<T>, bytes: Uint8Array): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8"))).data;
  } catch {
    return undefined;
  }
};

/** Undefined: no PEM of an Ed25519 public key (RFC 8410). */
export const ed25519Key = (pem: string): KeyObject | undefined => {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
};
