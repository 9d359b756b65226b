// What can a PN532 be told, and how are its answers read? (NXP UM0701-02, section 7)

export const CODE = {
  diagnose: 0x00,
  getFirmwareVersion: 0x02,
  setSerialBaudRate: 0x10,
  samConfiguration: 0x14,
  rfConfiguration: 0x32,
  inDataExchange: 0x40,
  inListPassiveTarget: 0x4a,
  inPsl: 0x4e,
  inRelease: 0x52,
} as const;

/** Section 7.3.8: data bytes of one InDataExchange in each direction. */
export const MAX_DATA_BYTES = 262;
/** Section 7.3.5: MaxTg of InListPassiveTarget. */
export const MAX_TARGETS = 2;
/** In Tg: more of this command follows. In the status byte: more of this answer follows. */
export const MORE_INFORMATION = 0x40;

/** Section 7.2.9, table of BR. Bits per second to code. */
export const BAUD_CODE: ReadonlyMap<number, number> = new Map([
  [9_600, 0x00],
  [19_200, 0x01],
  [38_400, 0x02],
  [57_600, 0x03],
  [115_200, 0x04],
  [230_400, 0x05],
  [460_800, 0x06],
  [921_600, 0x07],
  [1_288_000, 0x08],
]);

/** Normal mode: the security companion chip is not used. Ends the low-battery mode after power-up. */
export const samConfiguration = (): Uint8Array => Uint8Array.of(CODE.samConfiguration, 0x01);

export const getFirmwareVersion = (): Uint8Array => Uint8Array.of(CODE.getFirmwareVersion);

/** Communication line test: the chip answers the same bytes. Touches neither field nor card. */
export const echo = (text: Uint8Array): Uint8Array => Uint8Array.of(CODE.diagnose, 0x00, ...text);

export const setSerialBaudRate = (code: number): Uint8Array => Uint8Array.of(CODE.setSerialBaudRate, code);

export const rfField = (on: boolean): Uint8Array =>
  Uint8Array.of(CODE.rfConfiguration, 0x01, on ? 0x01 : 0x00);

/** Item 2: ATR_RES time-out 102.4 ms (0x0B), and 204.8 ms (0x0C) where no frame waiting time is agreed. */
export const rfTimings = (): Uint8Array => Uint8Array.of(CODE.rfConfiguration, 0x02, 0x00, 0x0b, 0x0c);

/** Item 5: tries beyond the first for ATR_REQ, for PSL/PPS, and for a passive target (0xFF would be forever). */
export const rfRetries = (passiveActivation: number): Uint8Array =>
  Uint8Array.of(CODE.rfConfiguration, 0x05, 0x01, 0x01, passiveActivation);

/**
 * Targets at 106 kbit/s. Asks for two, the chip's most: with one it would take either of two cards that lie
 * on it, by chance. Type B asks every application family (AFI 00).
 */
export const inListPassiveTarget = (type: "A" | "B"): Uint8Array =>
  type === "A"
    ? Uint8Array.of(CODE.inListPassiveTarget, MAX_TARGETS, 0x00)
    : Uint8Array.of(CODE.inListPassiveTarget, MAX_TARGETS, 0x03, 0x00);

/** 424 kbit/s both ways; the fastest that the PN532 knows. */
export const inPsl424 = (target: number): Uint8Array => Uint8Array.of(CODE.inPsl, target, 0x02, 0x02);

export const inDataExchange = (target: number, data: Uint8Array, more: boolean): Uint8Array =>
  Uint8Array.of(CODE.inDataExchange, more ? target | MORE_INFORMATION : target, ...data);

/** Target 0: every target. */
export const inReleaseAll = (): Uint8Array => Uint8Array.of(CODE.inRelease, 0x00);

export interface Firmware {
  /** 0x32 for a PN532. */
  readonly chip: number;
  readonly version: string;
}

/** `answer` without its command code: IC Ver Rev Support. `null` when it is too short. */
export const readFirmware = (answer: Uint8Array): Firmware | null => {
  const [chip, version, revision] = answer;
  if (chip === undefined || version === undefined || revision === undefined) return null;
  return { chip, version: `${version}.${revision}` };
};

export interface Target {
  readonly number: number;
  readonly type: "A" | "B";
  readonly uid: Uint8Array;
  /** ISO/IEC 14443-4 was activated: the target takes APDUs. */
  readonly isoDep: boolean;
  /** Type A: TA(1) of the answer to select allows 424 kbit/s both ways. */
  readonly fast: boolean;
}

/**
 * `answer` without its command code: NbTg, then Tg and, for type A, SENS_RES(2) SEL_RES NFCIDLength NFCID
 * [ATSLength ATS], for type B, ATQB(12) ATTRIB_RESLength ATTRIB_RES. `null`: nobody there.
 * "several": two cards. "malformed": outside the manual.
 */
export const readTarget = (answer: Uint8Array, type: "A" | "B"): Target | null | "several" | "malformed" => {
  const [count, number] = answer;
  if (count === 0) return null;
  if (count === MAX_TARGETS && answer.length > 1) return "several";
  if (count !== 1 || number === undefined) return "malformed";
  if (type === "B") {
    // ATQB: 0x50, PUPI (4), application data (4), protocol info (3); bit 1 of its second byte: 14443-4.
    const attrib = answer.subarray(2);
    const protocol = attrib[10];
    if (attrib.length < 13 || attrib[0] !== 0x50 || protocol === undefined) return "malformed";
    return { number, type, uid: attrib.slice(1, 5), isoDep: (protocol & 0x01) !== 0, fast: false };
  }
  const selRes = answer[4];
  const uidBytes = answer[5];
  if (selRes === undefined || uidBytes === undefined) return "malformed";
  if (![4, 7, 10].includes(uidBytes) || answer.length < 6 + uidBytes) return "malformed";
  const ats = answer.subarray(6 + uidBytes);
  // SEL_RES bit 6: compliant with ISO/IEC 14443-4; without an answer to select it was not activated.
  const isoDep = (selRes & 0x20) !== 0 && ats.length > 0 && ats.length >= (ats[0] ?? 0);
  return { number, type, uid: answer.slice(6, 6 + uidBytes), isoDep, fast: isoDep && allows424(ats) };
};

/** TL T0 [TA(1)] …: T0 bit 5 says that TA(1) is there; its bits 6 and 2 are 424 kbit/s out and in. */
const allows424 = (ats: Uint8Array): boolean => {
  const [, format, rates] = ats;
  return format !== undefined && (format & 0x10) !== 0 && rates !== undefined && (rates & 0x22) === 0x22;
};

export interface ExchangeStatus {
  readonly more: boolean;
  readonly outcome: "done" | "cardLost" | "readerFailed";
  /** The air garbled bits: a slower bit rate may help. */
  readonly noisy: boolean;
  readonly meaning: string;
}

/** Section 7.1. A card that is being lifted shows as any of the errors of the air. */
const CARD_ERRORS: ReadonlyMap<number, string> = new Map([
  [0x01, "RF time-out"],
  [0x02, "CRC error"],
  [0x03, "parity error"],
  [0x04, "erroneous bit count"],
  [0x05, "framing error"],
  [0x06, "bit collision"],
  [0x0a, "field not switched on in time"],
  [0x0b, "RF protocol error"],
  [0x13, "data format"],
  [0x23, "wrong UID check byte"],
  [0x25, "target state"],
  [0x27, "no such target"],
  [0x29, "card released"],
  [0x2a, "another card"],
  [0x2b, "card disappeared"],
]);
const READER_ERRORS: ReadonlyMap<number, string> = new Map([
  [0x07, "buffer too small"],
  [0x09, "RF buffer overflow"],
  [0x0d, "overheated"],
  [0x0e, "internal buffer overflow"],
  [0x10, "invalid parameter"],
  [0x26, "not allowed in this configuration"],
  [0x2d, "over-current"],
]);
const NOISY = new Set([0x02, 0x03, 0x04, 0x05, 0x06, 0x0b]);

/** The status byte of InDataExchange, InPSL and InRelease. */
export const readStatus = (status: number): ExchangeStatus => {
  const error = status & 0x3f;
  const code = `status 0x${status.toString(16).padStart(2, "0")}`;
  const more = (status & MORE_INFORMATION) !== 0;
  if (error === 0) return { more, outcome: "done", noisy: false, meaning: code };
  const card = CARD_ERRORS.get(error);
  return {
    more,
    outcome: card === undefined ? "readerFailed" : "cardLost",
    noisy: NOISY.has(error),
    meaning: `${code} (${card ?? READER_ERRORS.get(error) ?? "unknown"})`,
  };
};
