// How does a PN532 serve as the kiosk's chip reader?
import type { Clock } from "../../../core/clock.js";
import { type Fault, FaultError, toFault } from "../../../core/faults.js";
import type { Log } from "../../../core/log.js";
import type { BytePort } from "../../port/byte-port.js";
import type { Card, ChipReader } from "../chip-reader.js";
import { Turn } from "../turn.js";
import {
  echo,
  getFirmwareVersion,
  inDataExchange,
  inListPassiveTarget,
  inPsl424,
  inReleaseAll,
  MAX_DATA_BYTES,
  readFirmware,
  readStatus,
  readTarget,
  rfField,
  rfRetries,
  rfTimings,
  type Target,
} from "./commands.js";
import { FAST_BAUD, findReader, raiseSpeed, wakeUpOverI2c } from "./host-speed.js";
import { Pn532Link } from "./link.js";

export interface Pn532Options {
  readonly port: BytePort;
  readonly clock: Clock;
  readonly log: Log;
  /** "i2c": the port is an `i2cPort`; no wake-up bytes, no bit rate. */
  readonly transport?: "hsu" | "i2c";
  /** HSU rate to raise to; 115200 stays as it is. */
  readonly fastBaud?: number;
  /** Data bytes of one InDataExchange; less than 262 for an adapter with small buffers. */
  readonly maxDataBytes?: number;
}

const PN532_CHIP = 0x32;
/** A waiting-time extension of a card may take 4.9 s (FWI 14), and more than one may follow. */
const EXCHANGE_WITHIN_MS = 10_000;
/** Activation of a card with slow answer to select; one poll without a card takes some 10 ms. */
const LIST_WITHIN_MS = 1_500;
const CONFIGURE_WITHIN_MS = 500;
/** Field off between two looks: keeps reader and cabinet cool, and the latency unnoticed. */
const PAUSE_MS = 60;
/** ISO/IEC 14443-3: 5 ms without a field put every card back to its start; the double is sure. */
const FIELD_RESET_MS = 10;
/** Faults after which the reader is as well as before. */
const OF_THE_CARD: ReadonlySet<string> = new Set(["card.notCitizen", "card.several"]);
/** No answer has more parts: an extended APDU's 65,538 bytes in frames. A chip that says "more" for ever is broken. */
const MAX_PARTS = 256;
/** An answer this young makes a health question superfluous. */
const FRESH_MS = 2_000;

/** Wakes and sets up the chip; throws `FaultError` "chipReader.…" when it can not serve. Owns `port`. */
export const openPn532 = async (options: Pn532Options, signal?: AbortSignal): Promise<ChipReader> => {
  const { port, clock, log, transport = "hsu", fastBaud = FAST_BAUD } = options;
  const link = new Pn532Link(port, clock);
  const wire = { port, link, clock };
  try {
    let baud = 0;
    if (transport === "i2c") await wakeUpOverI2c(wire, signal);
    else {
      baud = await findReader(wire, fastBaud, signal);
      if (baud !== fastBaud) baud = await raiseSpeed(wire, { from: baud, to: fastBaud }, signal);
    }
    const configure = (body: Uint8Array) =>
      link.command(body, { withinMs: CONFIGURE_WITHIN_MS, repeatable: true, signal });
    const firmware = readFirmware(await configure(getFirmwareVersion()));
    if (firmware?.chip !== PN532_CHIP) {
      const chip = firmware?.chip.toString(16) ?? "none";
      throw new FaultError("chipReader.wrongDevice", `not a PN532: IC 0x${chip}`);
    }
    await configure(rfTimings());
    await configure(rfRetries(0x01));
    await configure(rfField(false));
    const detail = `PN532 ${firmware.version} over ${transport}${baud === 0 ? "" : ` at ${baud} bit/s`}`;
    log("device.state", { device: "chipReader", state: "identified", detail });
    return new Pn532(link, options);
  } catch (thrown) {
    await port.close();
    throw thrown;
  }
};

class Pn532 implements ChipReader {
  readonly #link: Pn532Link;
  readonly #port: BytePort;
  readonly #clock: Clock;
  readonly #maxDataBytes: number;
  readonly #waits = new Turn();
  readonly #exchanges = new Turn();
  /** The one activated card; an older object of it is lost. */
  #card: Pn532Card | null = null;
  /** The air garbled the last card at 424 kbit/s: the next activation stays at 106. */
  #slowNext = false;

  constructor(link: Pn532Link, options: Pn532Options) {
    this.#link = link;
    this.#port = options.port;
    this.#clock = options.clock;
    this.#maxDataBytes = options.maxDataBytes ?? MAX_DATA_BYTES;
  }

  async health(): Promise<Fault | null> {
    if (this.#link.gone !== null) return toFault(this.#link.gone);
    if (this.#clock.monotonicMs() - this.#link.lastAnswerMs < FRESH_MS) return null;
    // A command at work finds out by itself.
    if (this.#link.busy) return null;
    try {
      await this.#link.command(echo(Uint8Array.of(0x6d)), {
        withinMs: CONFIGURE_WITHIN_MS,
        repeatable: true,
      });
      return null;
    } catch (thrown) {
      return toFault(thrown, "chipReader.silent");
    }
  }

  async close(): Promise<void> {
    this.#card = null;
    await this.#port.close().catch(() => {});
  }

  waitForCard(signal: AbortSignal): Promise<Card> {
    return this.#waits.take(async () => {
      this.#card = null;
      try {
        await this.#configure(rfField(false), signal);
        await this.#clock.sleep(FIELD_RESET_MS, signal);
        for (;;) {
          const card = (await this.#look("A", signal)) ?? (await this.#look("B", signal));
          if (card !== null) return card;
          await this.#configure(rfField(false), signal);
          await this.#clock.sleep(PAUSE_MS, signal);
        }
      } catch (thrown) {
        // A reader that failed is set up anew anyway.
        if (!(thrown instanceof FaultError) || OF_THE_CARD.has(thrown.code)) await this.#fieldOff();
        throw thrown;
      }
    }, signal);
  }

  /** One poll of bounded length; raises the bit rate of a card that allows it. */
  async #look(type: "A" | "B", signal: AbortSignal): Promise<Card | null> {
    let target = await this.#list(type, signal);
    if (target === null) return null;
    if (!target.isoDep) {
      throw new FaultError("card.notCitizen", `type ${type} card without ISO/IEC 14443-4`);
    }
    const raise = target.fast && !this.#slowNext;
    this.#slowNext = false;
    if (raise && !(await this.#raiseBitRate(target, signal))) {
      // A card that saw a broken PPS is in an unknown state: begin again, at 106 kbit/s.
      await this.#configure(rfField(false), signal);
      await this.#clock.sleep(FIELD_RESET_MS, signal);
      target = await this.#list(type, signal);
      if (target === null || !target.isoDep) return null;
    }
    const card = new Pn532Card(this, target);
    this.#card = card;
    return card;
  }

  async #list(type: "A" | "B", signal: AbortSignal): Promise<Target | null> {
    const answer = await this.#link.command(inListPassiveTarget(type), {
      withinMs: LIST_WITHIN_MS,
      repeatable: true,
      signal,
    });
    const target = readTarget(answer, type);
    if (target === "several") throw new FaultError("card.several", `two type ${type} cards in the field`);
    if (target !== "malformed") return target;
    throw new FaultError("chipReader.failed", `target data of ${answer.length} bytes outside the manual`);
  }

  async #raiseBitRate(target: Target, signal: AbortSignal): Promise<boolean> {
    try {
      const options = { withinMs: CONFIGURE_WITHIN_MS, repeatable: false, signal };
      const [status] = await this.#link.command(inPsl424(target.number), options);
      return status !== undefined && readStatus(status).outcome === "done";
    } catch (thrown) {
      if (thrown instanceof FaultError && thrown.code === "chipReader.failed") return false;
      throw thrown;
    }
  }

  /** The whole way of one APDU; a second caller waits until the first has its answer. */
  exchange(card: Pn532Card, command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#exchanges.take(async () => {
      if (this.#card !== card) throw new FaultError("card.lost", "the card was let go");
      try {
        return await this.#chain(card.target.number, command, signal);
      } catch (thrown) {
        // The card's state is unknown now: only a new activation makes it known.
        if (this.#card === card) this.#card = null;
        throw await this.#judge(thrown, signal);
      }
    }, signal);
  }

  async #chain(target: number, command: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    let at = 0;
    while (command.length - at > this.#maxDataBytes) {
      const part = command.subarray(at, at + this.#maxDataBytes);
      await this.#step(inDataExchange(target, part, true), signal);
      at += part.length;
    }
    const parts: Uint8Array[] = [];
    let step = await this.#step(inDataExchange(target, command.subarray(at), false), signal);
    parts.push(step.data);
    while (step.more) {
      if (parts.length >= MAX_PARTS) throw new FaultError("chipReader.failed", "an answer without an end");
      step = await this.#step(inDataExchange(target, new Uint8Array(0), false), signal);
      parts.push(step.data);
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  async #step(body: Uint8Array, signal?: AbortSignal): Promise<{ data: Uint8Array; more: boolean }> {
    const options = { withinMs: EXCHANGE_WITHIN_MS, repeatable: false, signal };
    const answer = await this.#link.command(body, options);
    const status = answer[0];
    if (status === undefined) throw new FaultError("chipReader.failed", "answer without a status byte");
    const { outcome, more, meaning, noisy } = readStatus(status);
    if (outcome === "done") return { data: answer.subarray(1), more };
    if (noisy) this.#slowNext = true;
    throw new FaultError(outcome === "cardLost" ? "card.lost" : "chipReader.failed", meaning);
  }

  /** A reader that still echoes was not silent: it was the card, or a frame on its way to it, that was lost. */
  async #judge(thrown: unknown, signal?: AbortSignal): Promise<unknown> {
    if (signal?.aborted === true) return thrown;
    if (!(thrown instanceof FaultError) || thrown.code !== "chipReader.silent") return thrown;
    try {
      await this.#link.command(getFirmwareVersion(), { withinMs: CONFIGURE_WITHIN_MS, repeatable: true });
      return new FaultError("card.lost", thrown.detail);
    } catch {
      return thrown;
    }
  }

  /** Never throws. */
  async release(card: Pn532Card): Promise<void> {
    if (this.#card !== card) return;
    this.#card = null;
    const options = { withinMs: CONFIGURE_WITHIN_MS, repeatable: true };
    await this.#link.command(inReleaseAll(), options).catch(() => {});
    await this.#fieldOff();
  }

  async #configure(body: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#link.command(body, { withinMs: CONFIGURE_WITHIN_MS, repeatable: true, signal });
  }

  /** Never throws: a reader that can not switch its field off is found by the next command. */
  async #fieldOff(): Promise<void> {
    await this.#configure(rfField(false)).catch(() => {});
  }
}

class Pn532Card implements Card {
  readonly #reader: Pn532;

  constructor(
    reader: Pn532,
    readonly target: Target,
  ) {
    this.#reader = reader;
  }

  get uid(): Uint8Array {
    return this.target.uid;
  }

  get type(): "A" | "B" {
    return this.target.type;
  }

  transceive(commandApdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    return this.#reader.exchange(this, commandApdu, signal);
  }

  release(): Promise<void> {
    return this.#reader.release(this);
  }
}
