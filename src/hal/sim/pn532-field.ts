// What does the air between a simulated PN532 and the card on it do?
import type { CardFarEnd } from "./far-ends.js";

/** What ISO/IEC 14443 makes of the card; "deaf" until the field was off. */
type CardState = "idle" | "active" | "deaf";

const TARGET = 0x01;
const OK = 0x00;
export const RF_TIMEOUT = 0x01;
const NO_SUCH_TARGET = 0x27;

/** TA(1) for the fastest rate that both ways allow, in kbit/s (ISO/IEC 14443-4, 5.2.4). */
const TA1: Readonly<Record<number, number>> = { 106: 0x00, 212: 0x11, 424: 0x33, 848: 0x77 };

/** What a card's far end does not say about its air interface. */
export interface CardTraits {
  readonly cardKbit: 106 | 212 | 424 | 848;
  readonly memoryCard: boolean;
  /** Another card lies under it. */
  readonly secondCard: boolean;
}

/** One card at most lies on the reader; it outlives the kiosk's connection to it. */
export class SimField {
  #card: CardFarEnd | null = null;
  #state: CardState = "idle";
  #listed = false;
  #on = false;
  #liftAfter: number | null = null;
  /** Its last answer was in the air when it left. */
  #leaving = false;

  readonly #traits: () => CardTraits;

  constructor(traits: () => CardTraits) {
    this.#traits = traits;
  }

  get on(): boolean {
    return this.#on;
  }

  lay(card: CardFarEnd): void {
    this.#card = card;
    this.#state = "idle";
    this.#liftAfter = null;
  }

  lift(): void {
    this.#card = null;
    this.#liftAfter = null;
  }

  liftAfter(apdus: number): void {
    if (apdus <= 0) this.lift();
    else this.#liftAfter = apdus;
  }

  /** Without a field a card forgets everything. */
  switch(on: boolean): void {
    this.#on = on;
    if (on) return;
    this.#state = "idle";
    this.#listed = false;
  }

  release(): number {
    if (this.#state === "active") this.#state = "idle";
    this.#listed = false;
    return OK;
  }

  /** Target data of InListPassiveTarget (NbTg first), or null when no card of this type answers. */
  list(type: "A" | "B", maxTargets: number): Uint8Array | null {
    const one = this.#listOne(type);
    if (one === null || maxTargets < 2 || !this.#traits().secondCard) return one;
    // Another card of the same kind, with an identifier of its own.
    const other = one.slice(1);
    other[0] = TARGET + 1;
    other[5] = (other[5] ?? 0) ^ 0xff;
    return Uint8Array.of(2, ...one.subarray(1), ...other);
  }

  #listOne(type: "A" | "B"): Uint8Array | null {
    this.#on = true;
    this.#listed = false;
    const card = this.#card;
    // A card in its protocol state does not hear REQA or REQB.
    if (card === null || card.type !== type || this.#state !== "idle") return null;
    this.#state = "active";
    this.#listed = true;
    card.reset();
    if (type === "B") {
      const pupi = card.uid.slice(0, 4);
      return Uint8Array.of(1, TARGET, 0x50, ...pupi, 0, 0, 0, 0, 0x00, 0x81, 0x81, 0x01, 0x00);
    }
    const sensRes = card.uid.length === 4 ? [0x00, 0x04] : [0x00, 0x44];
    if (this.#traits().memoryCard)
      return Uint8Array.of(1, TARGET, ...sensRes, 0x08, card.uid.length, ...card.uid);
    const ats = [0x06, 0x75, TA1[this.#traits().cardKbit] ?? 0, 0x81, 0x02, 0x80];
    return Uint8Array.of(1, TARGET, ...sensRes, 0x20, card.uid.length, ...card.uid, ...ats);
  }

  /** PPS; a card that is asked for more than it said goes deaf. */
  psl(target: number, refuse: boolean): number {
    if (!this.#listed || target !== TARGET) return NO_SUCH_TARGET;
    if (this.#card === null || this.#state !== "active") return RF_TIMEOUT;
    if (!refuse && this.#traits().cardKbit >= 424) return OK;
    this.#state = "deaf";
    return RF_TIMEOUT;
  }

  /** The activated card is still there, or was until its last answer was in the air. */
  get answering(): boolean {
    return this.#leaving || (this.#card !== null && this.#state === "active");
  }

  /** One APDU. A number is the error of the status byte. */
  exchange(target: number, apdu: Uint8Array): Uint8Array | number {
    this.#leaving = false;
    if (!this.#listed || target !== TARGET) return NO_SUCH_TARGET;
    const card = this.#card;
    if (card === null || this.#state !== "active") return RF_TIMEOUT;
    let answer: Uint8Array;
    try {
      answer = card.respond(apdu);
    } catch {
      // A chip that crashes is mute until its field was off.
      this.#state = "deaf";
      return RF_TIMEOUT;
    }
    if (this.#card !== card) return RF_TIMEOUT;
    this.#leaving = this.#liftAfter === 1;
    if (this.#liftAfter !== null) this.liftAfter(this.#liftAfter - 1);
    return answer;
  }
}
