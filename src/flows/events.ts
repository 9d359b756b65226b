// What can happen to a visit, from the screen, the devices and the clock?
import type { Fault, FaultCode } from "../core/faults.js";
import type { QueueNow } from "./queue.js";

export type Language = "vi" | "en";

/** What helps the next picture of the face; left and right are the person's own. */
export type FaceCoach =
  | "centre"
  | "comeCloser"
  | "stepBack"
  | "tooDark"
  | "turnToLight"
  | "lookStraight"
  | "holdStill"
  | "onePersonOnly"
  | "turnLeft"
  | "turnRight"
  | "good";

/** What would make a better picture of a page; the first that applies. */
export type PageAdvice =
  | "noPage"
  | "twoPages"
  | "cutOff"
  | "tooDark"
  | "finger"
  | "blurred"
  | "glare"
  | "shadow"
  | "tooSmall";

/**
 * What helps the next picture of the tray. "turnPage": what lies there was taken already. "adjustPage": it is to be
 * taken again, and lies as it did before.
 */
export type PageCoach = PageAdvice | "holdStill" | "turnPage" | "adjustPage";

/** How the citizen of this visit wants the screen; kept until the first screen comes back. */
export interface Wishes {
  /** "largest": letters twice as large. */
  readonly size: "normal" | "large" | "largest";
  /** "dark": light letters on black. "strong": black on white and nothing between. */
  readonly contrast: "standard" | "dark" | "strong";
  /** What is pressed stays in the lower half, within reach from a wheelchair. */
  readonly low: boolean;
  /** How letters with marks are typed, on the screen's keys and on a keyboard. */
  readonly typing: "telex" | "vni";
  /** How fast the kiosk speaks. */
  readonly pace: "slow" | "normal" | "quick";
  /** How loud; "normal" is the board's own. */
  readonly volume: "soft" | "normal" | "loud";
  /** The visit is done by ear and with the keypad: each screen is a list that is walked and spoken. */
  readonly audio: boolean;
  /** By ear only: nothing stands on the screen that somebody behind could read. */
  readonly blank: boolean;
}

export const NO_WISHES: Wishes = {
  size: "normal",
  contrast: "standard",
  low: false,
  typing: "telex",
  pace: "normal",
  volume: "normal",
  audio: false,
  blank: false,
};

/** Everything the page can send. Unknown or ill-timed events are ignored by the machine, never an error. */
export type CitizenEvent =
  | { readonly type: "WAKE" }
  | { readonly type: "CHOOSE_LANGUAGE"; readonly language: Language }
  | { readonly type: "CHOOSE_PROCEDURE"; readonly code: string }
  | { readonly type: "TAKE_NUMBER" }
  | { readonly type: "CHOOSE_SERVICE"; readonly service: string }
  /** Null: no priority. */
  | { readonly type: "CHOOSE_GROUP"; readonly group: string | null }
  | { readonly type: "LOOK_UP" }
  | { readonly type: "TYPE_INSTEAD" }
  /** Shows the back of the card to the camera over the tray. */
  | { readonly type: "SHOW_BACK" }
  | {
      readonly type: "SUBMIT_TYPED";
      readonly number: string;
      readonly birthDate: string;
      readonly expiryDate: string;
    }
  | { readonly type: "SUBMIT_LOOKUP"; readonly code: string }
  /** Uses the QR alone where the procedure's level allows it. */
  | { readonly type: "SKIP_CHIP" }
  | { readonly type: "SET_FIELD"; readonly key: string; readonly value: string }
  | { readonly type: "NEXT" }
  | { readonly type: "BACK" }
  | { readonly type: "CAPTURE" }
  | { readonly type: "RETAKE" }
  /** The papers are in the scanner's slot. */
  | { readonly type: "FEED" }
  /** The tray instead of the slot. */
  | { readonly type: "USE_TRAY" }
  | { readonly type: "SKIP_PAPER" }
  /** An electronic copy that the portal keeps, instead of the paper. */
  | { readonly type: "USE_STORED" }
  /** To the list of the pages taken. */
  | { readonly type: "ARRANGE" }
  /** `page` from 0. */
  | { readonly type: "MOVE_PAGE"; readonly page: number; readonly by: 1 | -1 }
  | { readonly type: "REMOVE_PAGE"; readonly page: number }
  /** From a difference on the check to where it can be mended. */
  | { readonly type: "MEND"; readonly hint: number }
  | { readonly type: "SET_PAPER_FIELD"; readonly key: string; readonly value: string }
  | { readonly type: "TYPE_CODE"; readonly code: string }
  /** No code came to the phone: the one on the screen instead. */
  | { readonly type: "NO_CODE" }
  | { readonly type: "SLIP_CAME_OUT"; readonly yes: boolean }
  | { readonly type: "SLIP_TAKEN" }
  | { readonly type: "RATE"; readonly stars: 1 | 2 | 3 | 4 | 5 }
  /** From a result that was looked up to its stars. */
  | { readonly type: "RATE_RESULT" }
  | { readonly type: "HELP" }
  | { readonly type: "CLOSE_HELP" }
  | { readonly type: "CALL_OFFICER" }
  | { readonly type: "RETRY" }
  | { readonly type: "CANCEL" }
  | { readonly type: "STILL_HERE" }
  /** Speech on or off for this visit: the button, or the tactile key of the cabinet. */
  | { readonly type: "SPEAK"; readonly on: boolean }
  /** Says the screen again. `mine`: also what is the citizen's own on it, which is never said unasked. */
  | { readonly type: "REPLAY"; readonly mine: boolean }
  /** A visit to try, from the first screen's help. */
  | { readonly type: "PRACTISE" }
  /** All wishes at once. */
  | { readonly type: "SET_WISHES"; readonly wishes: Wishes };

/** What the wiring tells the visit. */
export type WorldEvent =
  | { readonly type: "CODE_SHOWN"; readonly text: string }
  | { readonly type: "PRESENCE"; readonly present: boolean }
  /** Headphones were plugged in, or out; where nothing tells they count as out. */
  | { readonly type: "HEADPHONES"; readonly in: boolean }
  | { readonly type: "OUT_OF_SERVICE"; readonly fault: Fault }
  | { readonly type: "IN_SERVICE" }
  /** What keeps codes from being read, or null. */
  | { readonly type: "CODE_READER"; readonly fault: FaultCode | null }
  /** How the queue stands, or null: nobody knows. */
  | { readonly type: "QUEUE"; readonly now: QueueNow | null }
  /** A print that a power cut left without an outcome was found at start. */
  | { readonly type: "PRINT_IN_DOUBT"; readonly intent: number; readonly slipNumber: string };
