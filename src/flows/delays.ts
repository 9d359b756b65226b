// How long does a visit wait for what?

/** Milliseconds, each with the reason for its length. */
export const DELAYS = {
  /** No touch for this long: ask "still here?". EN 301 549 wants a warning before any time limit acts. */
  idleWarning: 45_000,
  /** The presence sensor says that nobody is there: ask sooner; not at once, people bend down for papers. */
  goneWarning: 8_000,
  /** Time to read the help of the first screen, or to come nearer and look at the larger letters. */
  triedRest: 60_000,
  /** One step of the countdown on the screen. */
  idleTick: 1_000,
  /** The chip needs 5 … 15 s for all files; a card held by hand slips and is read again. */
  cardDeadline: 60_000,
  /** A picture and its reading take 2 to 4 s; people turn the card over and push it about. */
  cardBackDeadline: 45_000,
  /** Three looks and three turns of the head take 15 to 25 s on the board; then more time is offered. */
  faceWarning: 45_000,
  /** To read the offer and to touch it; EN 301 549 (WCAG 2.2.1) asks for 20 s at least. */
  faceGrace: 25_000,
  /**
   * Without any progress: picture 2 s, page finding and OCR up to 10 s on the board; the camera may be reopened once
   * meanwhile. A slow board that goes on is not cut short: the reader has a limit of its own.
   */
  captureDeadline: 60_000,
  /** Whether the scanner is up is known without asking it; only a kiosk in trouble takes longer. */
  slotDeadline: 1_500,
  /** Without progress of any sheet. The scanner's own limit is 30 s and comes with the pages before it. */
  feedDeadline: 75_000,
  /** The gateway has ten seconds for its answer, and the portal's way there and back a few more. */
  codeDeadline: 15_000,
  /** An SMS takes 2 to 30 s; whoever asks again sooner pays for two. */
  codeAgain: 60_000,
  /** Sealing and storing take under a second; the rest is the wait for the portal's receipt. */
  submitDeadline: 45_000,
  /** The portal answers in well under a second; whoever waits longer pays at the desk. */
  payAskDeadline: 12_000,
  /** One step of the countdown under the code. */
  payTick: 1_000,
  /** To find the phone, open the app, scan and type a PIN takes one to two minutes; then more time is offered. */
  payWarning: 150_000,
  /** To read the offer and to touch it; EN 301 549 (WCAG 2.2.1) asks for 20 s at least. */
  payGrace: 30_000,
  /** Long enough to read that it is paid. */
  payShown: 8_000,
  /** To read two sentences; slip and last screen say it again. */
  payDeskShown: 12_000,
  /** A slip prints in 5 s; an overheated head pauses for up to 30 s. */
  printDeadline: 60_000,
  /** One synchronous row in the journal. */
  settleDeadline: 10_000,
  /** The slip lies in the mouth of the printer: the lamp shows the place again. */
  slipReminder: 15_000,
  /** The person bends down, looks for the slip, perhaps asks somebody. */
  doubtQuestion: 90_000,
  /** The answer to a question that nobody of this visit asked for; then the first screen again. */
  doubtDone: 8_000,
  /** Enough to read three digits twice and to tear the paper off. */
  ticketShown: 20_000,
  /** The local store answers in milliseconds; the portal is asked when the link is up. */
  lookupDeadline: 20_000,
  /** The portal's own limit for such a question, and a little; then it is asked at take-in. */
  storedDeadline: 12_000,
  /** Thanks must not wait for a counter. */
  rateDeadline: 3_000,
  /** Long enough to hear "take your card and your papers". */
  goodbye: 6_000,
  /** The call is a journalled message; it does not wait for a person. */
  officerDeadline: 10_000,
  /** After this a person may call again. */
  officerShown: 120_000,
} as const;

export type DelayName = keyof typeof DELAYS;
export type Delays = Readonly<Record<DelayName, number>>;

/** Seconds of the countdown after the idle warning; then everything is forgotten. */
export const WARNING_SECONDS = 20;
