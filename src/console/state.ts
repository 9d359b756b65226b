// What does a key do to the console? (No I/O: an effect is returned and done by app.tsx.)
import type { ConsoleView } from "../ops/console-view.js";
import type { LogLine } from "../ops/log.js";
import type { Act } from "../ops/technician.js";
import type { Key } from "./keyboard.js";
import { LEVELS, type LogWish, mostBack } from "./log-rows.js";
import type { Row } from "./rows.js";
import { type Language, PANELS, type Panel, wordsOf } from "./words.js";

export type Mode =
  | { readonly kind: "look" }
  | { readonly kind: "help" }
  | { readonly kind: "filter"; readonly typed: string }
  | { readonly kind: "confirm"; readonly wish: Act }
  | { readonly kind: "pin"; readonly wish: Act; readonly typed: string }
  | { readonly kind: "busy"; readonly wish: Act }
  | { readonly kind: "result"; readonly rows: readonly Row[]; readonly top: number };

export interface Ui {
  readonly panel: Panel;
  readonly language: Language;
  readonly mode: Mode;
  readonly device: number;
  readonly held: number;
  readonly log: LogWish & { readonly back: number };
  /** The lines at which the log was stopped. */
  readonly stopped: readonly LogLine[] | null;
  readonly notice: string;
  /** Somebody gave the PIN; the kiosk has the last word. */
  readonly unlocked: boolean;
}

export type Effect =
  | { readonly do: "quit" }
  | { readonly do: "redraw" }
  | { readonly do: "act"; readonly wish: Act }
  | { readonly do: "unlock"; readonly wish: Act; readonly pin: string };

export interface Step {
  readonly ui: Ui;
  readonly effect?: Effect;
}

export interface Sight {
  readonly view: ConsoleView;
  /** Rows of the panel's body. */
  readonly height: number;
}

const LOOK: Mode = { kind: "look" };
const LONGEST_PIN = 12;
const LONGEST_FILTER = 40;

export const firstUi = (language: Language): Ui => ({
  panel: "devices",
  language,
  mode: LOOK,
  device: 0,
  held: 0,
  log: { words: "", level: "debug", back: 0 },
  stopped: null,
  notice: "",
  unlocked: false,
});

const limited = (value: number, most: number): number => Math.max(0, Math.min(value, most));

const MOVES = (height: number): Readonly<Record<string, number>> => ({
  up: -1,
  down: 1,
  pageUp: -height,
  pageDown: height,
  home: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
});
const moveOf = (key: Key, height: number): number | undefined =>
  typeof key === "string" ? MOVES(Math.max(1, height - 1))[key] : undefined;

const begin = (ui: Ui, wish: Act, { view }: Sight): Step => {
  const words = wordsOf(ui.language);
  if (view.pin.problem !== null) return { ui: { ...ui, notice: view.pin.problem } };
  if (view.pin.holder === null) return { ui: { ...ui, notice: words.refusal("noPin") } };
  return { ui: { ...ui, notice: "", mode: { kind: "confirm", wish } } };
};

const moved = (ui: Ui, by: number, { view, height }: Sight): Ui => {
  if (ui.panel === "devices") return { ...ui, device: limited(ui.device + by, view.devices.length - 1) };
  if (ui.panel === "queue") return { ...ui, held: limited(ui.held + by, view.held.length - 1) };
  if (ui.panel !== "log") return ui;
  const most = mostBack(ui.stopped ?? view.log, ui.log, height);
  return { ...ui, log: { ...ui.log, back: limited(ui.log.back - by, most) } };
};

const panelKey = (ui: Ui, char: string, sight: Sight): Step => {
  const { view } = sight;
  const device = view.devices[ui.device]?.device;
  if (ui.panel === "devices" && device !== undefined) {
    if (char === "r") return begin(ui, { act: "restart", device }, sight);
    if (char === "t") return begin(ui, { act: "test", part: device }, sight);
  }
  if (ui.panel === "queue") {
    if (char === "a") return begin(ui, { act: "requeue", which: "all" }, sight);
    const held = view.held[ui.held];
    if (char === "r" && held?.state === "quarantined")
      return begin(ui, { act: "requeue", which: held.sequence }, sight);
    if (char === "r") return { ui: { ...ui, notice: wordsOf(ui.language).text("nothingToRequeue") } };
  }
  if (ui.panel === "log") {
    if (char === "/") return { ui: { ...ui, mode: { kind: "filter", typed: ui.log.words } } };
    if (char === "v") {
      const level = LEVELS[(LEVELS.indexOf(ui.log.level) + 1) % LEVELS.length] ?? "debug";
      return { ui: { ...ui, log: { ...ui.log, level, back: 0 } } };
    }
    if (char === "p" || char === " ")
      return { ui: { ...ui, stopped: ui.stopped === null ? view.log : null, log: { ...ui.log, back: 0 } } };
  }
  return { ui };
};

const look = (before: Ui, key: Key, sight: Sight): Step => {
  const ui = { ...before, notice: "" };
  const by = moveOf(key, sight.height);
  if (by !== undefined) return { ui: moved(ui, by, sight) };
  const turn = (step: number): Ui => {
    const at = (PANELS.indexOf(ui.panel) + step + PANELS.length) % PANELS.length;
    return { ...ui, panel: PANELS[at] ?? ui.panel };
  };
  if (key === "tab") return { ui: turn(1) };
  if (key === "backTab") return { ui: turn(-1) };
  if (typeof key === "string") return { ui };
  const { char } = key;
  const panel = /^[1-6]$/.test(char) ? PANELS[Number(char) - 1] : undefined;
  if (panel !== undefined) return { ui: { ...ui, panel } };
  if (char === "q") return { ui, effect: { do: "quit" } };
  if (char === "?") return { ui: { ...ui, mode: { kind: "help" } } };
  if (char === "l") return { ui: { ...ui, language: ui.language === "vi" ? "en" : "vi" } };
  return panelKey(ui, char, sight);
};

/** Typed text after the key; null: the key is none of writing. */
const typing = (typed: string, key: Key, longest: number, allowed: RegExp): string | null => {
  if (key === "backspace") return typed.slice(0, -1);
  if (typeof key === "string") return null;
  return allowed.test(key.char) && typed.length < longest ? typed + key.char : typed;
};

const filterKey = (ui: Ui, mode: Extract<Mode, { kind: "filter" }>, key: Key): Step => {
  if (key === "enter") return { ui: { ...ui, mode: LOOK, log: { ...ui.log, words: mode.typed, back: 0 } } };
  if (key === "escape") return { ui: { ...ui, mode: LOOK, log: { ...ui.log, words: "", back: 0 } } };
  const typed = typing(mode.typed, key, LONGEST_FILTER, /^.$/u);
  return { ui: typed === null ? ui : { ...ui, mode: { ...mode, typed } } };
};

const pinKey = (ui: Ui, mode: Extract<Mode, { kind: "pin" }>, key: Key): Step => {
  if (key === "escape") return { ui: { ...ui, mode: LOOK, notice: "" } };
  if (key === "enter" && mode.typed !== "")
    return {
      ui: { ...ui, notice: "", mode: { kind: "busy", wish: mode.wish } },
      effect: { do: "unlock", wish: mode.wish, pin: mode.typed },
    };
  const typed = typing(mode.typed, key, LONGEST_PIN, /^[0-9]$/);
  return { ui: typed === null ? ui : { ...ui, mode: { ...mode, typed } } };
};

const confirmKey = (ui: Ui, wish: Act, key: Key): Step => {
  if (typeof key === "string" ? key !== "escape" : key.char !== "y")
    return typeof key !== "string" && key.char === "n" ? { ui: { ...ui, mode: LOOK } } : { ui };
  if (key === "escape") return { ui: { ...ui, mode: LOOK } };
  if (!ui.unlocked) return { ui: { ...ui, mode: { kind: "pin", wish, typed: "" } } };
  return { ui: { ...ui, mode: { kind: "busy", wish } }, effect: { do: "act", wish } };
};

const resultKey = (ui: Ui, mode: Extract<Mode, { kind: "result" }>, key: Key, height: number): Step => {
  const by = moveOf(key, height);
  if (by === undefined) return { ui: { ...ui, mode: LOOK } };
  const top = limited(mode.top + by, Math.max(0, mode.rows.length - height));
  return { ui: { ...ui, mode: { ...mode, top } } };
};

export const step = (ui: Ui, key: Key, sight: Sight): Step => {
  if (key === "interrupt") return { ui, effect: { do: "quit" } };
  if (key === "redraw") return { ui, effect: { do: "redraw" } };
  const { mode } = ui;
  switch (mode.kind) {
    case "look":
      return look(ui, key, sight);
    case "help":
      return { ui: { ...ui, mode: LOOK } };
    case "filter":
      return filterKey(ui, mode, key);
    case "confirm":
      return confirmKey(ui, mode.wish, key);
    case "pin":
      return pinKey(ui, mode, key);
    case "busy":
      return { ui };
    case "result":
      return resultKey(ui, mode, key, sight.height);
  }
};
