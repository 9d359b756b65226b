// What does the runtime want shown, and is the runtime there at all?
//
// A lost socket wipes what was shown at once: nobody may read a page that nobody guards. Answers to pings
// come from the paint loop, so a renderer that hangs falls silent.
import type { CitizenEvent } from "../../flows/events.js";
import type { EarKey, FromPage, ToPage } from "../../flows/protocol.js";
import type { View } from "../../flows/view.js";

export type LinkState =
  | { readonly status: "connecting" }
  | { readonly status: "open"; readonly view: View }
  /** Another window took over. */
  | { readonly status: "elsewhere" };

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
const BAD_TOKEN = 4401;
const TAKEN_OVER = 4409;

/** Reloads only when the runtime answers: a browser's own error page has no way back. */
const reloadWhenServed = async (): Promise<void> => {
  const answer = await fetch("./", { cache: "no-store" }).catch(() => null);
  if (answer?.ok === true) location.reload();
};

/** A program error empties the page, and the socket would live on behind it. */
const showsNothing = (): boolean =>
  (document.querySelector("main")?.getBoundingClientRect().height ?? 0) === 0;

export class VisitLink {
  readonly #show: (state: LinkState) => void;
  readonly #token: string;
  #socket: WebSocket | null = null;
  #waitMs = FIRST_WAIT_MS;

  constructor(token: string, show: (state: LinkState) => void) {
    this.#token = token;
    this.#show = show;
  }

  connect(): void {
    const socket = new WebSocket(new URL("visit", location.href.replace(/^http/, "ws")), [
      "motcua",
      this.#token,
    ]);
    this.#socket = socket;
    socket.addEventListener("message", (message) => this.#receive(socket, String(message.data)));
    socket.addEventListener("close", (closing) => this.#closed(closing.code));
  }

  send(event: CitizenEvent): void {
    this.#transmit({ type: "event", event });
  }

  key(key: EarKey): void {
    this.#transmit({ type: "key", key });
  }

  touch(): void {
    this.#transmit({ type: "touch" });
  }

  #transmit(message: FromPage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #receive(socket: WebSocket, data: string): void {
    if (socket !== this.#socket) return;
    const message = JSON.parse(data) as ToPage;
    if (message.type === "reload") void reloadWhenServed();
    else if (message.type === "ping") this.#answer(message.at);
    else {
      this.#waitMs = FIRST_WAIT_MS;
      this.#show({ status: "open", view: message.view });
    }
  }

  #answer(at: number): void {
    const answer = () => this.#transmit({ type: "pong", at, ...(showsNothing() ? { blank: true } : {}) });
    // A window behind others paints nothing and is not frozen for that.
    if (document.visibilityState === "hidden") answer();
    else requestAnimationFrame(answer);
  }

  #closed(code: number): void {
    this.#socket = null;
    if (code === TAKEN_OVER) {
      this.#show({ status: "elsewhere" });
      return;
    }
    this.#show({ status: "connecting" });
    if (code === BAD_TOKEN) void reloadWhenServed();
    // Jitter: a wall of kiosks behind one power switch comes back at once.
    setTimeout(() => this.connect(), this.#waitMs * (0.75 + Math.random() / 2));
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }
}
