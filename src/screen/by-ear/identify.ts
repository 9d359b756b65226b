// How does one say by ear who one is?
import { parseCompactDate, toPrintedDate } from "../../core/dates.js";
import type { Screen, View } from "../../flows/view.js";
import { type Say, text } from "../speech.js";
import type { TextKey } from "../texts/texts.js";
import { type Deed, type EarContext, type EarItem, letterwise, note, noteOf, press, words } from "./items.js";

type IdentifyScreen = Extract<Screen, { name: "identify" }>;
type Items = readonly EarItem[];

const NUMBER_LENGTH = 12;
const DATE_DIGITS = 8;
/** A card without end carries 991231 in its machine-readable zone. */
const NO_EXPIRY = "2099-12-31";

const retry = (): EarItem => press("common.retry", { type: "RETRY" });
const typeInstead = (): EarItem => press("identify.typeInstead", { type: "TYPE_INSTEAD" });
const skipChip = (): EarItem => press("identify.skipChip", { type: "SKIP_CHIP" });
const officer = (called: boolean): EarItem =>
  called ? noteOf("common.officerCalled") : press("common.officer", { type: "CALL_OFFICER" });

const percent = (screen: IdentifyScreen): EarItem => ({
  ...noteOf("common.percent", { percent: Math.round(screen.percent) }),
  id: "percent",
});

type Part = "number" | "birthDate" | "expiryDate";

const typedPart = (part: Part, label: TextKey, hint: Say | null, value: string): EarItem => {
  const isDate = part !== "number";
  return {
    id: part,
    says: [text(label), ...(hint === null ? [] : [hint]), ...(value === "" ? [text("form.empty")] : [])],
    ...(value === "" ? {} : { own: isDate ? words(toPrintedDate(value)) : letterwise(value) }),
    deed: {
      do: "enter",
      ask: {
        label: text(label),
        alphabet: "digits",
        length: isDate ? DATE_DIGITS : NUMBER_LENGTH,
        exact: true,
        date: isDate,
        own: true,
        value: "",
        done: (typed): Deed => ({ do: "draft", key: part, value: typed }),
      },
    },
  };
};

const typed = (screen: IdentifyScreen, { drafts }: EarContext): Items => {
  const value = (part: Part): string => drafts[part] ?? screen.typed?.[part] ?? "";
  const number = value("number");
  const birthDate = value("birthDate");
  const expiryDate = value("expiryDate");
  const whole = number !== "" && birthDate !== "" && expiryDate !== "";
  return [
    typedPart("number", "identify.typedNumber", text("identify.typedNumberHint"), number),
    typedPart("birthDate", "identify.typedBirth", null, birthDate),
    typedPart("expiryDate", "identify.typedExpiry", text("identify.typedExpiryHint"), expiryDate),
    {
      id: "noExpiry",
      says: [text("identify.noExpiry")],
      deed: { do: "draft", key: "expiryDate", value: NO_EXPIRY },
    },
    {
      id: "next",
      says: [text("common.next")],
      deed: whole
        ? { do: "send", event: { type: "SUBMIT_TYPED", number, birthDate, expiryDate } }
        : { do: "say", words: text("ear.notAll") },
    },
  ];
};

/** Eight digits, day first, as yyyy-MM-dd; null for what is no day. */
export const typedDate = (digits: string): string | null => parseCompactDate(digits);

export const identifyItems = (screen: IdentifyScreen, view: View, context: EarContext): Items => {
  switch (screen.stage) {
    case "showQr":
      return [noteOf("identify.vneid"), press("identify.showBack", { type: "SHOW_BACK" })];
    case "cardBack":
      return [noteOf("identify.backLooking"), typeInstead()];
    case "typed":
      return typed(screen, context);
    case "layCard":
      return screen.canSkipChip ? [skipChip()] : [];
    case "reading":
      return [percent(screen)];
    case "failed":
      return [retry(), screen.canSkipChip ? skipChip() : typeInstead()];
    case "face":
      return [
        noteOf("identify.faceLead"),
        percent(screen),
        ...(screen.face?.slow === true ? [press("identify.faceMoreTime", { type: "STILL_HERE" })] : []),
      ];
    case "faceFailed":
      return screen.canRetryFace === true
        ? [note("tips", text("identify.faceTips")), retry()]
        : [officer(view.officerCalled)];
  }
};
