// What do the kiosk and its PC/SC process say to each other?

/** One verb at a time; each is one or two calls of PC/SC. */
export type PcscRequest =
  | { readonly verb: "readers" }
  /** Ends when the reader's state differs from `state` (0: unknown, so at once), or after `withinMs`. */
  | { readonly verb: "wait"; readonly reader: string; readonly state: number; readonly withinMs: number }
  /** Exclusive, T=1. With `reset` the card loses its power first. Gives the answer to reset. */
  | { readonly verb: "connect"; readonly reader: string; readonly reset: boolean }
  | { readonly verb: "transmit"; readonly apdu: Uint8Array }
  /** Takes the card's power away. */
  | { readonly verb: "disconnect" };

/** Sent without an id and not answered: ends a running "wait". */
export const CANCEL = "cancel";

export interface PcscAnswers {
  readonly readers: readonly string[];
  /** Flags of SCARD_READERSTATE. */
  readonly wait: number;
  readonly connect: Uint8Array;
  readonly transmit: Uint8Array;
  readonly disconnect: null;
}

export type PcscAnswer = PcscAnswers[keyof PcscAnswers];

/** Closed: what each means for the kiosk is decided once, in the driver. */
export type PcscErrorKind =
  | "noPackage"
  | "noService"
  | "noReader"
  | "inUse"
  | "cardGone"
  | "cardMute"
  | "failed";

export interface Numbered {
  readonly id: number;
  readonly request: PcscRequest;
}

export type PcscReply =
  | { readonly id: number; readonly answer: PcscAnswer }
  | { readonly id: number; readonly error: PcscErrorKind; readonly detail: string };

/** Flags of SCARD_READERSTATE.dwEventState, as in winscard.h. */
export const STATE = {
  unknown: 0x0004,
  unavailable: 0x0008,
  empty: 0x0010,
  present: 0x0020,
  mute: 0x0200,
} as const;
