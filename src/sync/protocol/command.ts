// What may operations ask of a kiosk, and is it really operations that ask?
//
// A command is signed with a key of its own (Ed25519), apart from the keys of the link and of the portal: who can
// write to the broker still can not command. It is never retained, it expires, it has a place in a sequence, and
// what it may ask is this closed list. There is no shell.
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "./manifest.js";

const DOMAIN = Buffer.from("motcua command v1\0");
const MAX_BYTES = 16 * 1024;

const word = z.string().regex(/^[A-Za-z][A-Za-z0-9.]{0,39}$/);

export const commandSchema = z.discriminatedUnion("name", [
  /** One device is opened anew; `device` is its name, e.g. "printer". */
  z.strictObject({ name: z.literal("restartDevice"), device: word }),
  /** Nothing is printed and nobody is asked for. */
  z.strictObject({ name: z.literal("selfTest"), device: word.optional() }),
  /** What was put aside because it was refused goes once more. */
  z.strictObject({ name: z.literal("releaseQuarantined") }),
  /** The first screen says that this kiosk does not serve; visits under way end by themselves. */
  z.strictObject({ name: z.literal("outOfService"), on: z.boolean() }),
  /** The supervisor of the process starts it again. */
  z.strictObject({ name: z.literal("restartRuntime") }),
]);
export type KioskCommand = z.infer<typeof commandSchema>;

export const orderSchema = z.strictObject({
  v: z.literal(1),
  id: z.uuid(),
  kiosk: z.string().regex(/^[A-Za-z0-9-]{1,32}$/),
  /** Grows with each command to this kiosk. */
  sequence: z.int().positive(),
  issuedAtMs: z.int().nonnegative(),
  expiresAtMs: z.int().nonnegative(),
  command: commandSchema,
});
export type Order = z.infer<typeof orderSchema>;

const envelope = z.strictObject({ v: z.literal(1), order: z.base64(), signature: z.base64() });

export interface OrderSigner {
  sign(bytes: Uint8Array): Uint8Array;
}

/** The payload of a message on `…/down/command`. */
export const signOrder = (order: Order, key: OrderSigner): Buffer => {
  const bytes = Buffer.from(canonicalJson(orderSchema.parse(order)));
  const signature = Buffer.from(key.sign(Buffer.concat([DOMAIN, bytes])));
  return Buffer.from(
    canonicalJson({ v: 1, order: bytes.toString("base64"), signature: signature.toString("base64") }),
  );
};

const toKey = (pem: string): KeyObject | undefined => {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
};

const parsed = <T>(schema: z.ZodType<T>, bytes: Uint8Array): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8"))).data;
  } catch {
    return undefined;
  }
};

export type OpenedOrder =
  | { readonly ok: true; readonly order: Order }
  /** "unsigned": nobody who may command said this. "unknownCommand": signed, but this program can not do it. */
  | { readonly ok: false; readonly problem: "unsigned" }
  | { readonly ok: false; readonly problem: "unknownCommand"; readonly id: string; readonly kiosk: string };

const head = z.object({ id: z.uuid(), kiosk: z.string().max(32) });

/** The signature is checked over the very bytes, before anything in them is believed. Never throws. */
export const openOrder = (payload: Uint8Array, publicKeysPem: readonly string[]): OpenedOrder => {
  const outer = payload.length > MAX_BYTES ? undefined : parsed(envelope, payload);
  if (outer === undefined) return { ok: false, problem: "unsigned" };
  const bytes = Buffer.from(outer.order, "base64");
  const signed = Buffer.concat([DOMAIN, bytes]);
  const signature = Buffer.from(outer.signature, "base64");
  const holds = publicKeysPem.some((pem) => {
    const key = toKey(pem);
    return key !== undefined && verify(null, signed, key, signature);
  });
  if (!holds) return { ok: false, problem: "unsigned" };
  const order = parsed(orderSchema, bytes);
  if (order !== undefined) return { ok: true, order };
  const named = parsed(head, bytes);
  return named === undefined
    ? { ok: false, problem: "unsigned" }
    : { ok: false, problem: "unknownCommand", ...named };
};

/** Stands in a journal instead of a forged payload. */
export const digestOf = (payload: Uint8Array): string =>
  createHash("sha256").update(payload).digest("hex").slice(0, 16);
