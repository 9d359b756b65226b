// What does the citizen see now? (The one vocabulary between the visit and the page.)
//
// The view is a pure projection of the machine's state. It may hold personal values, because the
// citizen must check them; it is pushed over loopback only and replaced by an empty one at the end.
import type { Bilingual, FaultCode } from "../core/faults.js";
import type { FieldKind, IdentityLevel } from "../procedures/procedure.js";
import type { FaceCoach, Language, PageAdvice, Wishes } from "./events.js";
import type { DeskReason, QrPicture } from "./payment.js";
import type { CodeRefusal } from "./phone-code.js";
import type { OpinionOutcome, QueueChoice, QueueNow, QueueWait } from "./queue.js";
import type { PixelBox, TraySight } from "./sight.js";

export interface FieldView {
  readonly key: string;
  readonly kind: FieldKind;
  readonly label: Bilingual;
  readonly hint: Bilingual | null;
  readonly choices: readonly { readonly value: string; readonly label: Bilingual }[];
  /** To be taken with one touch; the Vietnamese words are the value. */
  readonly suggestions?: readonly Bilingual[];
  readonly value: string;
  readonly required: boolean;
  readonly error: Bilingual | null;
  readonly source: "empty" | "card" | "paper" | "typed";
  /** A number that those behind need not read: covered until it is asked for, and on each screen anew. */
  readonly covered?: true;
  /** True when the value was read with low confidence and wants a look. */
  readonly doubtful: boolean;
  /** What stood there before the machine mended it; gone once the citizen typed. */
  readonly mendedFrom?: string;
  /** Handwriting that nothing here can read, and nobody has typed yet. */
  readonly unread?: true;
  /** The machine read handwriting here, and nobody has said yet whether that is right. */
  readonly fromHand?: true;
  /** Where it stands on the picture of the page, in its pixels. */
  readonly box?: PixelBox;
}

/** A difference in the citizen's words; `card` and `given` are null where a whole paper differs. */
export interface HintView {
  readonly where: "form" | "paper";
  readonly label: Bilingual;
  readonly card: string | null;
  readonly given: string | null;
}

export interface StoredView {
  readonly stage: "scan" | "searching" | "found" | "refused" | "kept";
  /** "found", "kept"; null: nobody could be asked, it is looked for later. */
  readonly copy: { readonly title: Bilingual; readonly date: string } | null;
  /** "refused": there is one, and it does not hold any more. */
  readonly revoked: boolean;
}

export type Screen =
  | {
      readonly name: "attract";
      readonly outOfService: FaultCode | null;
      /** Which numbers are called at the desks; left out: nobody knows. */
      readonly queue?: QueueNow;
    }
  | { readonly name: "language" }
  | {
      readonly name: "procedure";
      readonly procedures: readonly {
        readonly code: string;
        readonly title: Bilingual;
        readonly summary: Bilingual;
        readonly feeVnd: number;
        readonly workingDays: number;
        readonly papers: readonly Bilingual[];
      }[];
    }
  | {
      readonly name: "ticket";
      readonly stage: "service" | "group" | "printing" | "take" | "inDoubt" | "noPaper";
      readonly number: string | null;
      /** "service", "group": what there is to choose; `waiting`: people in that line. */
      readonly choices?: readonly (QueueChoice & { readonly waiting?: number })[];
      /** Left out: nobody knows how long it takes. */
      readonly wait?: QueueWait;
    }
  | {
      readonly name: "lookup";
      readonly stage: "scan" | "searching" | "found" | "unknown";
      /** What keeps the slip's code from being read: it can be typed. */
      readonly fault?: FaultCode | null;
      readonly result: {
        readonly number: string;
        readonly title: Bilingual;
        readonly state: string;
        readonly appointment: string | null;
        readonly asOf: string;
        readonly fresh: boolean;
        /** Absent: it costs nothing, or the portal could not be asked. */
        readonly fee?: { readonly amountVnd: number; readonly paid: boolean };
        /** RATE_RESULT works. Left out: there is no result to rate, or nobody who would hear it. */
        readonly mayRate?: boolean;
        /** The portal's answer, once somebody has said how content they are. */
        readonly opinion?: OpinionOutcome;
      } | null;
    }
  | {
      readonly name: "identify";
      readonly stage:
        | "showQr"
        | "cardBack"
        | "typed"
        | "layCard"
        | "reading"
        | "failed"
        | "face"
        | "faceFailed";
      readonly percent: number;
      readonly fault: FaultCode | null;
      readonly canSkipChip: boolean;
      readonly neededLevel: IdentityLevel;
      /** While the face is looked at; `slow`: more time is offered, STILL_HERE takes it. */
      readonly face?: { readonly coach: FaceCoach; readonly slow: boolean };
      /** After a face that could not be compared: RETRY works. */
      readonly canRetryFace?: boolean;
      /** What was typed before the card refused it, so that only the mistake is typed again. */
      readonly typed?: {
        readonly number: string;
        readonly birthDate: string;
        readonly expiryDate: string;
      };
    }
  | {
      readonly name: "form";
      readonly title: Bilingual;
      readonly page: number;
      readonly pages: number;
      readonly fields: readonly FieldView[];
    }
  | {
      readonly name: "papers";
      readonly stage:
        | "asking"
        | "slot"
        | "feeding"
        | "takeBack"
        | "stopped"
        | "place"
        | "taking"
        | "finding"
        | "reading"
        | "poor"
        | "review"
        | "arrange"
        | "stored"
        | "failed";
      readonly title: Bilingual;
      readonly index: number;
      readonly count: number;
      readonly optional: boolean;
      readonly percent: number;
      readonly imageUrl: string | null;
      readonly recognised: boolean;
      /** Pages taken of this paper; CAPTURE in the review takes another one while taken < max. `shown`: from 1. */
      readonly pages?: { readonly taken: number; readonly max: number; readonly shown?: number };
      /**
       * The sheet that goes through the slot, from 1; fed sheets that are not kept; whether FEED and USE_TRAY work.
       */
      readonly feed?: { readonly sheet: number; readonly surplus: number; readonly open: boolean };
      readonly fields: readonly FieldView[];
      readonly fault: FaultCode | null;
      /** Of the picture under `imageUrl`. */
      readonly picture?: { readonly widthPx: number; readonly heightPx: number };
      /** "poor": the one thing that makes a better picture. NEXT uses this one all the same. */
      readonly advice?: PageAdvice;
      /** "place", where the tray is seen: CAPTURE works at any time. Null until the first look. */
      readonly sight?: TraySight | null;
      /** "arrange": pictures of the pages in their order; MOVE_PAGE and REMOVE_PAGE work. */
      readonly thumbs?: readonly string[];
      /** USE_STORED works. */
      readonly mayUseStored?: boolean;
      readonly stored?: StoredView;
    }
  | {
      readonly name: "check";
      readonly procedure: Bilingual;
      readonly rows: readonly {
        readonly label: Bilingual;
        readonly value: string;
        readonly source: FieldView["source"];
        readonly covered?: true;
        /** The value is a path (core/drawn-signature.ts). */
        readonly drawn?: true;
      }[];
      readonly papers: readonly {
        readonly title: Bilingual;
        readonly imageUrl: string | null;
        /** An electronic copy takes its place. */
        readonly stored?: true;
      }[];
      readonly feeVnd: number;
      /** What differs from the card and may be a slip; MEND with its index leads to the place. */
      readonly hints?: readonly HintView[];
    }
  | {
      readonly name: "confirm";
      readonly code: string;
      readonly wrong: boolean;
      /** A code should have gone to the phone, and this one is used instead. */
      readonly why?: CodeRefusal;
    }
  | {
      readonly name: "phoneCode";
      readonly stage: "sending" | "typing" | "checking";
      /** The last three digits of the citizen's number. */
      readonly tail: string;
      readonly wrong: boolean;
      readonly triesLeft: number | null;
      /** RETRY sends another one; NO_CODE takes the code on the screen. */
      readonly mayResend: boolean;
    }
  | { readonly name: "submitting" }
  | {
      readonly name: "pay";
      readonly stage: "asking" | "code" | "slow" | "paid" | "desk";
      readonly amountVnd: number;
      /** "code", "slow": to be scanned; NEXT pays at the desk instead, STILL_HERE takes more time. */
      readonly qr: QrPicture | null;
      readonly payee: string;
      readonly reference: string | null;
      readonly secondsLeft: number;
      /** "desk" */
      readonly why: DeskReason | null;
    }
  | {
      readonly name: "slip";
      readonly stage: "printing" | "take" | "inDoubt" | "noPaper";
      readonly number: string;
      readonly appointment: string | null;
      readonly receiptNumber: string | null;
      readonly lookupCode: string;
      /** Absent: it costs nothing. */
      readonly fee?: { readonly amountVnd: number; readonly paid: boolean };
      readonly fault: FaultCode | null;
      /** The slip still lies in the printer's mouth as far as the kiosk knows. */
      readonly reminder?: boolean;
    }
  /** Of the visit, or of the result of an application that was looked up. */
  | { readonly name: "rate"; readonly about?: "result" }
  | { readonly name: "goodbye" }
  /** After a restart: a slip's fate is unknown and whoever stands here may know. */
  | { readonly name: "slipInDoubt"; readonly slipNumber: string; readonly stage: "ask" | "printing" | "done" }
  | { readonly name: "trouble"; readonly fault: FaultCode };

export type ScreenName = Screen["name"];

export interface View {
  /** Grows by one with every change; a page that sees a gap asks for nothing: each view is whole. */
  readonly revision: number;
  readonly language: Language;
  readonly screen: Screen;
  /** Steps of the visit, for the bar on top; null outside a visit. */
  readonly progress: { readonly step: number; readonly of: number; readonly minutesLeft: number } | null;
  readonly can: { readonly back: boolean; readonly cancel: boolean; readonly help: boolean };
  /** Idle warning: seconds until the kiosk forgets everything. */
  readonly idle: { readonly secondsLeft: number } | null;
  readonly helpOpen: boolean;
  readonly officerCalled: boolean;
  readonly wishes: Wishes;
  /** A visit to try: made-up, and nothing comes of it. */
  readonly practice?: true;
  /** Whether screens are spoken now; absent where the kiosk does not speak. */
  readonly speech?: "on" | "off";
  /** Headphones are in: one pair of ears hears what is spoken. */
  readonly headphones?: true;
  /** The visit by ear; null where it could be chosen, absent where the kiosk does not speak. */
  readonly byEar?: EarView | null;
}

/** What stands on the screen of a visit by ear. Nothing personal: who needs it hears it. */
export interface EarView {
  /** The item that the keys stand on, in words. */
  readonly text: string;
  /** From 1; how many there are. */
  readonly at: number;
  readonly of: number;
}
