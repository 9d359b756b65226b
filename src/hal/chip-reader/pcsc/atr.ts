// What does a PC/SC reader's answer to reset say about a contactless card? (PC/SC part 3, section 3.1.3.2.3)
//
// A contactless card has none: the reader makes one up of what the card said in its protocol:
//   3B | 8n | 80 | 01 | T1 … Tn | TCK        TCK: everything from T0 on, by exclusive or, is 0
// T1 … Tn of a type A card are the historical bytes of its answer to select; of a type B card the four bytes
// of application data and the three of protocol info of ATQB, and MBLI. A memory card has 80 4F and the RID
// of the PC/SC workgroup there.

export interface ContactlessAtr {
  /** The card takes APDUs; a memory card (a bus ticket) takes only the reader's own commands. */
  readonly kind: "isoDep" | "memory";
  /** At most 15. */
  readonly historicalBytes: Uint8Array;
}

const TS = 0x3b;
const TD1 = 0x80;
const TD2 = 0x01;
const HEAD_BYTES = 4;
const MAX_HISTORICAL_BYTES = 15;
/** Application identifier (tag 4F, 12 bytes) that begins with the workgroup's RID A000000306. */
const STORAGE_CARD = Uint8Array.of(0x80, 0x4f, 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06);

const xorOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum ^ byte, 0);

/** `null`: not of a contactless card (or not whole). */
export const parseContactlessAtr = (atr: Uint8Array): ContactlessAtr | null => {
  const [ts, t0, td1, td2] = atr;
  if (ts !== TS || t0 === undefined || t0 >> 4 !== 8 || td1 !== TD1 || td2 !== TD2) return null;
  const length = t0 & 0x0f;
  if (atr.length !== HEAD_BYTES + length + 1 || xorOf(atr.subarray(1)) !== 0) return null;
  const historicalBytes = atr.slice(HEAD_BYTES, HEAD_BYTES + length);
  const memory = STORAGE_CARD.every((byte, at) => historicalBytes[at] === byte);
  return { kind: memory ? "memory" : "isoDep", historicalBytes };
};

/** Throws `RangeError` for more than 15 bytes. */
export const encodeContactlessAtr = (historicalBytes: Uint8Array): Uint8Array => {
  const { length } = historicalBytes;
  if (length > MAX_HISTORICAL_BYTES) throw new RangeError(`an ATR holds 15 historical bytes, not ${length}`);
  const body = Uint8Array.of(0x80 | length, TD1, TD2, ...historicalBytes);
  return Uint8Array.of(TS, ...body, xorOf(body));
};
