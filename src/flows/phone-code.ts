// What can come of a code that goes to the citizen's phone?

/** Why the code on the screen is used instead. Each is said to the citizen, and none stops them. */
export const CODE_REFUSALS = [
  "offline",
  "noGateway",
  "gatewayDown",
  "tooMany",
  "badNumber",
  "expired",
  "gotNothing",
] as const;
export type CodeRefusal = (typeof CODE_REFUSALS)[number];

/** A sending that the portal will know by its reference. */
export interface SentCode {
  readonly kind: "sent";
  readonly reference: string;
  readonly secondsLeft: number;
}

export interface NoCode {
  readonly kind: "no";
  readonly why: CodeRefusal;
}

export type CodeSent = SentCode | NoCode;
export type CodeTried =
  | { readonly kind: "right" }
  | { readonly kind: "wrong"; readonly triesLeft: number }
  | NoCode;

/** How the citizen confirmed. A code on the screen shows intent; one by SMS also who holds the phone of `field`. */
export type ConfirmedBy =
  | { readonly method: "codeOnScreen" }
  | { readonly method: "sms"; readonly reference: string; readonly field: string };

/** A sending of this visit. */
export interface Texted {
  readonly field: string;
  /** E.164. */
  readonly phone: string;
  readonly reference: string;
  /** On the monotonic clock. */
  readonly untilMs: number;
}
