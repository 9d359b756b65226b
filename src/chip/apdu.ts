// What does a command to the card look like, and what do its status words mean? (ISO/IEC 7816-4, short form)
import { malformed } from "./tlv.js";

export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data?: Uint8Array;
  /** Bytes expected, 1..256. */
  readonly le?: number;
}

export interface Response {
  readonly data: Uint8Array;
  readonly sw: number;
}

export interface Answer extends Response {
  /**
   * False in a secured session when the card answered a bare status word: it has dropped the session keys
   * (Doc 9303-11 clause 9.8.6) and access has to be established anew.
   */
  readonly sessionAlive: boolean;
}

export const INS = {
  select: 0xa4,
  getChallenge: 0x84,
  externalAuthenticate: 0x82,
  manageSecurityEnvironment: 0x22,
  generalAuthenticate: 0x86,
  readBinary: 0xb0,
  /** READ BINARY with the offset in a data object, for offsets of 32768 and more. */
  readBinaryOdd: 0xb1,
} as const;

export const SW = {
  ok: 0x9000,
  endOfFile: 0x6282,
  authenticationFailed: 0x6300,
  wrongLength: 0x6700,
  securityNotSatisfied: 0x6982,
  authenticationBlocked: 0x6983,
  conditionsNotSatisfied: 0x6985,
  smObjectMissing: 0x6987,
  smObjectWrong: 0x6988,
  wrongData: 0x6a80,
  fileNotFound: 0x6a82,
  wrongP1P2: 0x6a86,
  referenceNotFound: 0x6a88,
  wrongOffset: 0x6b00,
  insNotSupported: 0x6d00,
  claNotSupported: 0x6e00,
  noDiagnosis: 0x6f00,
} as const;

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [SW.ok, "done"],
  [SW.endOfFile, "end of file before that many bytes"],
  [SW.authenticationFailed, "authentication failed"],
  [SW.wrongLength, "wrong length"],
  [SW.securityNotSatisfied, "security status not satisfied"],
  [SW.authenticationBlocked, "authentication blocked"],
  [SW.conditionsNotSatisfied, "conditions of use not satisfied"],
  [SW.smObjectMissing, "secure messaging object missing"],
  [SW.smObjectWrong, "secure messaging object wrong"],
  [SW.wrongData, "wrong data"],
  [SW.fileNotFound, "file not found"],
  [SW.wrongP1P2, "wrong P1-P2"],
  [SW.referenceNotFound, "referenced data not found"],
  [SW.wrongOffset, "offset outside the file"],
  [SW.insNotSupported, "instruction not supported"],
  [SW.claNotSupported, "class not supported"],
  [SW.noDiagnosis, "no precise diagnosis"],
]);

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, "0");

/** A counter of wrong tries: with one left the chip suspends the secret, with none it is blocked (TR-03110-3 B.11). */
const triesLeft = (count: number): string => {
  if (count === 0) return "blocked: no try left";
  return count === 1 ? "suspended: one try left" : `${count} tries left`;
};

/** "6A82 file not found": for error details and evidence. */
export const describeStatus = (sw: number): string => {
  const meaning =
    MEANINGS.get(sw) ??
    (isWrongLe(sw) ? `${sw & 0xff} bytes are there` : undefined) ??
    (sw >> 4 === 0x63c ? `authentication failed, ${triesLeft(sw & 0x0f)}` : undefined);
  return meaning === undefined ? hex(sw, 4) : `${hex(sw, 4)} ${meaning}`;
};

/** 6Cxx: the command would be right with Le = xx (ISO/IEC 7816-4 clause 5.6). */
export const isWrongLe = (sw: number): boolean => sw >> 8 === 0x6c;

/** "READ BINARY", for error details: never the parameters' data. */
export const describeCommand = (command: Command): string => {
  switch (command.ins) {
    case INS.select:
      return "SELECT";
    case INS.getChallenge:
      return "GET CHALLENGE";
    case INS.externalAuthenticate:
      return "EXTERNAL AUTHENTICATE";
    case INS.manageSecurityEnvironment:
      return "MANAGE SECURITY ENVIRONMENT";
    case INS.generalAuthenticate:
      return "GENERAL AUTHENTICATE";
    case INS.readBinary:
    case INS.readBinaryOdd:
      return "READ BINARY";
    default:
      return `INS ${hex(command.ins, 2)}`;
  }
};

export const encodeCommand = (command: Command): Uint8Array => {
  const { cla, ins, p1, p2, data = new Uint8Array(), le } = command;
  if (data.length > 255) return encodeExtended(command, data);
  if (le !== undefined && (le < 1 || le > 256)) throw new Error(`Le ${le} is outside 1..256`);
  const body = data.length === 0 ? [] : [data.length, ...data];
  return Uint8Array.from([cla, ins, p1, p2, ...body, ...(le === undefined ? [] : [le & 0xff])]);
};

/**
 * Extended length, for what a short command can not hold: public keys of GENERAL AUTHENTICATE modulo a prime of
 * 2048 bits (Doc 9303-11 clause 9.3.1). Only readers that say so pass it.
 */
const encodeExtended = (command: Command, data: Uint8Array): Uint8Array => {
  const { cla, ins, p1, p2, le } = command;
  if (data.length > 0xffff) throw new Error(`${data.length} bytes do not fit any command`);
  const length = [0, data.length >> 8, data.length & 0xff];
  // Le 256 asks for all that there is, which 0000 says in this form.
  const expected = le === undefined ? [] : le === 256 ? [0, 0] : [le >> 8, le & 0xff];
  return Uint8Array.from([cla, ins, p1, p2, ...length, ...data, ...expected]);
};

/** The reverse of `encodeCommand`, for the card's end of the wire; `null` when the bytes are no short command. */
export const decodeCommand = (bytes: Uint8Array): Command | null => {
  const [cla, ins, p1, p2, third] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return null;
  const header = { cla, ins, p1, p2 };
  if (third === undefined) return header;
  if (bytes.length === 5) return { ...header, le: third === 0 ? 256 : third };
  if (third === 0 && bytes.length > 7) return decodeExtended(header, bytes.subarray(5));
  const data = bytes.slice(5, 5 + third);
  if (third === 0 || data.length !== third) return null;
  const rest = bytes.subarray(5 + third);
  const [le] = rest;
  if (le === undefined) return { ...header, data };
  return rest.length === 1 ? { ...header, data, le: le === 0 ? 256 : le } : null;
};

const decodeExtended = (header: Command, rest: Uint8Array): Command | null => {
  const length = ((rest[0] ?? 0) << 8) | (rest[1] ?? 0);
  const data = rest.slice(2, 2 + length);
  // What a short form could have said is no command that `encodeCommand` writes.
  if (data.length !== length || length < 256) return null;
  const [high, low, more] = rest.subarray(2 + length);
  if (high === undefined) return { ...header, data };
  if (low === undefined || more !== undefined) return null;
  const le = (high << 8) | low;
  return { ...header, data, le: le === 0 ? 256 : le };
};

/** Takes the status word off. Throws "card.unreadable" for an answer without one. */
export const decodeResponse = (bytes: Uint8Array): Response => {
  const [high, low] = bytes.subarray(-2);
  if (high === undefined || low === undefined) throw malformed("an answer of fewer than two bytes");
  return { data: bytes.slice(0, -2), sw: (high << 8) | low };
};

export const encodeResponse = (response: Response): Uint8Array =>
  Uint8Array.from([...response.data, response.sw >> 8, response.sw & 0xff]);
