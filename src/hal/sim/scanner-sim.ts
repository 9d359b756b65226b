// What does a serial code scanner at the far end of the wire send?
import type { BytePort } from "../port/byte-port.js";
import type { SimControl } from "./far-ends.js";

export interface ScannerFraming {
  /** "\u0002" for STX, "]Q1" for the AIM identifier, or nothing. */
  readonly prefix: string;
  readonly suffix: string;
}

/** As most scanners leave the factory. */
const FACTORY: ScannerFraming = { prefix: "", suffix: "\r\n" };

/** A USB scanner: unplugged, its port is gone; a code shown then is seen by nobody. */
export class ScannerSim {
  readonly control: SimControl["codeReader"];
  readonly #framing: ScannerFraming;
  #port: BytePort | null = null;
  #plugged = true;

  constructor(framing: ScannerFraming = FACTORY) {
    this.#framing = framing;
    this.control = {
      show: (text) => this.#send(Buffer.from(this.#framing.prefix + text + this.#framing.suffix, "utf8")),
      setPlugged: (plugged) => {
        this.#plugged = plugged;
        if (!plugged) this.#unplug();
      },
      injectGarbage: (bytes) => this.#send(bytes),
    };
  }

  /** The far end of a kiosk's wire; the one before is let go. While unplugged the wire is closed at once. */
  attach(port: BytePort): void {
    this.#port = port;
    port.onClose(() => {
      if (this.#port === port) this.#port = null;
    });
    if (!this.#plugged) this.#unplug();
  }

  #unplug(): void {
    void this.#port?.close().catch(() => {});
    this.#port = null;
  }

  #send(bytes: Uint8Array): void {
    if (this.#plugged) void this.#port?.write(bytes.slice()).catch(() => {});
  }
}
