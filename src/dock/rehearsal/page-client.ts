// How does a citizen without a browser see the screen and touch it?
import { WebSocket } from "ws";
import type { CitizenEvent } from "../../flows/events.js";
import type { FromPage, ToPage } from "../../flows/protocol.js";
import type { View } from "../../flows/view.js";

export class PageHang extends Error {
  override readonly name = "PageHang";
}

const RETRY_MS = 50;

/** The page's side of the WebSocket: comes back by itself when the kiosk restarts. */
export class PageClient {
  readonly #url: string;
  readonly #listeners = new Set<() => void>();
  #socket: WebSocket | null = null;
  #view: View | null = null;
  #closed = false;

  constructor(screenUrl: string) {
    this.#url = screenUrl;
    void this.#connect();
  }

  /** Null while the kiosk does not answer. */
  get view(): View | null {
    return this.#view;
  }

  async #token(): Promise<string | null> {
    const html = await fetch(this.#url).then(
      (reply) => reply.text(),
      () => "",
    );
    return /<meta name="page-token" content="([\w-]+)"/.exec(html)?.[1] ?? null;
  }

  async #connect(): Promise<void> {
    if (this.#closed) return;
    const token = await this.#token();
    if (token === null) {
      setTimeout(() => void this.#connect(), RETRY_MS);
      return;
    }
    const origin = this.#url.replace(/\/$/, "");
    const socket = new WebSocket(`${origin.replace("http", "ws")}/visit`, ["motcua", token], { origin });
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(JSON.parse(String(data)) as ToPage));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.#view = null;
      this.#notify();
      if (!this.#closed) setTimeout(() => void this.#connect(), RETRY_MS);
    });
  }

  #receive(message: ToPage): void {
    if (message.type === "ping") this.#write({ type: "pong", at: message.at });
    if (message.type !== "view") return;
    this.#view = message.view;
    this.#notify();
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #write(message: FromPage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  send(event: CitizenEvent): void {
    this.#write({ type: "event", event });
  }

  /** Resolves with the first view, now or later, that satisfies; throws `PageHang` after `timeoutMs`. */
  until(satisfies: (view: View | null) => boolean, timeoutMs: number, what: string): Promise<View | null> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        if (!satisfies(this.#view)) return;
        clearTimeout(timer);
        this.#listeners.delete(check);
        resolve(this.#view);
      };
      const timer = setTimeout(() => {
        this.#listeners.delete(check);
        const at =
          this.#view === null
            ? "no connection"
            : JSON.stringify({ ...this.#view.screen, fields: undefined, rows: undefined });
        reject(new PageHang(`${what}: nothing for ${timeoutMs / 1000} s (at ${at})`));
      }, timeoutMs);
      this.#listeners.add(check);
      check();
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket?.terminate();
  }
}
