// What goes over the page's WebSocket?
import type { CitizenEvent } from "./events.js";
import type { View } from "./view.js";

/**
 * What a keypad can say. "repeat": the item again, pressed twice what the keys do. Digits type, or lead to the item of
 * that number.
 */
export const EAR_KEYS = [
  "previous",
  "next",
  "select",
  "repeat",
  "volume",
  "pace",
  "erase",
  "back",
  "0",
  "1",
  "2",
  "3",
  "4",
  "5",
  "6",
  "7",
  "8",
  "9",
] as const;
export type EarKey = (typeof EAR_KEYS)[number];

/** Runtime to page. */
export type ToPage =
  | { readonly type: "view"; readonly view: View }
  | { readonly type: "ping"; readonly at: number }
  /** The page reloads itself (after an update or a frozen frame). */
  | { readonly type: "reload" };

/** Page to runtime. `pong` doubles as the heartbeat. */
export type FromPage =
  | { readonly type: "event"; readonly event: CitizenEvent }
  | {
      readonly type: "pong";
      readonly at: number;
      /** The page lives and shows nothing. */
      readonly blank?: true;
    }
  /** A key of the keypad: begins the visit by ear, or moves it. */
  | { readonly type: "key"; readonly key: EarKey }
  /** A finger or a key, also where it moves nothing: what is being spoken stops. */
  | { readonly type: "touch" };
