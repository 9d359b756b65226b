// Which kiosks are up, and how full are their queues?
//
// Held in memory: births and deaths are retained by the broker, figures come at each birth and every few minutes.
import type { StateMessage, TelemetryMessage } from "../sync/protocol/messages.js";
import { decode } from "../sync/protocol/validate.js";

export interface KioskView {
  readonly kiosk: string;
  readonly state: StateMessage | null;
  readonly telemetry: TelemetryMessage | null;
  /** When the figures came, by the portal's clock. */
  readonly heardAtMs: number | null;
}

const MAX_KIOSKS = 20_000;

export class Fleet {
  readonly #states = new Map<string, StateMessage>();
  readonly #figures = new Map<string, { readonly message: TelemetryMessage; readonly heardAtMs: number }>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** True when the kiosk says that it is there. */
  hear(kiosk: string, payload: Uint8Array): boolean {
    const message = decode("state", payload);
    if (!message.ok || this.#isFull(this.#states, kiosk)) return false;
    this.#states.set(kiosk, message.value);
    return message.value.online;
  }

  measure(kiosk: string, payload: Uint8Array): void {
    const message = decode("telemetry", payload);
    if (message.ok && !this.#isFull(this.#figures, kiosk))
      this.#figures.set(kiosk, { message: message.value, heardAtMs: this.#nowMs() });
  }

  view(enrolled: readonly string[]): readonly KioskView[] {
    return [...new Set([...enrolled, ...this.#states.keys()])].sort().map((kiosk) => ({
      kiosk,
      state: this.#states.get(kiosk) ?? null,
      telemetry: this.#figures.get(kiosk)?.message ?? null,
      heardAtMs: this.#figures.get(kiosk)?.heardAtMs ?? null,
    }));
  }

  #isFull(known: ReadonlyMap<string, unknown>, kiosk: string): boolean {
    return known.size >= MAX_KIOSKS && !known.has(kiosk);
  }
}
