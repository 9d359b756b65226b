// Which kiosks are up, and how full are their queues?
//
// Held in memory: births, deaths and faults of devices are retained by the broker, figures come at each birth and every few minutes.
import type { DeviceMessage, StateMessage, TelemetryMessage } from "../sync/protocol/messages.js";
import type { UpdateMessage } from "../sync/protocol/update.js";
import { decode } from "../sync/protocol/validate.js";

export interface KioskView {
  readonly kiosk: string;
  readonly state: StateMessage | null;
  readonly telemetry: TelemetryMessage | null;
  /** By device; told at once when it changes, and retained. */
  readonly devices: Readonly<Record<string, DeviceMessage>>;
  /** How far an update is; null: it never said. */
  readonly update: UpdateMessage | null;
  /** When the figures came, by the portal's clock. */
  readonly heardAtMs: number | null;
}

const MAX_KIOSKS = 20_000;
const MAX_DEVICES = 32;
const DEVICE = /^[A-Za-z][A-Za-z0-9]{0,39}$/;

export class Fleet {
  readonly #states = new Map<string, StateMessage>();
  readonly #figures = new Map<string, { readonly message: TelemetryMessage; readonly heardAtMs: number }>();
  readonly #devices = new Map<string, Map<string, DeviceMessage>>();
  readonly #updates = new Map<string, UpdateMessage>();
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

  hearDevice(kiosk: string, device: string, payload: Uint8Array): void {
    const message = decode("device", payload);
    if (!message.ok || !DEVICE.test(device) || this.#isFull(this.#devices, kiosk)) return;
    const known = this.#devices.get(kiosk) ?? new Map<string, DeviceMessage>();
    if (known.size >= MAX_DEVICES && !known.has(device)) return;
    this.#devices.set(kiosk, known.set(device, message.value));
  }

  hearUpdate(kiosk: string, payload: Uint8Array): void {
    const message = decode("update", payload);
    if (message.ok && !this.#isFull(this.#updates, kiosk)) this.#updates.set(kiosk, message.value);
  }

  view(enrolled: readonly string[]): readonly KioskView[] {
    return [...new Set([...enrolled, ...this.#states.keys()])].sort().map((kiosk) => ({
      kiosk,
      state: this.#states.get(kiosk) ?? null,
      telemetry: this.#figures.get(kiosk)?.message ?? null,
      devices: Object.fromEntries(this.#devices.get(kiosk) ?? []),
      update: this.#updates.get(kiosk) ?? null,
      heardAtMs: this.#figures.get(kiosk)?.heardAtMs ?? null,
    }));
  }

  #isFull(known: ReadonlyMap<string, unknown>, kiosk: string): boolean {
    return known.size >= MAX_KIOSKS && !known.has(kiosk);
  }
}
