// What does a PN532 at the far end of the wire answer, byte for byte? (NXP UM0701-02)
//
// The chip keeps its state while the kiosk comes and goes: its bit rate, its targets, a card on the field.
// Only `setPlugged(false)` takes its power away.
import type { Clock } from "../../core/clock.js";
import {
  BAUD_CODE,
  CODE,
  MAX_DATA_BYTES,
  MAX_TARGETS,
  MORE_INFORMATION,
} from "../chip-reader/pn532/commands.js";
import {
  ACK_FRAME,
  ERROR_FRAME,
  encodeFrame,
  FrameDecoder,
  MAX_BODY_BYTES,
  TFI_ANSWER,
  TFI_COMMAND,
} from "../chip-reader/pn532/frame.js";
import type { BytePort } from "../port/byte-port.js";
import type { CardFarEnd, SimControl } from "./far-ends.js";
import { RF_TIMEOUT, SimField } from "./pn532-field.js";

/** Misbehaviour for tests; all of it off by default. */
export interface Pn532Quirks {
  /** So many next ACKs are lost on the wire. */
  loseAcks: number;
  /** So many next answers arrive with a wrong checksum. */
  damageAnswers: number;
  /** Hears everything and says nothing: TX wire broken. */
  mute: boolean;
  refuseFastBaud: boolean;
  refusePsl: boolean;
  cardKbit: 106 | 212 | 424 | 848;
  /** The card is a memory card (a bus ticket): no ISO/IEC 14443-4, no APDUs. */
  memoryCard: boolean;
  /** Another card lies under it, as in a purse. */
  secondCard: boolean;
  /** So many next commands are answered with the error frame. */
  errorFrames: number;
  /** "More information" with every part of an answer, also behind the last. */
  endlessAnswer: boolean;
  /** Data bytes of one answer before "more information" is set. */
  answerChunkBytes: number;
  /** Chip time of the card for each APDU. */
  cardMs: number;
}

const POWER_UP_BAUD = 115_200;
/** One try to find a card (request, guard time). */
const LIST_TRY_MS = 5;
/** Frame waiting time until a card that left is noticed (FWI 8 is 77 ms). */
const FRAME_WAIT_MS = 40;
/** A frame that stopped half-way is dropped; long enough for a busy machine to bring the rest. */
const QUIET_MS = 200;
const FOREVER = 0xff;

export class Pn532Sim {
  readonly control: SimControl["chipReader"];
  readonly quirks: Pn532Quirks = {
    loseAcks: 0,
    damageAnswers: 0,
    mute: false,
    refuseFastBaud: false,
    refusePsl: false,
    cardKbit: 848,
    memoryCard: false,
    secondCard: false,
    errorFrames: 0,
    endlessAnswer: false,
    answerChunkBytes: MAX_DATA_BYTES,
    cardMs: 0,
  };
  readonly #clock: Clock;
  readonly #field = new SimField(() => this.quirks);
  readonly #decoder = new FrameDecoder();
  readonly #noise: Uint8Array[] = [];
  readonly #listeners = new Set<(code: number) => void>();
  #port: BytePort | null = null;
  #detach: () => void = () => {};
  #plugged = true;
  #quietTimer: unknown = null;
  // Lost with the power:
  #awake = false;
  #normalMode = false;
  #baud = POWER_UP_BAUD;
  #nextBaud: number | null = null;
  #tries = FOREVER;
  #running: AbortController | null = null;
  #lastAnswer: Uint8Array | null = null;
  #commandParts: Uint8Array[] = [];
  #answerRest: Uint8Array = new Uint8Array(0);

  constructor(clock: Clock) {
    this.#clock = clock;
    this.control = {
      layCard: (card: CardFarEnd) => this.#field.lay(card),
      liftCard: () => this.#field.lift(),
      liftAfter: (apdus) => this.#field.liftAfter(apdus),
      setPlugged: (plugged) => this.#setPlugged(plugged),
      injectGarbage: (bytes) => this.#noise.push(bytes.slice()),
    };
  }

  /** The far end of a kiosk's wire; the one before, if any, is let go. */
  attach(port: BytePort): void {
    this.#detach();
    this.#decoder.reset();
    this.#port = port;
    const offData = port.onData((chunk) => this.#onData(chunk));
    const offClose = port.onClose(() => {
      if (this.#port === port) this.#port = null;
    });
    this.#detach = () => {
      offData();
      offClose();
    };
    void port.setBaudRate(this.#baud).catch(() => {});
  }

  /** On I2C the chip wakes when its address is called. */
  wakeByAddress(): void {
    this.#awake = true;
  }

  /** Called before each command that the chip takes. Returns the unsubscribe. */
  onCommand(listener: (code: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get fieldOn(): boolean {
    return this.#field.on;
  }

  get baudRate(): number {
    return this.#baud;
  }

  #setPlugged(plugged: boolean): void {
    this.#plugged = plugged;
    this.#running?.abort();
    this.#running = null;
    this.#decoder.reset();
    this.#field.switch(false);
    this.#awake = false;
    this.#normalMode = false;
    this.#baud = POWER_UP_BAUD;
    this.#nextBaud = null;
    this.#tries = FOREVER;
    this.#lastAnswer = null;
    this.#dropChains();
    void this.#port?.setBaudRate(POWER_UP_BAUD).catch(() => {});
  }

  #send(bytes: Uint8Array): void {
    if (!this.#plugged || this.quirks.mute) return;
    void this.#port?.write(bytes).catch(() => {});
  }

  #onData(chunk: Uint8Array): void {
    if (!this.#plugged) return;
    if (chunk.includes(0x55)) this.#awake = true;
    for (const frame of this.#decoder.push(chunk)) {
      if (frame.kind === "ack") this.#onHostAck();
      else if (frame.kind === "nack" && this.#lastAnswer !== null) this.#send(this.#lastAnswer);
      else if (frame.kind === "data" && frame.tfi === TFI_COMMAND) this.#onCommand(frame.body);
    }
    this.#clock.clearTimeout(this.#quietTimer);
    // A broken frame is forgotten at once, its sender repeats it; half of one may be completed yet.
    if (this.#decoder.brokenFrame) this.#decoder.reset();
    else if (this.#decoder.suspect) {
      this.#quietTimer = this.#clock.setTimeout(() => this.#decoder.reset(), QUIET_MS);
    }
  }

  /** The host stops the running command, or lets a new bit rate begin. */
  #onHostAck(): void {
    this.#running?.abort();
    this.#running = null;
    if (this.#nextBaud === null) return;
    this.#baud = this.#nextBaud;
    this.#nextBaud = null;
    this.#decoder.reset();
    void this.#port?.setBaudRate(this.#baud).catch(() => {});
  }

  #onCommand(body: Uint8Array): void {
    // Asleep it hears nothing; in its low-battery mode it waits for SAMConfiguration alone.
    if (!this.#awake || (!this.#normalMode && body[0] !== CODE.samConfiguration)) return;
    for (const listener of [...this.#listeners]) listener(body[0] ?? 0);
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#nextBaud = null;
    if (this.quirks.loseAcks > 0) this.quirks.loseAcks -= 1;
    else this.#send(ACK_FRAME);
    this.#perform(body, running.signal).then(
      (answer) => {
        if (running.signal.aborted) return;
        this.#running = null;
        this.#answer(answer === null ? ERROR_FRAME : this.#frame(body, answer));
      },
      // Aborted: such a command has no answer.
      () => {},
    );
  }

  #frame(command: Uint8Array, answer: Uint8Array): Uint8Array {
    return encodeFrame(TFI_ANSWER, Uint8Array.of((command[0] ?? 0) + 1, ...answer));
  }

  #answer(frame: Uint8Array): void {
    this.#lastAnswer = frame;
    for (const noise of this.#noise.splice(0)) this.#send(noise);
    if (this.quirks.damageAnswers > 0 && frame.length > ERROR_FRAME.length) {
      this.quirks.damageAnswers -= 1;
      const damaged = frame.slice();
      const last = damaged.length - 3;
      damaged[last] = (damaged[last] ?? 0) ^ 0x10;
      this.#send(damaged);
    } else this.#send(frame);
  }

  /** The answer without its code; null for the error frame. Rejects when aborted. */
  async #perform(body: Uint8Array, signal: AbortSignal): Promise<Uint8Array | null> {
    const [code, first, second] = body;
    if (this.quirks.errorFrames > 0) {
      this.quirks.errorFrames -= 1;
      return null;
    }
    switch (code) {
      case CODE.diagnose:
        return first === 0x00 ? body.slice(1) : null;
      case CODE.getFirmwareVersion:
        return Uint8Array.of(0x32, 0x01, 0x06, 0x07);
      case CODE.samConfiguration:
        if (first !== 0x01) return null;
        this.#normalMode = true;
        return new Uint8Array(0);
      case CODE.setSerialBaudRate:
        return this.#setBaud(first);
      case CODE.rfConfiguration:
        return this.#configureRf(body);
      case CODE.inListPassiveTarget:
        return (first === 1 || first === MAX_TARGETS) && (second === 0x00 || second === 0x03)
          ? await this.#list(second === 0x00 ? "A" : "B", first, signal)
          : null;
      case CODE.inPsl:
        return body.length === 4 ? Uint8Array.of(this.#field.psl(first ?? 0, this.quirks.refusePsl)) : null;
      case CODE.inDataExchange:
        return first === undefined ? null : await this.#exchange(first, body.subarray(2), signal);
      case CODE.inRelease:
        this.#dropChains();
        return Uint8Array.of(this.#field.release());
      default:
        return null;
    }
  }

  #setBaud(code: number | undefined): Uint8Array | null {
    const baud = [...BAUD_CODE].find(([, known]) => known === code)?.[0];
    if (baud === undefined || (this.quirks.refuseFastBaud && baud > POWER_UP_BAUD)) return null;
    this.#nextBaud = baud;
    return new Uint8Array(0);
  }

  #configureRf(body: Uint8Array): Uint8Array | null {
    const [, item, ...values] = body;
    if (item === 0x01 && values.length === 1) this.#field.switch(((values[0] ?? 0) & 0x01) !== 0);
    else if (item === 0x05 && values.length === 3) this.#tries = values[2] ?? FOREVER;
    else if (item !== 0x02 || values.length !== 3) return null;
    return new Uint8Array(0);
  }

  async #list(type: "A" | "B", maxTargets: number, signal: AbortSignal): Promise<Uint8Array> {
    this.#dropChains();
    for (let tries = 0; this.#tries === FOREVER || tries <= this.#tries; tries++) {
      await this.#clock.sleep(LIST_TRY_MS, signal);
      const found = this.#field.list(type, maxTargets);
      if (found !== null) return found;
    }
    return Uint8Array.of(0x00);
  }

  async #exchange(target: number, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    if ((target & MORE_INFORMATION) !== 0) {
      this.#commandParts.push(data.slice());
      return Uint8Array.of(0x00);
    }
    const asksForMore = this.#answerRest.length > 0 || this.quirks.endlessAnswer;
    if (data.length === 0 && asksForMore) return this.#moreOf();
    const apdu = new Uint8Array(Buffer.concat([...this.#commandParts, data]));
    this.#dropChains();
    // The card has the command now, whatever becomes of the reader's answer.
    const answer = this.#field.exchange(target, apdu);
    if (this.quirks.cardMs > 0) await this.#clock.sleep(this.quirks.cardMs, signal);
    if (typeof answer !== "number" && this.#field.answering) {
      this.#answerRest = answer.slice();
      return this.#nextChunk();
    }
    await this.#clock.sleep(FRAME_WAIT_MS, signal);
    return Uint8Array.of(typeof answer === "number" ? answer : RF_TIMEOUT);
  }

  /** Status and as much of the card's answer as one frame takes. */
  #nextChunk(): Uint8Array {
    const size = Math.min(this.quirks.answerChunkBytes, MAX_DATA_BYTES, MAX_BODY_BYTES - 2);
    const chunk = this.#answerRest.slice(0, size);
    this.#answerRest = this.#answerRest.slice(size);
    const more = this.#answerRest.length > 0 || this.quirks.endlessAnswer;
    return Uint8Array.of(more ? MORE_INFORMATION : 0x00, ...chunk);
  }

  /** A card that left in the middle of its answer has not given the rest to the chip. */
  async #moreOf(): Promise<Uint8Array> {
    if (this.#field.answering) return this.#nextChunk();
    this.#dropChains();
    return Uint8Array.of(RF_TIMEOUT);
  }

  #dropChains(): void {
    this.#commandParts = [];
    this.#answerRest = new Uint8Array(0);
  }
}
