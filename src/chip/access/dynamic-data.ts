// How are the steps of GENERAL AUTHENTICATE wrapped? (dynamic authentication data, Doc 9303-11 clause 4.4.5)
import { expectTlv, hexTag, malformed, readTlvs, writeTlv } from "../tlv.js";

const DYNAMIC_DATA = 0x7c;

export const DATA = {
  encryptedNonce: 0x80,
  terminalMapping: 0x81,
  chipMapping: 0x82,
  terminalKey: 0x83,
  chipKey: 0x84,
  terminalToken: 0x85,
  chipToken: 0x86,
  chipAuthentication: 0x8a,
} as const;

/** 7C around one object; empty without. */
export const writeDynamicData = (tag?: number, value: Uint8Array = new Uint8Array()): Uint8Array =>
  tag === undefined ? writeTlv(DYNAMIC_DATA) : writeTlv(DYNAMIC_DATA, writeTlv(tag, value));

/** The objects of one answer by tag. Unasked ones (certification authority references) are kept and not used. */
export const parseDynamicData = (bytes: Uint8Array): ReadonlyMap<number, Uint8Array> => {
  const outer = expectTlv(bytes, DYNAMIC_DATA, "GENERAL AUTHENTICATE");
  if (outer.raw.length !== bytes.length) throw malformed("GENERAL AUTHENTICATE: bytes behind the data");
  const found = new Map<number, Uint8Array>();
  for (const { tag, value } of readTlvs(outer.value)) {
    if (found.has(tag)) throw malformed(`GENERAL AUTHENTICATE: ${hexTag(tag)} twice`);
    found.set(tag, value);
  }
  return found;
};

/** The object with `tag`, which has to be there. */
export const dynamicObject = (bytes: Uint8Array, tag: number): Uint8Array => {
  const found = parseDynamicData(bytes).get(tag);
  if (found === undefined) throw malformed(`GENERAL AUTHENTICATE: no ${hexTag(tag)} in the answer`);
  return found;
};
