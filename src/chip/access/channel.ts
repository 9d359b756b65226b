// How does one command reach the card, protected or not, and what came back?
import type { Card } from "../../hal/chip-reader/chip-reader.js";
import { type Answer, type Command, decodeResponse, encodeCommand } from "../apdu.js";
import type { SecureMessaging } from "../secure-messaging.js";

export interface Channel {
  send(command: Command): Promise<Answer>;
  /** The largest plaintext that one short answer holds. */
  readonly maxReadBytes: number;
  /** Whether commands of more than 261 bytes pass. */
  readonly extendedLength: boolean;
}

export class PlainChannel implements Channel {
  readonly maxReadBytes = 256;
  readonly extendedLength: boolean;
  readonly #card: Card;
  readonly #signal: AbortSignal | undefined;
  readonly #onApdu: () => void;

  constructor(card: Card, onApdu: () => void, signal?: AbortSignal) {
    this.#card = card;
    this.extendedLength = card.extendedLength === true;
    this.#onApdu = onApdu;
    this.#signal = signal;
  }

  async send(command: Command): Promise<Answer> {
    this.#signal?.throwIfAborted();
    this.#onApdu();
    const answer = await this.#card.transceive(encodeCommand(command), this.#signal);
    return { ...decodeResponse(answer), sessionAlive: true };
  }
}

export class SecuredChannel implements Channel {
  readonly #plain: Channel;
  #messaging: SecureMessaging;

  constructor(plain: Channel, messaging: SecureMessaging) {
    this.#plain = plain;
    this.#messaging = messaging;
  }

  get maxReadBytes(): number {
    return this.#messaging.maxReadBytes;
  }

  get extendedLength(): boolean {
    return this.#plain.extendedLength;
  }

  /** Goes on under other keys from the next command on, as after chip authentication. */
  restart(messaging: SecureMessaging): void {
    this.#messaging = messaging;
  }

  async send(command: Command): Promise<Answer> {
    const answer = await this.#plain.send(this.#messaging.protect(command));
    return this.#messaging.unprotect(answer);
  }
}
