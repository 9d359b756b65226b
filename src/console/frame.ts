// Which rows make one frame of the console?
//
// One row of the terminal always stays free: a frame as tall as the terminal scrolls it.
import { PART_NAMES } from "../core/part-names.js";
import type { ConsoleView } from "../ops/console-view.js";
import type { Act } from "../ops/technician.js";
import { deviceRows } from "./device-rows.js";
import { helpOf } from "./help.js";
import { logRows } from "./log-rows.js";
import { linkRows, queueRows, type Space, versionRows, visitRows } from "./panels.js";
import { cut, localTime, type Row, row, since, wrapped } from "./rows.js";
import type { Ui } from "./state.js";
import { PANELS, type Words, wordsOf } from "./words.js";

export const LEAST_COLUMNS = 80;
export const LEAST_ROWS = 24;
/** Longer rows are hard to follow with the eye. */
const MOST_COLUMNS = 120;
/** Header, tabs, a free row, two rows of talk, keys. */
const AROUND = 6;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export const bodyOf = ({ columns, rows }: Size): Space => ({
  width: Math.min(columns, MOST_COLUMNS),
  height: Math.max(1, rows - 1 - AROUND),
});

const actText = (wish: Act, words: Words): string => {
  if (wish.act === "restart") return `${words.text("restart")}: ${words.of(PART_NAMES[wish.device])}`;
  if (wish.act === "test") return `${words.text("test")}: ${words.of(PART_NAMES[wish.part])}`;
  if (wish.act === "usb") return `${words.text("usb")}: ${wish.minutes}`;
  return wish.which === "all" ? words.text("requeueAll") : `${words.text("requeueOne")} ${wish.which}`;
};

const talk = (ui: Ui, view: ConsoleView, words: Words): readonly [string, string] => {
  const { mode } = ui;
  switch (mode.kind) {
    case "look":
    case "help":
      return [ui.notice, ""];
    case "filter":
      return [`${words.text("filter")}: ${mode.typed}_`, words.text("filterKeys")];
    case "confirm": {
      const isHere = view.visit.busy || view.visit.state !== "attract" ? ` ${words.text("citizenHere")}` : "";
      const prints = mode.wish.act === "test" ? ` ${words.text("testPrints")}` : "";
      return [`${actText(mode.wish, words)}?${prints}${isHere}`, words.text("yesNo")];
    }
    case "pin":
      return [
        `${actText(mode.wish, words)} – ${words.text("typePin")}: ${"*".repeat(mode.typed.length)}_`,
        `${words.text("pinKeys")}   ${ui.notice}`,
      ];
    case "busy":
      return [`${actText(mode.wish, words)}: ${words.text("working")}`, ""];
    case "result":
      return [ui.notice, words.text("closeResult")];
  }
};

const body = (ui: Ui, view: ConsoleView, words: Words, space: Space): readonly Row[] => {
  const { mode } = ui;
  if (mode.kind === "result") return mode.rows.slice(mode.top, mode.top + space.height);
  if (mode.kind === "help") return helpOf(ui.panel, ui.language).map((line) => row(` ${line}`));
  switch (ui.panel) {
    case "devices":
      return deviceRows(view, ui.device, words, space);
    case "visit":
      return visitRows(view, words);
    case "queue":
      return queueRows(view, Math.min(ui.held, Math.max(0, view.held.length - 1)), words, space);
    case "link":
      return linkRows(view, words, space);
    case "log":
      return logRows(ui.stopped ?? view.log, { ...ui.log, paused: ui.stopped !== null }, words, space);
    case "versions":
      return versionRows(view, words);
  }
};

const header = (view: ConsoleView, gone: boolean, ui: Ui, words: Words, width: number): Row => {
  const facts = [
    `motcua ${view.version}`,
    `${words.text("kiosk")} ${view.kioskId}`,
    gone
      ? words.text("gone")
      : `${words.text("up")} ${since(view.uptimeSeconds, words.language)} · ${localTime(view.clock.epochMs).slice(11, 16)}`,
    ...(ui.unlocked ? [words.text("unlocked")] : []),
  ];
  return row(cut(` ${facts.join(" · ")}`, width).padEnd(width), "head");
};

const tabs = (ui: Ui, words: Words): Row =>
  row(
    PANELS.map((panel, index) => {
      const name = `${index + 1} ${words.panel(panel)}`;
      return panel === ui.panel ? `[${name}]` : ` ${name} `;
    }).join(""),
  );

export const frame = (ui: Ui, view: ConsoleView, gone: boolean, size: Size): readonly Row[] => {
  const words = wordsOf(ui.language);
  if (size.columns < LEAST_COLUMNS || size.rows < LEAST_ROWS)
    return [row(cut(`${words.text("tooSmall")} ${size.columns} × ${size.rows}`, size.columns - 1))];
  const space = bodyOf(size);
  const rows = body(ui, view, words, space);
  const filling = Array.from({ length: space.height - rows.length }, () => row(""));
  const [first, second] = talk(ui, view, words);
  const [one = "", two = second] = wrapped(first, space.width - 1, second === "" ? 2 : 1);
  return [
    header(view, gone, ui, words, space.width),
    tabs(ui, words),
    row(""),
    ...rows.slice(0, space.height).map((each) => ({ ...each, text: cut(each.text, space.width) })),
    ...filling,
    row(` ${one}`),
    row(` ${cut(two, space.width - 1)}`),
    row(cut(` ${words.keys(ui.panel)}`, space.width)),
  ];
};
