// What does a visit ask of the rest of the house?
//
// Every function is invoked by a state and gets that state's AbortSignal: leaving the state cancels it.
// All reject with `FaultError` only. The kiosk wires them to the real rooms; tests wire them to others.
import type { Fault } from "../core/faults.js";
import type { Pii } from "../core/pii.js";
import type { CardKey, CardPortrait, CitizenRecord, Identity } from "./citizen.js";
import type { FaceCoach, Language } from "./events.js";
import type { CapturedPage, CaptureWish, Difference, FedPapers, StoredAnswer, UsedCopy } from "./paper.js";
import type { PaymentOrder, SlipFee } from "./payment.js";
import type { CodeSent, CodeTried, ConfirmedBy } from "./phone-code.js";
import type { OpinionOutcome, QueueWait, QueueWish } from "./queue.js";
import type { TraySight, TrayWish } from "./sight.js";

export interface Submission {
  /** UUID made at confirmation. A retry carries the same one: storing is idempotent by it. */
  readonly id: string;
  readonly procedureCode: string;
  readonly language: Language;
  readonly identity: Identity;
  readonly form: Pii<Readonly<Record<string, string>>>;
  readonly papers: readonly {
    readonly paperId: string;
    readonly pages: readonly CapturedPage[];
    /** By field key: what the citizen typed over the reading. */
    readonly corrected: Pii<Readonly<Record<string, string>>>;
    /** A stored copy instead of pages. */
    readonly stored: Pii<UsedCopy> | null;
  }[];
  /** Whole đồng, as the citizen saw it; 0: it costs nothing. */
  readonly feeVnd: number;
  /** How the citizen confirmed, and when. */
  readonly confirmation: ConfirmedBy & { readonly at: number };
}

/** What is put side by side before the citizen confirms. All of it is personal, and not kept. */
export interface ComparedFacts {
  readonly procedureCode: string;
  readonly identity: Identity;
  readonly form: Readonly<Record<string, string>>;
  readonly papers: readonly {
    readonly paperId: string;
    readonly pages: readonly CapturedPage[];
    readonly corrected: Readonly<Record<string, string>>;
  }[];
}

/** An electronic copy that somebody wants to use again. */
export interface StoredWish {
  readonly lookupCode: string;
  /** What was asked for; "any" paper will do. */
  readonly paperClass: string;
  /** The citizen's number. Dropped with the effect. */
  readonly holder: Pii<string>;
}

/** What may be printed and kept in the clear: nothing in it is personal. */
export interface Slip {
  /** The number the citizen keeps, e.g. "K01-000123". */
  readonly number: string;
  readonly procedureCode: string;
  readonly procedureTitle: { readonly vi: string; readonly en: string };
  /** Text of the QR: finds the application again, at any kiosk or at the portal. */
  readonly lookupCode: string;
  /** The portal's own receipt number; null while it has not answered. */
  readonly receiptNumber: string | null;
  /** yyyy-MM-ddTHH:mm local; null: promised by message and by look-up. */
  readonly appointment: string | null;
  /** Local wall time of submission and whether the clock was trusted. */
  readonly submittedAt: string;
  readonly clockTrusted: boolean;
  readonly language: Language;
  /** Absent: it costs nothing. */
  readonly fee?: SlipFee;
}

/** Which application is paid for. */
export interface PaymentWish {
  readonly submissionId: string;
  /** With its fee. */
  readonly slip: Slip;
}

export type PrintResult =
  | { readonly result: "printed" }
  | { readonly result: "notPrinted"; readonly fault: Fault }
  /** `intent` names the journal entry that the citizen's answer settles. */
  | { readonly result: "inDoubt"; readonly intent: number };

export interface TakenNumber {
  /** As it is called, e.g. "A012". */
  readonly number: string;
  /** Null: nobody knows. */
  readonly wait?: QueueWait | null;
  readonly print: PrintResult;
}

export type LookupResult =
  | {
      readonly found: true;
      readonly number: string;
      readonly procedureTitle: { readonly vi: string; readonly en: string };
      readonly state: string;
      readonly appointment: string | null;
      readonly asOf: string;
      readonly fresh: boolean;
      /** By the portal's word of now; left out: it costs nothing, or nobody could be asked. */
      readonly fee?: { readonly amountVnd: number; readonly paid: boolean };
      /** There is a result, and the portal would take an opinion of it now. */
      readonly mayRate?: boolean;
    }
  | { readonly found: false };

/** Who a card's print says it belongs to; nothing is proven by it. */
export interface CardClaim {
  readonly key: CardKey;
  readonly citizen: Pii<CitizenRecord>;
}

export interface FaceOutcome {
  readonly match: "same" | "different" | "unsure";
  /** True only when the challenge and the passive cues say so. */
  readonly live: boolean;
  /** Words and bands, no number that could identify. */
  readonly evidence: string;
}

export interface VisitEffects {
  /** Reads "id12|…" of the card or VNeID; throws "card.badQr". */
  parseCardQr(text: string): { readonly key: CardKey; readonly citizen: Pii<CitizenRecord> };
  /** From typed fields (dates yyyy-MM-dd); throws "card.wrongKey" when they can not be right. */
  typedKey(number: string, birthDate: string, expiryDate: string): CardKey;
  /** Looks at the tray until the back of a card gives its key; ends with the signal. */
  readCardBack(signal: AbortSignal): Promise<CardClaim>;
  /** Waits for a card and reads it. `onProgress`: 0 … 1, and whether the card was lifted and is waited for. */
  readCard(
    key: Pii<CardKey>,
    onProgress: (fraction: number, lifted?: boolean) => void,
    signal: AbortSignal,
  ): Promise<Identity>;
  /** Compares the person before the kiosk with the card's portrait; asks for turns of the head meanwhile. */
  verifyFace(
    portrait: Pii<CardPortrait>,
    onProgress: (coach: FaceCoach, fraction: number) => void,
    signal: AbortSignal,
  ): Promise<FaceOutcome>;
  /**
   * Looks at the tray until a page lies there well and still, then resolves; rejects when the camera shows nothing.
   * Left out: this kiosk has no such eyes.
   */
  watchTray?(wish: TrayWish, onSight: (sight: TraySight) => void, signal: AbortSignal): Promise<void>;
  /** Takes a picture of the tray and reads it. `onProgress` names the stage. */
  capturePaper(
    wish: CaptureWish,
    onProgress: (stage: "taking" | "finding" | "reading", fraction: number) => void,
    signal: AbortSignal,
  ): Promise<CapturedPage>;
  /** The kiosk has a scanner, and it is ready: papers may go into the slot instead of onto the tray. */
  slotServes?(): Promise<boolean>;
  /** Feeds every sheet in the slot and reads it; `sheet` counts from 1. Rejects when there is no page at all ("scanner.feederEmpty", …). */
  feedPapers?(
    wish: CaptureWish,
    onProgress: (sheet: number, stage: "taking" | "finding" | "reading", fraction: number) => void,
    signal: AbortSignal,
  ): Promise<FedPapers>;
  /** Asks for an electronic copy of this holder. Left out: this kiosk can not. Never throws for a link that is down. */
  findStored?(wish: StoredWish, signal: AbortSignal): Promise<StoredAnswer>;
  /** Where form and papers differ from the card, as far as the citizen can mend it. Left out: nothing is compared. */
  differences?(facts: ComparedFacts): readonly Difference[];
  /** Seals and stores durably; when it resolves, the submission can not be lost. Then waits a little for the receipt. */
  submit(submission: Submission, signal: AbortSignal): Promise<Slip>;
  /**
   * Asks the portal how the fee can be paid, journalled. Never holds the application up: whatever goes wrong, it is
   * paid at the desk. Left out: this kiosk takes no payments.
   */
  askPayment?(wish: PaymentWish, signal: AbortSignal): Promise<PaymentOrder>;
  /** Resolves when the portal says that money came; waits through a link that goes and comes back. */
  awaitPayment?(wish: PaymentWish, signal: AbortSignal): Promise<"paid" | "wrongAmount">;
  /** Prints a slip as a journalled transaction. `reprintOf`: the citizen said the slip of that intent did not come out. */
  printSlip(slip: Slip, reprintOf: number | null, signal: AbortSignal): Promise<PrintResult>;
  /** The citizen's answer to "did the slip come out?". */
  settlePrint(intent: number, cameOut: boolean): Promise<void>;
  /** The slip of a print that was in doubt, for printing it again; null when it is no longer kept. */
  slipOfIntent(intent: number): Slip | null;
  /** Next queue number of today, printed; the number is valid whether or not paper came out. */
  takeNumber(wish: QueueWish & { readonly language: Language }, signal: AbortSignal): Promise<TakenNumber>;
  lookUp(code: string, signal: AbortSignal): Promise<LookupResult>;
  rate(stars: number, procedureCode: string): Promise<void>;
  /** How content somebody is with the result of this very application; once each. Throws "link.down". */
  rateResult?(code: string, stars: number, signal: AbortSignal): Promise<OpinionOutcome>;
  callOfficer(step: string): Promise<void>;
  /** Has the portal send a code to this number (E.164). Left out: this kiosk asks for none. Rejects with the signal only. */
  sendCode?(phone: Pii<string>, signal: AbortSignal): Promise<CodeSent>;
  /** Whether this is the code of that sending. Rejects with the signal only. */
  tryCode?(reference: string, code: Pii<string>, signal: AbortSignal): Promise<CodeTried>;
  /** A fresh confirmation code of four digits. */
  confirmationCode(): string;
  /** Lamps that show where to act; "none" when the step needs no device. */
  showPlace(place: "card" | "tray" | "slip" | "none"): void;
  /** Drops every personal value of the visit: pictures, caches, worker state. Never throws. */
  forget(): void;
}
