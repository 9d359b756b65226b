// What can any contactless reader do for the chip room?
import type { Device } from "../device.js";

/** A card in the field, ISO-DEP activated. */
export interface Card {
  /** UID as answered (random for citizen cards); empty where a PC/SC reader does not tell. Never logged. */
  readonly uid: Uint8Array;
  readonly type: "A" | "B";
  /**
   * Sends one command APDU (short form, ≤ 261 bytes) and gives the whole answer, status word included.
   * Throws `FaultError` "card.lost" when the card left, "chipReader.silent" when the reader did not answer.
   */
  transceive(commandApdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** True where extended-length APDUs pass too, as some PC/SC readers do; a frame of the PN532 can not hold one. */
  readonly extendedLength?: boolean;
  /** Lets the card go (InRelease). Never throws. */
  release(): Promise<void>;
}

export interface ChipReader extends Device {
  /**
   * Polls until a card is in the field and activated; rejects with the signal's reason when aborted. Throws
   * `FaultError` "card.notCitizen" for a card without APDUs, "card.several" for two at once, "card.unreadable"
   * for one that does not start, "chipReader.…" when the reader fails.
   */
  waitForCard(signal: AbortSignal): Promise<Card>;
}
