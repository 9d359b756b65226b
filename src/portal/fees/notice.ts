// What does the bank's gateway tell of a transfer, and is it about our account?
//
// The contract is `contract.yaml` beside this file. It is ours: gateways in service have their own forms, and one
// is connected by an adapter that speaks this one.
import { z } from "zod";
import type { FeeSettings } from "./fee-settings.js";

export interface Notice {
  /** The bank's own id of the transfer. */
  readonly transaction: string;
  readonly amountVnd: number;
  readonly paidAtMs: number;
  /** As the payer's app sent them. */
  readonly words: string;
}

export const noticeSchema = z.strictObject({
  transaction: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  bankBin: z.string().regex(/^[0-9]{6}$/),
  account: z.string().regex(/^[A-Za-z0-9]{1,19}$/),
  amountVnd: z.int().min(1).max(9_999_999_999_999),
  currency: z.literal("VND"),
  direction: z.literal("credit"),
  paidAt: z.iso.datetime({ offset: true }),
  words: z.string().max(500),
});

export type NoticeProblem = "badBody" | "notOurs";

export const readNotice = (body: Uint8Array, { bankBin, account }: FeeSettings): Notice | NoticeProblem => {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return "badBody";
  }
  const found = noticeSchema.safeParse(json);
  if (!found.success) return "badBody";
  const told = found.data;
  if (told.bankBin !== bankBin || told.account !== account) return "notOurs";
  const { transaction, amountVnd, words } = told;
  return { transaction, amountVnd, words, paidAtMs: Date.parse(told.paidAt) };
};
