// Who handed an application in, and where does that person want the result?
import type { ApplicationContent } from "../sync/protocol/content.js";
import type { Way } from "./deliver/delivery-rows.js";

const CITIZEN_NUMBER = /^\d{12}$/;
/** Keys of the form's fields; a procedure that offers a way has them. */
const EMAIL_KEY = "email";
const WALLET_KEY = "wallet";
const WISHED: ReadonlySet<string> = new Set(["yes", "true", "1"]);

/** The 12 digits; null when nobody identified with a number. */
export const citizenNumber = (content: ApplicationContent): string | null => {
  const number = (content.identity.citizen["number"] ?? "").replace(/\s/g, "");
  return CITIZEN_NUMBER.test(number) ? number : null;
};

const formValue = (content: ApplicationContent, key: string): string =>
  content.form.find((field) => field.key === key)?.value.trim() ?? "";

export const emailOf = (content: ApplicationContent): string | null => formValue(content, EMAIL_KEY) || null;

/** In which ways the citizen asked for the copies. */
export const wishedWays = (content: ApplicationContent): readonly Way[] => [
  ...(emailOf(content) === null ? [] : (["mail"] as const)),
  ...(WISHED.has(formValue(content, WALLET_KEY).toLowerCase()) ? (["wallet"] as const) : []),
];

/** Null: this way can not reach the holder. */
export const recipientOf = (content: ApplicationContent, way: Way): string | null =>
  way === "mail" ? emailOf(content) : citizenNumber(content);
