// What is the same on every screen, to the ear: help, an officer, the voice, stopping?
import type { Wishes } from "../../flows/events.js";
import type { View } from "../../flows/view.js";
import { text } from "../speech.js";
import { closes, type EarItem, note, noteOf, opens, press } from "./items.js";

type Items = readonly EarItem[];

export const helpItems = ({ screen, officerCalled }: View): Items => [
  { id: "title", says: [text(`help.${screen.name}`), text("help.officer")] },
  press("common.close", { type: "CLOSE_HELP" }),
  officerCalled ? noteOf("common.officerCalled") : press("common.officer", { type: "CALL_OFFICER" }),
  ...(screen.name === "attract" ? [press("help.practise", { type: "PRACTISE" })] : []),
];

const NEXT_PACE: Readonly<Record<Wishes["pace"], Wishes["pace"]>> = {
  slow: "normal",
  normal: "quick",
  quick: "slow",
};
const NEXT_VOLUME: Readonly<Record<Wishes["volume"], Wishes["volume"]>> = {
  soft: "normal",
  normal: "loud",
  loud: "soft",
};

export const fasterThan = (pace: Wishes["pace"]): Wishes["pace"] => NEXT_PACE[pace];
export const louderThan = (volume: Wishes["volume"]): Wishes["volume"] => NEXT_VOLUME[volume];

/** "Đọc cho tôi" stands where there is something of the citizen's to be read as a whole. */
const hasOwn = ({ screen }: View): boolean => screen.name === "form" || screen.name === "check";

export const tools = (view: View): Items => {
  const { pace, volume, blank } = view.wishes;
  return [
    note("title", text("ear.more")),
    ...(view.can.help ? [press("common.help", { type: "HELP" })] : []),
    view.officerCalled ? noteOf("common.officerCalled") : press("common.officer", { type: "CALL_OFFICER" }),
    ...(hasOwn(view) ? [press("common.readMine", { type: "REPLAY", mine: true })] : []),
    {
      id: "volume",
      says: [text("wishes.volume"), text(`wishes.volume_${volume}`)],
      deed: { do: "wish", wish: { volume: louderThan(volume) } },
    },
    {
      id: "pace",
      says: [text("wishes.pace"), text(`wishes.pace_${pace}`)],
      deed: { do: "wish", wish: { pace: fasterThan(pace) } },
    },
    {
      id: "blank",
      says: [text(blank ? "ear.unblank" : "ear.blank")],
      deed: { do: "wish", wish: { blank: !blank } },
    },
    ...(view.screen.name === "language"
      ? []
      : [
          press("common.otherLanguage", {
            type: "CHOOSE_LANGUAGE",
            language: view.language === "vi" ? "en" : "vi",
          }),
        ]),
    { id: "leave", says: [text("ear.leave")], deed: { do: "wish", wish: { audio: false, blank: false } } },
    ...(view.can.cancel ? [opens("common.cancel", "stop")] : []),
    closes(),
  ];
};

export const stop = (): Items => [
  note("title", text("stop.title"), text("stop.lead")),
  { id: "no", says: [text("stop.no")], deed: { do: "back" } },
  press("stop.yes", { type: "CANCEL" }),
];
