// How do frames travel to and from a PN532 on an I2C bus? (NXP UM0701-02, section 6.2.4)
//
// The chip can not speak unasked: every read begins with a ready byte, and only when its bit 0 is set does
// a frame follow in the same transfer. This face turns that into a byte port, so the link is the same.
import type { Clock } from "../../../core/clock.js";
import { I2cNackError } from "../../i2c/i2c-wire.js";
import { type BytePort, PortClosedError } from "../../port/byte-port.js";
import { ACK_FRAME, MAX_FRAME_BYTES, NACK_FRAME } from "./frame.js";

/** 7 bits. */
export const PN532_I2C_ADDRESS = 0x24;

/** One slave on an I2C bus; each call is one transfer, and rejects when the slave does not acknowledge. */
export interface I2cWire {
  read(length: number): Promise<Uint8Array>;
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface I2cPortOptions {
  /** Bound to `PN532_I2C_ADDRESS`. */
  readonly wire: I2cWire;
  readonly clock: Clock;
}

/** Closer transfers make the chip hold the clock line, which a Raspberry Pi's controller does not bear. */
const SPACING_MS = 5;
/** A sleeping chip does not acknowledge its address until it is awake: not an unplugged one yet. */
const REFUSALS_UNTIL_GONE = 40;
/** Any other error is the bus's own, and may have taken its whole time-out of a second: four in a row. */
const BUS_ERROR_WEIGHT = 10;
const READY = 0x01;

export const i2cPort = (options: I2cPortOptions): BytePort => new I2cPort(options);

class I2cPort implements BytePort {
  readonly #wire: I2cWire;
  readonly #clock: Clock;
  readonly #data = new Set<(chunk: Uint8Array) => void>();
  readonly #close = new Set<(reason: Error | null) => void>();
  readonly #end = new AbortController();
  #transfers: Promise<unknown> = Promise.resolve();
  /** What the chip owes: its ACK, then its answer. */
  #owed: ("ack" | "answer")[] = [];
  #polling = false;
  #refusals = 0;
  #reason: Error | null = null;

  constructor({ wire, clock }: I2cPortOptions) {
    this.#wire = wire;
    this.#clock = clock;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#end.signal.aborted) throw new PortClosedError("I2C bus is closed");
    let taken = false;
    // What the chip did not acknowledge it does not have: sent again, it can not be done twice.
    while (!taken && !this.#end.signal.aborted) {
      await this.#transfer(async () => {
        if (equal(bytes, ACK_FRAME)) this.#owed = [];
        else this.#owed = equal(bytes, NACK_FRAME) ? ["answer"] : ["ack", "answer"];
        await this.#wire.write(bytes);
        taken = true;
      });
    }
    if (!taken)
      throw new PortClosedError(`I2C bus is closed: ${this.#reason?.message ?? "by us"}`, {
        cause: this.#reason,
      });
    if (!this.#polling) void this.#poll();
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    this.#data.add(listener);
    return () => this.#data.delete(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    this.#close.add(listener);
    return () => this.#close.delete(listener);
  }

  async setBaudRate(): Promise<void> {}

  async close(): Promise<void> {
    this.#finish(null);
    await this.#wire.close();
  }

  /** One at a time, each followed by its pause. A refused one is no error yet, many in a row are. */
  #transfer(work: () => Promise<void>): Promise<void> {
    const mine = this.#transfers.then(async () => {
      if (this.#end.signal.aborted) return;
      try {
        await work();
        this.#refusals = 0;
      } catch (thrown) {
        this.#refusals += thrown instanceof I2cNackError ? 1 : BUS_ERROR_WEIGHT;
        if (this.#refusals >= REFUSALS_UNTIL_GONE) {
          this.#finish(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      }
      await this.#clock.sleep(SPACING_MS);
    });
    this.#transfers = mine;
    return mine;
  }

  /** Asks for the ready byte while something is owed. */
  async #poll(): Promise<void> {
    this.#polling = true;
    while (this.#owed.length > 0 && !this.#end.signal.aborted) {
      await this.#transfer(async () => {
        const [owed] = this.#owed;
        if (owed === undefined) return;
        // The length of an answer is inside it, and a second read would begin it anew: read the longest.
        const [ready, ...frame] = await this.#wire.read(
          1 + (owed === "ack" ? ACK_FRAME.length : MAX_FRAME_BYTES),
        );
        if (ready === undefined || (ready & READY) === 0) return;
        this.#owed.shift();
        for (const listener of [...this.#data]) listener(Uint8Array.from(frame));
      });
    }
    this.#polling = false;
  }

  #finish(reason: Error | null): void {
    if (this.#end.signal.aborted) return;
    this.#reason = reason;
    this.#end.abort();
    for (const listener of [...this.#close]) listener(reason);
  }
}

const equal = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, i) => byte === right[i]);
