// What does the statechart of a visit remember, and which events move it?
import type { Clock } from "../core/clock.js";
import type { Fault, FaultCode } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { Pii } from "../core/pii.js";
import type { Catalogue, FieldError, Procedure } from "../procedures/procedure.js";
import type { Delays } from "./delays.js";
import type { Slip, VisitEffects } from "./effects.js";
import {
  type CitizenEvent,
  type FaceCoach,
  type Language,
  NO_WISHES,
  type Wishes,
  type WorldEvent,
} from "./events.js";
import type { PaymentOrder } from "./payment.js";
import { noPersonal, type Personal } from "./personal.js";
import type { CodeRefusal, ConfirmedBy } from "./phone-code.js";
import type { OpinionOutcome, QueueNow, QueueOffer, QueueWait } from "./queue.js";
import type { TraySight, TrayWish } from "./sight.js";

/** What the visit is built on; the same for every visit of this process. */
export interface House {
  readonly effects: VisitEffects;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly delays: Delays;
  readonly speech: SpeechMode;
  readonly queue: QueueOffer;
  /** Name of the state that the visit is in, for the officer who is called. */
  readonly stepNow: () => string;
  /** Aborts when the statechart itself dies: its effects must not outlive it. */
  readonly life: AbortSignal;
}

/** Events that the statechart sends to itself; the page can not send them. */
export type InternalEvent =
  | { readonly type: "CARD_PROGRESS"; readonly fraction: number; readonly lifted: boolean }
  | { readonly type: "FACE_PROGRESS"; readonly coach: FaceCoach; readonly fraction: number }
  | { readonly type: "TRAY_SEEN"; readonly sight: TraySight }
  | { readonly type: "CAPTURE_PROGRESS"; readonly stage: CaptureStage; readonly fraction: number }
  | {
      readonly type: "FEED_PROGRESS";
      readonly sheet: number;
      readonly stage: CaptureStage;
      readonly fraction: number;
    }
  | { readonly type: "IDLE_OUT" }
  /** Means nothing; asks whether the statechart takes events. */
  | { readonly type: "ANSWER" }
  | { readonly type: "VISIT_ENDED" };

export type VisitEvent = CitizenEvent | WorldEvent | InternalEvent;
/** "on": spoken until it is muted; "asked": once somebody asks for it; "off": never, and no button offers it. */
export type SpeechMode = "on" | "asked" | "off";
export type CaptureStage = "taking" | "finding" | "reading";
export type TroubleFrom = "identify" | "papers" | "submit" | "ticket" | "lookup";
export type VisitEnd = "finished" | "cancelled" | "idle" | "trouble";

export interface PrintDoubt {
  readonly intent: number;
  readonly slipNumber: string;
}

/** Dropped at every end of a visit. Only `personal` holds personal values. */
export interface OfOneVisit {
  readonly personal: Pii<Personal>;
  readonly procedure: Procedure | null;
  readonly ended: VisitEnd;
  /** Fault shown on the present screen. */
  readonly fault: FaultCode | null;
  readonly percent: number;
  readonly cardLosses: number;
  /** How often this visit has compared a face. */
  readonly faceTries: number;
  readonly faceCoach: FaceCoach;
  /** Index into the visible pages. */
  readonly formPage: number;
  readonly errors: readonly FieldError[];
  /** The papers are in and the form still misses something. */
  readonly mending: boolean;
  readonly paperIndex: number;
  readonly captureStage: CaptureStage;
  readonly retaking: boolean;
  /** The page of this paper that is looked at. */
  readonly pageIndex: number;
  /** The last answer of the scanner: papers may go into its slot. */
  readonly slotServes: boolean;
  /** The page under review was taken on the tray just now, and its paper still lies there. */
  readonly onTray: boolean;
  readonly trayWish: TrayWish;
  /** The newest look at the tray, while it is looked at. */
  readonly sight: TraySight | null;
  /** Number of the sheet that is in the slot, from 1. */
  readonly sheet: number;
  /** Fed sheets over what this paper may have; they were not kept. */
  readonly surplus: number;
  readonly code: string;
  readonly wrongCodes: number;
  readonly lastCodeWrong: boolean;
  /** Why the code is on the screen and not on the phone; null: nothing failed, or no phone was asked for. */
  readonly codeWhy: CodeRefusal | null;
  /** Of the code on the phone, after a wrong one. */
  readonly codeTriesLeft: number | null;
  readonly confirmedBy: ConfirmedBy;
  readonly submissionId: string | null;
  readonly slip: Slip | null;
  /** How the fee can be paid; null before the portal was asked. */
  readonly payment: PaymentOrder | null;
  /** Of the code on the screen. */
  readonly paySecondsLeft: number;
  /** The print whose outcome is unknown. */
  readonly intent: number | null;
  readonly cameOut: boolean;
  readonly reprints: number;
  readonly reminded: boolean;
  readonly ticketService: string | null;
  readonly ticketGroup: string | null;
  readonly ticketNumber: string | null;
  readonly ticketWait: QueueWait | null;
  /** What the portal said to the opinion on a result; null: not asked yet. */
  readonly opinion: OpinionOutcome | null;
  readonly troubleFrom: TroubleFrom;
  /** The screens of this visit are spoken. */
  readonly spoken: boolean;
}

export interface VisitContext extends OfOneVisit {
  readonly house: House;
  /** Counts the visits since the start of the process. */
  readonly visit: number;
  readonly startedAtMs: number;
  /** Somebody uses the kiosk: idle time counts. */
  readonly open: boolean;
  readonly language: Language;
  /** Made at the first screen too, before the visit begins. */
  readonly wishes: Wishes;
  readonly helpOpen: boolean;
  /** A device works, or the state has a longer time of its own: idle time does not count. */
  readonly idleHeld: boolean;
  readonly idleSecondsLeft: number;
  readonly outOfService: Fault | null;
  readonly codeReaderFault: FaultCode | null;
  /** What is personal may be spoken: only one pair of ears hears it. */
  readonly headphones: boolean;
  readonly queueNow: QueueNow | null;
  /** Prints of before the start whose outcome nobody knows yet; asked one after the other. */
  readonly doubts: readonly PrintDoubt[];
  /** Intents that were asked about and not answered; they stay open in the journal. */
  readonly unanswered: readonly number[];
}

export const freshVisit = (): OfOneVisit => ({
  personal: noPersonal(),
  procedure: null,
  ended: "finished",
  fault: null,
  percent: 0,
  cardLosses: 0,
  faceTries: 0,
  faceCoach: "centre",
  formPage: 0,
  errors: [],
  mending: false,
  paperIndex: 0,
  captureStage: "taking",
  retaking: false,
  pageIndex: 0,
  slotServes: false,
  onTray: false,
  trayWish: "first",
  sight: null,
  sheet: 1,
  surplus: 0,
  code: "",
  wrongCodes: 0,
  lastCodeWrong: false,
  codeWhy: null,
  codeTriesLeft: null,
  confirmedBy: { method: "codeOnScreen" },
  submissionId: null,
  slip: null,
  payment: null,
  paySecondsLeft: 0,
  intent: null,
  cameOut: false,
  reprints: 0,
  reminded: false,
  ticketService: null,
  ticketGroup: null,
  ticketNumber: null,
  ticketWait: null,
  opinion: null,
  troubleFrom: "identify",
  spoken: false,
});

export const initialContext = (house: House): VisitContext => ({
  ...freshVisit(),
  house,
  visit: 0,
  startedAtMs: 0,
  open: false,
  language: "vi",
  wishes: NO_WISHES,
  helpOpen: false,
  idleHeld: false,
  idleSecondsLeft: 0,
  outOfService: null,
  codeReaderFault: null,
  headphones: false,
  queueNow: null,
  doubts: [],
  unanswered: [],
});
