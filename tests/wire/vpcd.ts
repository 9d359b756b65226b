// What is at the far end of vsmartcard's PC/SC driver: a reader's slot with a card that comes and goes.
//
// The driver (libifdvpcd) listens on a port: a connection is a card in the slot, its end an empty slot.
// Messages both ways: length (2, big endian), then the bytes. One byte is a command to the slot
// (0 off, 1 on, 2 reset, 4 give the ATR); anything longer is an APDU.
import { connect, type Socket } from "node:net";
import { encodeContactlessAtr } from "../../src/hal/chip-reader/pcsc/atr.js";
import type { CardFarEnd } from "../../src/hal/sim/far-ends.js";
import { clock } from "../contract/bench.js";

const RECONNECT_MS = 50;
/** pcscd looks every 400 ms: a card that is back sooner was never away for it. A hand is slower. */
const EMPTY_AT_LEAST_MS = 900;
const OFF = 0;
const ON = 1;
const RESET = 2;
const GET_ATR = 4;
const OK = [0x90, 0x00];
const FUNCTION_NOT_SUPPORTED = [0x6a, 0x81];

/** What the answer to select of a made-up type A card holds behind its interface bytes. */
const ATS_HISTORY = Uint8Array.of(0x80);
/** Of a made-up type B card: application data, protocol info (ISO/IEC 14443-4), MBLI. */
const TYPE_B_HISTORY = Uint8Array.of(0x00, 0x00, 0x00, 0x00, 0x00, 0x81, 0x81, 0x00);
/** PC/SC part 3: a MIFARE Classic 1K. */
const MEMORY_HISTORY = Uint8Array.of(
  ...[0x80, 0x4f, 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06, 0x03, 0x00, 0x01, 0, 0, 0, 0],
);

export interface VpcdQuirks {
  /** Chip time of the card for each APDU. */
  cardMs: number;
  memoryCard: boolean;
  /** The card takes an APDU and never answers. */
  mute: boolean;
}

export class VpcdSlot {
  readonly quirks: VpcdQuirks = { cardMs: 0, memoryCard: false, mute: false };
  readonly #port: number;
  #socket: Socket | null = null;
  #card: CardFarEnd | null = null;
  #powered = false;
  #liftAfter: number | null = null;
  #liftedMs = Number.NEGATIVE_INFINITY;

  constructor(port: number) {
    this.#port = port;
  }

  /** The card has power: its field is on. */
  get powered(): boolean {
    return this.#powered;
  }

  /** An empty slot without quirks. */
  reset(): void {
    this.liftCard();
    Object.assign(this.quirks, { cardMs: 0, memoryCard: false, mute: false });
  }

  layCard(card: CardFarEnd): void {
    this.liftCard();
    this.#card = card;
    const waitMs = this.#liftedMs + EMPTY_AT_LEAST_MS - clock.monotonicMs();
    setTimeout(() => this.#connect(card), Math.max(0, waitMs));
  }

  liftCard(): void {
    if (this.#card !== null) this.#liftedMs = clock.monotonicMs();
    this.#card = null;
    this.#liftAfter = null;
    this.#powered = false;
    this.#socket?.destroy();
    this.#socket = null;
  }

  /** The card leaves after n more APDUs. */
  liftAfter(apdus: number): void {
    if (apdus <= 0) this.liftCard();
    else this.#liftAfter = apdus;
  }

  /** Again and again while the driver does not listen: the card lies there when the service starts anew. */
  #connect(card: CardFarEnd): void {
    if (this.#card !== card) return;
    this.#powered = false;
    this.#socket?.destroy();
    const socket = connect({ port: this.#port, host: "127.0.0.1" });
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#socket === socket) setTimeout(() => this.#connect(card), RECONNECT_MS);
    });
    let heard: Buffer = Buffer.alloc(0);
    let turn: Promise<void> = Promise.resolve();
    socket.on("data", (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
        const end = 2 + heard.readUInt16BE(0);
        const message = Uint8Array.from(heard.subarray(2, end));
        heard = heard.subarray(end);
        turn = turn.then(async () => send(socket, await this.#answer(message)));
      }
    });
  }

  async #answer(message: Uint8Array): Promise<Uint8Array | null> {
    if (message.length !== 1) return await this.#exchange(message);
    switch (message[0]) {
      case ON:
        if (!this.#powered) this.#powerUp();
        return null;
      case RESET:
        this.#powerUp();
        return null;
      case OFF:
        this.#powered = false;
        return null;
      case GET_ATR:
        return encodeContactlessAtr(this.#history());
      default:
        return null;
    }
  }

  #powerUp(): void {
    this.#powered = true;
    this.#card?.reset();
  }

  #history(): Uint8Array {
    if (this.quirks.memoryCard) return MEMORY_HISTORY;
    return this.#card?.type === "B" ? TYPE_B_HISTORY : ATS_HISTORY;
  }

  async #exchange(apdu: Uint8Array): Promise<Uint8Array | null> {
    const card = this.#card;
    if (card === null) return null;
    if (apdu[0] === 0xff) return Uint8Array.from(this.#answerAsReader(apdu, card));
    const answer = card.respond(apdu);
    if (this.quirks.cardMs > 0) await clock.sleep(this.quirks.cardMs);
    if (this.quirks.mute || this.#card !== card) return null;
    if (this.#liftAfter !== null) {
      const left = this.#liftAfter - 1;
      this.#liftAfter = left;
      // Its last answer is on the wire before the slot is empty.
      if (left === 0) setTimeout(() => this.liftCard(), 20);
    }
    return answer;
  }

  /** Get Data of PC/SC part 3, 3.2.2.1.3. */
  #answerAsReader(apdu: Uint8Array, card: CardFarEnd): readonly number[] {
    if (apdu[1] !== 0xca) return FUNCTION_NOT_SUPPORTED;
    if (apdu[2] === 0x00) return [...card.uid, ...OK];
    return card.type === "A" ? [...ATS_HISTORY, ...OK] : FUNCTION_NOT_SUPPORTED;
  }
}

const send = (socket: Socket, bytes: Uint8Array | null): void => {
  if (bytes === null || socket.destroyed) return;
  const message = Buffer.alloc(2 + bytes.length);
  message.writeUInt16BE(bytes.length);
  message.set(bytes, 2);
  socket.write(message);
};
