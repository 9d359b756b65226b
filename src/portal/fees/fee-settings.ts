// To which account are fees paid, and who may say that they were?
import { z } from "zod";
import { ACCOUNT, BANK_BIN, SERVICES, type Service } from "../../core/vietqr.js";

export interface FeeSettings {
  /** Six digits that NAPAS gave to the bank. */
  readonly bankBin: string;
  readonly account: string;
  /** As the payer's app will name the holder. */
  readonly accountName: string;
  readonly service: Service;
  /** Before each payment's reference: tells our payments from others on the same account. */
  readonly referencePrefix: string;
  /** A code counts for so long; what comes later counts too, and an officer is told. */
  readonly minutes: number;
  /** Shared with the payment gateway, see signed-call.ts. */
  readonly noticeSecretFile: string;
}

export const DEFAULT_PREFIX = "MC";

export const feeSettingsShape = z.strictObject({
  bankBin: z.string().regex(BANK_BIN, "six digits, the bank's BIN at NAPAS, please"),
  account: z.string().regex(ACCOUNT, "1 to 19 letters and digits without spaces, please"),
  accountName: z.string().trim().min(1, "whose account it is, please").max(70, "70 signs at most, please"),
  service: z.enum(SERVICES, `one of ${SERVICES.join(", ")}, please`).default("QRIBFTTA"),
  referencePrefix: z
    .string()
    .regex(/^[A-HJKMNP-TV-Z]{2,6}$/, "2 to 6 capital letters without I, L, O and U, please")
    .default(DEFAULT_PREFIX),
  minutes: z.int().min(3, "3 at least, please").max(1440, "1440 at most, please").default(15),
  noticeSecretFile: z.string().min(1),
});
