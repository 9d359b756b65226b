// What does the kiosk say when a screen appears?
//
// The heading, what to do, and a fault's remedy: words of the catalogue, of the procedures and of the fault
// table. Nothing that a citizen entered or a card held is ever in it: anybody in the room hears it.

import { amountInWords } from "../core/amount-words.js";
import { SIGNS_AT_DESK, SIGNS_AT_DESK_WORDS } from "../core/drawn-signature.js";
import { type Bilingual, FAULTS, type FaultCode } from "../core/faults.js";
import type { Language } from "../flows/events.js";
import type { OpinionOutcome } from "../flows/queue.js";
import type { FieldView, Screen, View } from "../flows/view.js";
import { CATALOGUES, type Entry, type TextKey } from "./texts/texts.js";
import { whyOnScreen } from "./why-on-screen.js";

export interface Sentence {
  readonly text: string;
  /** Of a catalogue, so the same on every day: its sound may be kept. */
  readonly keep: boolean;
  /** Where it is not the visit's: each language is offered in its own voice. */
  readonly language?: Language;
}

export type Words = Readonly<Record<string, string | number>>;
export type Say = (language: Language) => readonly Sentence[];

const entryOf = (language: Language, key: TextKey): Entry => {
  const [group = "", name = ""] = key.split(".");
  const groups: Readonly<Record<string, Readonly<Record<string, Entry>>>> = CATALOGUES[language];
  const entry = groups[group]?.[name];
  if (entry === undefined) throw new Error(`no text ${key}`);
  return entry;
};

export const text =
  (key: TextKey, words: Words = {}): Say =>
  (language) => {
    const { text, speech = text } = entryOf(language, key);
    const said = speech.replace(/\{\{(\w+)\}\}/g, (_, name) => String(words[name] ?? ""));
    return [{ text: said, keep: said === speech }];
  };

export const pick =
  (said: Bilingual): Say =>
  (language) => [{ text: said[language], keep: true }];

export const fault = (code: FaultCode | null): Say => (code === null ? nothing : pick(FAULTS[code].citizen));

export const nothing: Say = () => [];

/** Never the number, nor a part of it: anybody in the room hears it. */
const phoneCode = ({
  stage,
  wrong,
  triesLeft,
}: Extract<Screen, { readonly name: "phoneCode" }>): readonly Say[] => {
  if (stage !== "typing") return [text(stage === "sending" ? "phoneCode.sending" : "phoneCode.checking")];
  return [
    wrong ? text("phoneCode.wrong", { left: triesLeft ?? "" }) : text("phoneCode.sentSpoken"),
    text("phoneCode.title"),
  ];
};

/** A number of the kiosk's own, letter by letter. */
export const spelled =
  (value: string | null): Say =>
  () =>
    value === null || value === "" ? [] : [{ text: [...value].join(", "), keep: false }];

const slip = (stage: "printing" | "take" | "inDoubt" | "noPaper", number: string | null): readonly Say[] => {
  switch (stage) {
    case "printing":
      return [];
    case "take":
      return [text("slip.take")];
    case "inDoubt":
      return [text("slip.askTitle"), text("slip.askLead")];
    case "noPaper":
      return [text("slip.writeDown"), spelled(number)];
  }
};

const identify = (screen: Extract<Screen, { name: "identify" }>): readonly Say[] => {
  switch (screen.stage) {
    case "showQr":
      return [fault(screen.fault), text("identify.qrTitle"), text("identify.qrLead")];
    case "typed":
      return [fault(screen.fault), text("identify.typedNumber"), text("identify.typedNumberHint")];
    case "cardBack":
      return [text("identify.backTitle"), text("identify.backLead")];
    case "layCard":
      return [fault(screen.fault), text("identify.layTitle"), text("identify.layLead")];
    case "reading":
      return [text("identify.readingTitle"), text("identify.readingLead")];
    case "failed":
      return [text("identify.failedTitle"), fault(screen.fault)];
    case "face":
      return screen.face?.slow === true
        ? [text("identify.faceSlow"), text("identify.faceMoreTime")]
        : [text(`identify.face_${screen.face?.coach ?? "centre"}`)];
    case "faceFailed":
      return [
        text(screen.canRetryFace === true ? "identify.faceRetryTitle" : "identify.faceFailedTitle"),
        fault(screen.fault),
      ];
  }
};

/** What is asked, never what was answered. */
const fields = (shown: readonly FieldView[]): readonly Say[] =>
  shown.flatMap(({ label, error }) => (error === null ? [] : [pick(label), pick(error)]));

type PapersScreen = Extract<Screen, { name: "papers" }>;

/** An empty tray is what the place asks for anyway: nothing new is said. */
const place = ({ title, sight }: PapersScreen): readonly Say[] =>
  sight === null || sight === undefined || sight.coach === "noPage"
    ? [pick(title), text("papers.placeLead")]
    : [text(`papers.coach_${sight.coach}`)];

export const reviewTitle = (fields: readonly FieldView[]): TextKey => {
  if (fields.some(({ unread }) => unread === true)) return "papers.reviewHand";
  return fields.length === 0 ? "papers.reviewPlain" : "papers.reviewTitle";
};

const stored = ({ stored: shown, fault: why }: PapersScreen): readonly Say[] => {
  switch (shown?.stage) {
    case "searching":
      return [text("papers.storedSearching")];
    case "found":
      return shown.copy === null
        ? [text("papers.storedLater"), text("papers.storedLaterNote")]
        : [text("papers.storedFound")];
    case "refused":
      return [
        text(shown.revoked ? "papers.storedRevoked" : "papers.storedUnknown"),
        text("papers.storedUnknownNote"),
      ];
    case "kept":
      return [text("papers.storedKept")];
    default:
      return [fault(why), text("papers.storedTitle"), text("papers.storedLead")];
  }
};

const papers = (screen: Extract<Screen, { name: "papers" }>): readonly Say[] => {
  const { max = 1 } = screen.pages ?? {};
  const { surplus = 0 } = screen.feed ?? {};
  const notKept = surplus > 0 ? text("papers.surplus", { max, surplus }) : nothing;
  switch (screen.stage) {
    case "asking":
      return [];
    case "slot":
      return [fault(screen.fault), pick(screen.title), text("papers.slotLead")];
    case "feeding":
      return [text("papers.feedingLead")];
    case "takeBack":
      return [text("papers.takeBackTitle"), text("papers.takeBackLead"), notKept];
    case "stopped":
      return [text("papers.stoppedTitle"), fault(screen.fault), notKept];
    case "place":
      return place(screen);
    case "taking":
      return [text("papers.takingTitle"), text("papers.still")];
    case "finding":
    case "reading":
      return [];
    case "poor":
      return [text("papers.poorTitle"), text(`papers.coach_${screen.advice ?? "blurred"}`)];
    case "review":
      return [text(reviewTitle(screen.fields))];
    case "arrange":
      return [text("papers.arrangeTitle")];
    case "stored":
      return stored(screen);
    case "failed":
      return [text("papers.failedTitle"), fault(screen.fault)];
  }
};

const opinionSaid = (opinion: OpinionOutcome | undefined): Say => {
  if (opinion === undefined) return nothing;
  if (opinion === "counted") return text("lookup.opinionCounted");
  return text(opinion === "already" ? "lookup.opinionAlready" : "lookup.opinionNot");
};

/** What it costs is no secret: it stands on the wall. */
const fee =
  (amountVnd: number): Say =>
  (language) =>
    text("pay.said", { amount: amountInWords(amountVnd)[language] })(language);

const pay = ({ stage, amountVnd, why }: Extract<Screen, { name: "pay" }>): readonly Say[] => {
  switch (stage) {
    case "asking":
      return [text("pay.asking"), text("pay.askingLead")];
    case "code":
      return [text("pay.title"), fee(amountVnd), text("pay.lead"), text("pay.safe")];
    case "slow":
      return [text("pay.slow"), text("pay.moreTime")];
    case "paid":
      return [text("pay.paidTitle"), text("pay.paidLead")];
    case "desk":
      return [
        text("pay.deskTitle"),
        why === null ? nothing : text(`pay.why_${why}`),
        fee(amountVnd),
        text("pay.deskLead"),
      ];
  }
};

const lookup = (screen: Extract<Screen, { name: "lookup" }>): readonly Say[] => {
  switch (screen.stage) {
    case "scan":
      return [fault(screen.fault ?? null), text("lookup.title"), text("lookup.scan")];
    case "searching":
      return [text("lookup.searching")];
    case "found":
      return screen.result === null ? [] : [pick(screen.result.title), opinionSaid(screen.result.opinion)];
    case "unknown":
      return [text("lookup.unknown"), text("lookup.unknownNote")];
  }
};

type TicketScreen = Extract<Screen, { name: "ticket" }>;

const ticketChoice = ({ choices = [] }: TicketScreen, stage: "service" | "group"): readonly Say[] => [
  ...(stage === "service"
    ? [text("ticket.serviceTitle")]
    : [text("ticket.groupTitle"), text("ticket.groupLead"), text("ticket.noGroup")]),
  ...choices.map(({ title }) => pick(title)),
];

const wait = ({ wait: known }: TicketScreen): readonly Say[] => {
  if (known === undefined) return [];
  const { before, minutes, fresh, asOf } = known;
  const old = fresh ? nothing : text("ticket.asOf", { time: asOf.slice(11, 16) });
  if (before === 0) return [text("ticket.first"), old];
  return [
    text("ticket.before", { people: before }),
    minutes === null ? nothing : text("ticket.minutes", { minutes }),
    old,
  ];
};

const screenSays = (screen: Screen): readonly Say[] => {
  switch (screen.name) {
    case "attract":
      return screen.outOfService === null
        ? [text("attract.hello"), text("attract.start")]
        : [text("attract.closed"), fault(screen.outOfService)];
    case "language":
      return [text("language.title")];
    case "procedure":
      return [text("procedure.title"), ...screen.procedures.map(({ title }) => pick(title))];
    case "ticket":
      if (screen.stage === "service" || screen.stage === "group") return ticketChoice(screen, screen.stage);
      return [
        ...(screen.stage === "printing"
          ? [text("ticket.printing")]
          : [text("ticket.title"), spelled(screen.number), ...wait(screen)]),
        ...slip(screen.stage, null),
      ];
    case "lookup":
      return lookup(screen);
    case "identify":
      return identify(screen);
    case "form":
      return [pick(screen.title), ...fields(screen.fields)];
    case "papers":
      return papers(screen);
    case "check":
      // That something differs is said, not what: anybody in the room hears it.
      return [text("check.title"), (screen.hints ?? []).length === 0 ? nothing : text("check.hints")];
    case "confirm":
      return [
        screen.why === undefined ? nothing : text(whyOnScreen(screen.why)),
        screen.wrong ? text("confirm.wrong") : nothing,
        text("confirm.title"),
        spelled(screen.code),
      ];
    case "phoneCode":
      return phoneCode(screen);
    case "submitting":
      return [text("submitting.title")];
    case "pay":
      return pay(screen);
    case "slip":
      return [
        fault(screen.fault),
        text(
          screen.stage === "printing"
            ? "slip.printing"
            : screen.reminder === true
              ? "slip.reminder"
              : "slip.title",
        ),
        ...slip(screen.stage, screen.number),
        screen.stage === "take" && screen.fee?.paid === false ? text("pay.deskTitle") : nothing,
      ];
    case "rate":
      return [text(screen.about === "result" ? "rate.resultTitle" : "rate.title"), text("rate.lead")];
    case "goodbye":
      return [text("goodbye.title"), text("goodbye.lead"), text("goodbye.forgotten")];
    case "slipInDoubt":
      return screen.stage === "ask"
        ? [text("slipInDoubt.title", { number: screen.slipNumber }), text("slipInDoubt.lead")]
        : [text(screen.stage === "printing" ? "slipInDoubt.printing" : "slipInDoubt.done")];
    case "trouble":
      return [text("trouble.title"), text("trouble.lead"), fault(screen.fault)];
  }
};

const says = ({ screen, idle, helpOpen }: View): readonly Say[] => {
  // What lies on top is what is to be answered.
  if (idle !== null && screen.name !== "attract") return [text("idle.title"), text("idle.lead")];
  if (helpOpen) return [text(`help.${screen.name}`), text("help.officer")];
  return screenSays(screen);
};

/** In the order in which they are said; the same as long as the screen asks the same of the citizen. */
export const speechOf = (view: View): readonly Sentence[] =>
  says(view)
    .flatMap((say) => say(view.language))
    .filter(({ text }) => text !== "");

const own =
  (label: Bilingual, said: string): Say =>
  (language) => [
    { text: label[language], keep: true },
    { text: said, keep: false },
  ];

/** A covered number is not said whole to a hall either. */
const saidValue = (value: string, covered: boolean, language: Language): string => {
  if (!covered) return value.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1");
  const [said] = text("covered.ends", { digits: [...value.slice(-3)].join(", ") })(language);
  return said?.text ?? "";
};

/** A path is nothing to hear. */
const signed = (value: string, language: Language): string =>
  value === SIGNS_AT_DESK ? SIGNS_AT_DESK_WORDS[language] : CATALOGUES[language].form.signed.text;

/** To one pair of ears (`whole`) a covered number is said digit by digit. */
const ownValue = (value: string, covered: boolean, whole: boolean, language: Language): string =>
  covered && whole ? [...value].join(", ") : saidValue(value, covered, language);

const fieldInWords = (
  { kind, choices, value, covered }: FieldView,
  language: Language,
  whole: boolean,
): string =>
  kind === "signature"
    ? signed(value, language)
    : (choices.find((choice) => choice.value === value)?.label[language] ??
      ownValue(value, covered === true, whole, language));

/**
 * What stands on the screen of the citizen's own. Only for who asked to hear it; never kept. `whole`: headphones are
 * in, numbers are said as they are.
 */
export const personalSpeechOf = ({ screen, language }: View, whole = false): readonly Sentence[] => {
  const says: readonly Say[] =
    screen.name === "form"
      ? screen.fields
          .filter(({ value }) => value !== "")
          .map((field) => own(field.label, fieldInWords(field, language, whole)))
      : screen.name === "check"
        ? screen.rows.map(({ label, value, covered, drawn }) =>
            own(
              label,
              drawn === true ? signed(value, language) : ownValue(value, covered === true, whole, language),
            ),
          )
        : screen.name === "slip"
          ? [spelled(screen.number)]
          : [];
  return says.flatMap((say) => say(language)).filter(({ text }) => text !== "");
};
