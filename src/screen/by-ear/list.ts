// Which list is a screen to the ear? (All that the screen shows and all that can be pressed on it, in one line.)
//
// The first item is what the screen asks; the last leads to what is the same everywhere: help, an officer, the
// voice, stopping. A choice with more behind it opens a list of its own.
import type { View } from "../../flows/view.js";
import { speechOf } from "../speech.js";
import type { TextKey } from "../texts/texts.js";
import { helpItems, stop, tools } from "./everywhere.js";
import { fieldList, type SetField } from "./fields.js";
import { type EarContext, type EarItem, opens, press } from "./items.js";
import { screenItems } from "./screens.js";

type Items = readonly EarItem[];

/** What "back" is called where it does more than to go back. */
const backOf = ({ screen }: View): TextKey => {
  if (screen.name === "check") return "check.wrong";
  return screen.name === "papers" && screen.stage === "feeding" ? "papers.stopFeeding" : "common.back";
};

const setFieldOf = ({ screen }: View): SetField =>
  screen.name === "papers"
    ? (key, value) => ({ type: "SET_PAPER_FIELD", key, value })
    : (key, value) => ({ type: "SET_FIELD", key, value });

const title = (view: View): EarItem => ({
  id: "title",
  says: [() => speechOf(view)],
});

/**
 * The list that stands for the screen (`menu` null), or the one that an item of it opened. A menu that the screen does
 * not have any more is the screen's own list. Never empty.
 */
export const earList = (view: View, menu: string | null, context: EarContext): Items => {
  const { screen, idle, helpOpen, can } = view;
  if (idle !== null && screen.name !== "attract")
    return [title(view), press("idle.stay", { type: "STILL_HERE" })];
  if (helpOpen) return helpItems(view);
  if (menu === "more") return tools(view);
  if (menu === "stop") return stop();
  const fields = screen.name === "form" || screen.name === "papers" ? screen.fields : [];
  const behind = menu === null ? null : fieldList(fields, menu, setFieldOf(view), context);
  if (behind !== null) return behind;
  return [
    title(view),
    ...screenItems(view, context),
    ...(can.back ? [press(backOf(view), { type: "BACK" })] : []),
    opens("ear.more", "more"),
  ];
};

/** The same as long as the ear is on the same screen; another one is announced from its top. */
export const earPlace = ({ screen, helpOpen, language, practice }: View): string => {
  const stage = "stage" in screen ? screen.stage : "";
  const part =
    screen.name === "form"
      ? String(screen.page)
      : screen.name === "papers"
        ? `${screen.index} ${screen.pages?.shown ?? ""} ${screen.stored?.stage ?? ""}`
        : "";
  return [helpOpen, practice === true, language, screen.name, stage, part].join("|");
};
