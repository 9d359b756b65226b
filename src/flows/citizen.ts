// Who is the citizen of this visit, as far as the kiosk knows?
import type { Pii } from "../core/pii.js";
import type { CardField, IdentityLevel } from "../procedures/procedure.js";

/** Values by field name; dates as yyyy-MM-dd, sex as "Nam" or "Nữ". */
export type CitizenRecord = Readonly<Partial<Record<CardField, string>>>;

/** The picture in the chip, as it lies there. */
export interface CardPortrait {
  readonly format: "jpeg" | "jpeg2000";
  readonly bytes: Uint8Array;
}

export interface Identity {
  readonly level: IdentityLevel;
  readonly source: "qr" | "chip" | "typed" | "mrz";
  readonly citizen: Pii<CitizenRecord>;
  /** Technical, without personal data: "BAC", checks and their verdicts. */
  readonly evidence: readonly string[];
  /** Only until the face was compared with it. */
  readonly portrait?: Pii<CardPortrait>;
}

/** What the chip's access needs; made from the QR, or typed. Dates are yyMMdd. */
export interface CardKey {
  readonly documentNumber: string;
  readonly birthDate: string;
  /** Candidates in the order to be tried; two at most. */
  readonly expiryDates: readonly string[];
  /** What the code on the card says, to be compared with the chip; absent when the key was typed. */
  readonly printed?: PrintedRecord;
}

/** One card's QR. Dates are yyyy-MM-dd. */
export interface PrintedRecord {
  readonly number: string;
  readonly oldNumber: string;
  readonly fullName: string;
  readonly birthDate: string;
  readonly sex: "Nam" | "Nữ";
  readonly address: string;
  readonly issueDate: string;
}
