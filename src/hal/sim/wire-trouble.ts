// What can happen to the bytes of one wire between a kiosk and a device, by a script and not by chance?
import { type BytePort, PortClosedError } from "../port/byte-port.js";

/** Where bytes go. */
export type Direction = "toKiosk" | "toDevice";

/** The knobs of one wire; they outlive the ports that are opened over it. */
export class WireTrouble {
  readonly #muted: Record<Direction, boolean> = { toKiosk: false, toDevice: false };
  readonly #flips: Record<Direction, number> = { toKiosk: 0, toDevice: 0 };
  readonly #losses: Record<Direction, number> = { toKiosk: 0, toDevice: 0 };
  #held = false;
  #crumbs = false;

  /** A broken conductor: what is sent this way is gone. */
  mute(direction: Direction, on: boolean): void {
    this.#muted[direction] = on;
  }

  /** Flow control holds the kiosk: its writes do not end. */
  hold(on: boolean): void {
    this.#held = on;
  }

  /** Every byte comes alone, as over a slow adapter. */
  crumble(on: boolean): void {
    this.#crumbs = on;
  }

  /** One bit of each of the next `chunks` turns over. */
  flip(direction: Direction, chunks: number): void {
    this.#flips[direction] += chunks;
  }

  /** The next `chunks` are lost. */
  lose(direction: Direction, chunks: number): void {
    this.#losses[direction] += chunks;
  }

  heal(): void {
    for (const direction of ["toKiosk", "toDevice"] as const) {
      this.#muted[direction] = false;
      this.#flips[direction] = 0;
      this.#losses[direction] = 0;
    }
    this.#held = false;
    this.#crumbs = false;
  }

  get held(): boolean {
    return this.#held;
  }

  /** What arrives of a chunk. */
  pass(direction: Direction, chunk: Uint8Array): readonly Uint8Array[] {
    if (this.#muted[direction] || chunk.length === 0) return [];
    if (this.#losses[direction] > 0) {
      this.#losses[direction] -= 1;
      return [];
    }
    const copy = chunk.slice();
    if (this.#flips[direction] > 0) {
      this.#flips[direction] -= 1;
      const at = copy.length >> 1;
      copy[at] = (copy[at] ?? 0) ^ 0x04;
    }
    return this.#crumbs ? Array.from(copy, (byte) => Uint8Array.of(byte)) : [copy];
  }
}

/** The kiosk's end of a wire: `trouble` befalls its bytes, `cut` makes it deaf and dumb as its process dies. */
export class TroubledPort implements BytePort {
  readonly #port: BytePort;
  readonly #trouble: WireTrouble;
  #dead = false;

  constructor(port: BytePort, trouble: WireTrouble) {
    this.#port = port;
    this.#trouble = trouble;
  }

  async write(bytes: Uint8Array): Promise<void> {
    // A process that died waits for nothing; flow control waits until the line is closed.
    if (this.#dead) return new Promise(() => {});
    if (this.#trouble.held) return this.#untilClosed();
    const parts = this.#trouble.pass("toDevice", bytes);
    // Also when nothing is left of it: a closed port says so to its writer.
    await this.#port.write(parts[0] ?? new Uint8Array(0));
    for (const part of parts.slice(1)) await this.#port.write(part);
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    return this.#port.onData((chunk) => {
      if (this.#dead) return;
      for (const part of this.#trouble.pass("toKiosk", chunk)) listener(part);
    });
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return this.#port.onClose((reason) => {
      if (!this.#dead) listener(reason);
    });
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (this.#dead) return new Promise(() => {});
    await this.#port.setBaudRate(baudRate);
  }

  async close(): Promise<void> {
    if (this.#dead) return new Promise(() => {});
    await this.#port.close();
  }

  /** The kiosk loses its power: the device sees the line go, nobody here hears of it. */
  cut(): void {
    this.#dead = true;
    void this.#port.close();
  }

  #untilClosed(): Promise<never> {
    return new Promise((_, reject) => {
      this.onClose(() => reject(new PortClosedError("closed while flow control held it")));
    });
  }
}
