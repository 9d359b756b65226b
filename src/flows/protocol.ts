// What goes over the page's WebSocket?
import type { CitizenEvent } from "./events.js";
import type { View } from "./view.js";

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
  /** A finger or a key, also where it moves nothing: what is being spoken stops. */
  | { readonly type: "touch" };
