// Is there one living page, and does it show the newest view?
//
// One page at a time: a newer one takes over. The page answers pings from its paint loop, so a renderer
// that hangs falls silent although its socket stays open.
import type { WebSocket } from "ws";
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import type { CitizenEvent } from "../flows/events.js";
import type { EarKey, ToPage } from "../flows/protocol.js";
import type { View } from "../flows/view.js";
import { parseFromPage } from "./messages.js";

/** The visit, as the screen sees it. */
export interface ScreenVisit {
  send(event: CitizenEvent): void;
  readonly view: View;
  /** Calls back after every change of `view`; the result ends it. */
  watch(callback: () => void): () => void;
  /** Somebody touches the screen, wherever it is. */
  touched?(): void;
  /** A key of the keypad that hangs on the screen's computer. */
  key?(key: EarKey): void;
}

/** "frozen": the socket is open and nothing answers. "gone": no page came back. "white": it answers and shows nothing. */
export type HeartbeatLoss = "frozen" | "gone" | "white";

/** Close codes of the socket; the page acts on them. */
export const CLOSE = { badToken: 4401, takenOver: 4409, stopping: 1001 } as const;

const PING_EVERY_MS = 2_000;
/** Four pings missed and one on its way: longer than any paint that a busy board was seen to take. */
const SILENCE_MS = 10_000;
/** One may fall between two screens. */
const BLANK_ANSWERS = 3;
/** A page that stopped reading is not fed: it gets the newest view when it answers again. */
const BUFFERED_LIMIT_BYTES = 1 << 20;
const OPEN = 1;

export interface PageLinkParts {
  readonly visit: ScreenVisit;
  readonly clock: Clock;
  readonly log: Log;
}

export class PageLink {
  readonly #parts: PageLinkParts;
  readonly #stopWatching: () => void;
  readonly #lossListeners = new Set<(loss: HeartbeatLoss) => void>();
  #socket: WebSocket | null = null;
  #everConnected = false;
  #lastSignMs: number;
  #lost = false;
  #blankAnswers = 0;
  #sentRevision: number | null = null;
  #pushPlanned = false;
  #badMessageLogged = false;
  #timer: unknown;
  #closed = false;

  constructor(parts: PageLinkParts) {
    this.#parts = parts;
    this.#lastSignMs = parts.clock.monotonicMs();
    this.#stopWatching = parts.visit.watch(() => this.#planPush());
    this.#beat();
  }

  get connected(): boolean {
    return this.#socket !== null && !this.#lost;
  }

  onHeartbeatLost(listener: (loss: HeartbeatLoss) => void): void {
    this.#lossListeners.add(listener);
  }

  /** Takes a socket whose token was checked; an older page is told to close. */
  take(socket: WebSocket): void {
    const older = this.#socket;
    this.#socket = socket;
    this.#everConnected = true;
    this.#badMessageLogged = false;
    this.#blankAnswers = 0;
    this.#sentRevision = null;
    if (older !== null) {
      this.#parts.log("screen.state", { state: "takenOver" });
      older.close(CLOSE.takenOver, "another page took over");
    }
    socket.on("message", (data, isBinary) => {
      if (this.#socket === socket) this.#receive(isBinary ? "" : String(data));
    });
    socket.on("close", () => this.#dropped(socket));
    socket.on("error", () => socket.terminate());
    this.#alive("connected");
    this.#push();
  }

  close(): void {
    this.#closed = true;
    this.#stopWatching();
    this.#parts.clock.clearTimeout(this.#timer);
    this.#lossListeners.clear();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(CLOSE.stopping, "the kiosk is stopping");
  }

  #dropped(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#parts.log("screen.state", { state: "disconnected" });
  }

  #receive(data: string): void {
    const message = parseFromPage(data);
    if (message === null) {
      // Once a page: a page that sends nonsense would fill the log.
      if (!this.#badMessageLogged) this.#parts.log("screen.state", { state: "badMessage" });
      this.#badMessageLogged = true;
      return;
    }
    if (message.type === "pong") {
      this.#blankAnswers = message.blank === true ? this.#blankAnswers + 1 : 0;
      if (this.#blankAnswers >= BLANK_ANSWERS) {
        if (!this.#lost) this.#declareLost("white", "the page shows nothing");
        return;
      }
      this.#alive("thawed");
      this.#push();
      return;
    }
    this.#parts.visit.touched?.();
    if (message.type === "event") this.#parts.visit.send(message.event);
    if (message.type === "key") this.#parts.visit.key?.(message.key);
  }

  #alive(state: "connected" | "thawed"): void {
    this.#lastSignMs = this.#parts.clock.monotonicMs();
    if (this.#lost || state === "connected") this.#parts.log("screen.state", { state });
    this.#lost = false;
  }

  #beat(): void {
    if (this.#closed) return;
    const now = this.#parts.clock.monotonicMs();
    this.#transmit({ type: "ping", at: now });
    if (this.#everConnected && !this.#lost && now - this.#lastSignMs >= SILENCE_MS) {
      const loss = this.#socket === null ? "gone" : "frozen";
      this.#declareLost(loss, `no answer from the page for ${SILENCE_MS / 1_000} s`);
    }
    this.#timer = this.#parts.clock.setTimeout(() => this.#beat(), PING_EVERY_MS);
  }

  #declareLost(loss: HeartbeatLoss, detail: string): void {
    this.#lost = true;
    this.#parts.log("screen.state", { state: loss, detail });
    // Should it wake up, it starts afresh; the visit lives here, not there.
    this.#transmit({ type: "reload" });
    for (const listener of this.#lossListeners) listener(loss);
  }

  /** One push for all changes of one turn: each view is whole. */
  #planPush(): void {
    if (this.#pushPlanned) return;
    this.#pushPlanned = true;
    queueMicrotask(() => {
      this.#pushPlanned = false;
      this.#push();
    });
  }

  #push(): void {
    const socket = this.#socket;
    if (socket === null || socket.bufferedAmount > BUFFERED_LIMIT_BYTES) return;
    const view = this.#parts.visit.view;
    if (view.revision === this.#sentRevision) return;
    this.#sentRevision = view.revision;
    this.#transmit({ type: "view", view });
  }

  #transmit(message: ToPage): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(message));
  }
}
