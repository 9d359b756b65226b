// How does the card's end of secure messaging check commands and protect answers?
//
// Written apart from the reader's end (src/chip/secure-messaging.ts): the two meet only in the standard.
import { timingSafeEqual } from "node:crypto";
import { padMethod2, unpadMethod2 } from "../access/des.js";
import type { CipherSuite } from "../access/kdf.js";
import type { Command, Response } from "../apdu.js";
import { concatBytes, readTlvs, writeTlv } from "../tlv.js";
import { type CardCipher, cardCipher } from "./card-cipher.js";

const MAC_BYTES = 8;

/** Parts of a protected answer that a misbehaving card gets wrong. */
export interface AnswerFlaw {
  readonly wrongMac?: boolean;
  readonly withoutStatus?: boolean;
  readonly otherStatus?: number;
}

export class CardMessaging {
  readonly #cipher: CardCipher;
  #counter: bigint;

  /** @param counter the send sequence counter to start from; zero after PACE and chip authentication. */
  constructor(suite: CipherSuite, secret: Uint8Array, counter: Uint8Array = new Uint8Array(1)) {
    this.#cipher = cardCipher(suite, secret);
    this.#counter = BigInt(`0x${Buffer.from(counter).toString("hex")}`);
  }

  /** The plain command, or `null` when its protection does not hold. */
  open(command: Command): Command | null {
    this.#counter += 1n;
    try {
      return this.#open(command);
    } catch {
      return null;
    }
  }

  #open(command: Command): Command | null {
    const objects = readTlvs(command.data ?? new Uint8Array());
    const mac = objects.at(-1);
    if (mac?.tag !== 0x8e) return null;
    const header = Uint8Array.from([command.cla, command.ins, command.p1, command.p2]);
    const signed = concatBytes(
      padMethod2(header, this.#cipher.blockBytes),
      ...objects.slice(0, -1).map(({ raw }) => raw),
    );
    const expected = this.#mac(signed);
    if (mac.value.length !== MAC_BYTES || !timingSafeEqual(mac.value, expected)) return null;
    const cryptogram = objects.find(({ tag }) => tag === (command.ins % 2 === 1 ? 0x85 : 0x87));
    const le = objects.find(({ tag }) => tag === 0x97)?.value[0];
    const plain: Command = { cla: command.cla & 0xf0, ins: command.ins, p1: command.p1, p2: command.p2 };
    const withLe = le === undefined ? plain : { ...plain, le: le === 0 ? 256 : le };
    if (cryptogram === undefined) return withLe;
    const blocks = cryptogram.tag === 0x87 ? cryptogram.value.subarray(1) : cryptogram.value;
    const data = unpadMethod2(this.#cipher.decrypt(blocks, this.#counterBytes()));
    return data === null ? null : { ...withLe, data };
  }

  protect(response: Response, odd: boolean, flaw: AnswerFlaw = {}): Response {
    this.#counter += 1n;
    const padded = padMethod2(response.data, this.#cipher.blockBytes);
    const cryptogram = this.#cipher.encrypt(padded, this.#counterBytes());
    const shown = flaw.otherStatus ?? response.sw;
    const body = concatBytes(
      response.data.length === 0
        ? new Uint8Array()
        : odd
          ? writeTlv(0x85, cryptogram)
          : writeTlv(0x87, Uint8Array.from([1]), cryptogram),
      flaw.withoutStatus === true
        ? new Uint8Array()
        : writeTlv(0x99, Uint8Array.from([shown >> 8, shown & 0xff])),
    );
    const mac = this.#mac(body);
    if (flaw.wrongMac === true) mac[0] = (mac[0] ?? 0) ^ 0x01;
    return { data: concatBytes(body, writeTlv(0x8e, mac)), sw: response.sw };
  }

  #mac(message: Uint8Array): Uint8Array {
    const signed = concatBytes(this.#counterBytes(), message);
    return this.#cipher.macPadded(padMethod2(signed, this.#cipher.blockBytes));
  }

  #counterBytes(): Uint8Array {
    const digits = 2 * this.#cipher.blockBytes;
    const wrapped = BigInt.asUintN(4 * digits, this.#counter);
    return Uint8Array.from(Buffer.from(wrapped.toString(16).padStart(digits, "0"), "hex"));
  }
}
