// How are commands and answers protected once access was granted? (Doc 9303-11 clause 9.8)
//
// INVARIANT: after the first answer that does not verify the session is dead; every later use throws. So bytes
// that did not come from the holder of the keys are never returned and never decrypted twice.
import { timingSafeEqual } from "node:crypto";
import { padMethod2, unpadMethod2 } from "./access/des.js";
import type { CipherSuite } from "./access/kdf.js";
import { type Answer, type Command, describeStatus, type Response } from "./apdu.js";
import { deriveCipher, type SmCipher } from "./session-cipher.js";
import { concatBytes, hexTag, malformed, readTlvs, type Tlv, writeTlv } from "./tlv.js";

const DO = {
  cryptogramOdd: 0x85,
  cryptogram: 0x87,
  le: 0x97,
  status: 0x99,
  mac: 0x8e,
} as const;

/** Marks padding method 2 inside DO'87' (ISO/IEC 7816-4 table 50). */
const PADDED = 0x01;
const SM_CLASS = 0x0c;

export class SecureMessaging {
  readonly #cipher: SmCipher;
  #counter: Uint8Array;
  #odd = false;
  #dead = false;

  /** @param counter the send sequence counter, one cipher block. */
  constructor(cipher: SmCipher, counter: Uint8Array) {
    if (counter.length !== cipher.blockBytes) throw new Error("the counter is one cipher block");
    this.#cipher = cipher;
    this.#counter = Uint8Array.from(counter);
  }

  get maxReadBytes(): number {
    return this.#cipher.maxReadBytes;
  }

  /** The protected form of `command`; counts one message. */
  protect(command: Command): Command {
    if (this.#dead) throw malformed("secure messaging: the session has ended");
    this.#count();
    this.#odd = (command.ins & 1) === 1;
    const cla = command.cla | SM_CLASS;
    const header = Uint8Array.from([cla, command.ins, command.p1, command.p2]);
    const body = concatBytes(
      command.data === undefined ? new Uint8Array() : this.#enclose(command.data),
      command.le === undefined ? new Uint8Array() : writeTlv(DO.le, Uint8Array.from([command.le & 0xff])),
    );
    const signed = concatBytes(padMethod2(header, this.#cipher.blockBytes), body);
    const mac = this.#mac(signed);
    return { ...command, cla, data: concatBytes(body, writeTlv(DO.mac, mac)), le: 256 };
  }

  /**
   * Verifies and opens one answer. A bare status word, which an error may be, comes back with `sessionAlive`
   * false; anything else that is not wholly protected throws "card.unreadable".
   */
  unprotect(answer: Response): Answer {
    if (this.#dead) throw malformed("secure messaging: the session has ended");
    this.#count();
    try {
      if (answer.data.length === 0) return this.#bare(answer.sw);
      return this.#open(answer);
    } catch (error) {
      this.#dead = true;
      throw error;
    }
  }

  #bare(sw: number): Answer {
    if (sw >> 8 === 0x90 || sw >> 8 === 0x61) throw malformed("secure messaging: success without protection");
    this.#dead = true;
    return { data: new Uint8Array(), sw, sessionAlive: false };
  }

  #open(answer: Response): Answer {
    const objects = readTlvs(answer.data);
    const status = this.#verify(objects);
    if (status !== answer.sw) {
      throw malformed(
        `secure messaging: protected status ${describeStatus(status)} under a bare ${describeStatus(answer.sw)}`,
      );
    }
    const cryptogram = objects.find((object) => object.tag === this.#dataTag());
    const data = cryptogram === undefined ? new Uint8Array() : this.#disclose(cryptogram);
    return { data, sw: status, sessionAlive: true };
  }

  /** Order, presence and MAC of the objects; gives the protected status word. */
  #verify(objects: readonly Tlv[]): number {
    const tags = objects.map((object) => object.tag);
    const order = tags[0] === this.#dataTag() ? tags.slice(1) : tags;
    const [statusTag, macTag, more] = order;
    if (statusTag !== DO.status) throw malformed("secure messaging: no protected status (DO99)");
    if (macTag !== DO.mac) throw malformed("secure messaging: no checksum (DO8E)");
    if (more !== undefined)
      throw malformed(`secure messaging: an object ${hexTag(more)} behind the checksum`);
    const mac = objects.at(-1)?.value ?? new Uint8Array();
    const expected = this.#mac(concatBytes(...objects.slice(0, -1).map((object) => object.raw)));
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
      throw malformed("secure messaging: the checksum is wrong");
    }
    const [high, low, extra] = objects.at(-2)?.value ?? [];
    if (high === undefined || low === undefined || extra !== undefined) {
      throw malformed("secure messaging: the protected status is not two bytes");
    }
    return (high << 8) | low;
  }

  /** Odd instructions carry DO'85', without the padding indicator (ISO/IEC 7816-4 clause 10.2). */
  #dataTag(): number {
    return this.#odd ? DO.cryptogramOdd : DO.cryptogram;
  }

  #enclose(plain: Uint8Array): Uint8Array {
    const cryptogram = this.#cipher.encrypt(padMethod2(plain, this.#cipher.blockBytes), this.#counter);
    return this.#odd
      ? writeTlv(DO.cryptogramOdd, cryptogram)
      : writeTlv(DO.cryptogram, Uint8Array.from([PADDED]), cryptogram);
  }

  #disclose(object: Tlv): Uint8Array {
    if (object.tag === DO.cryptogram && object.value[0] !== PADDED) {
      throw malformed("secure messaging: the cryptogram has an unknown padding indicator");
    }
    const cryptogram = object.tag === DO.cryptogram ? object.value.subarray(1) : object.value;
    if (cryptogram.length === 0 || cryptogram.length % this.#cipher.blockBytes !== 0) {
      throw malformed("secure messaging: the cryptogram is not whole blocks");
    }
    const plain = unpadMethod2(this.#cipher.decrypt(cryptogram, this.#counter));
    if (plain === null) throw malformed("secure messaging: the padding is wrong");
    return plain;
  }

  #mac(message: Uint8Array): Uint8Array {
    return this.#cipher.mac(concatBytes(this.#counter, message));
  }

  #count(): void {
    const next = Uint8Array.from(this.#counter);
    for (let index = next.length - 1; index >= 0; index -= 1) {
      const sum = ((next[index] ?? 0) + 1) & 0xff;
      next[index] = sum;
      if (sum !== 0) break;
    }
    this.#counter = next;
  }
}

/** A new session out of what PACE or chip authentication agreed upon; its counter starts at zero (clause 9.8.6). */
export const startSecureMessaging = (suite: CipherSuite, secret: Uint8Array): SecureMessaging => {
  const cipher = deriveCipher(suite, secret);
  return new SecureMessaging(cipher, new Uint8Array(cipher.blockBytes));
};
