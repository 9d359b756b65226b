// What is in the machine-readable zone that the chip holds? (DG1, Doc 9303-10 clause 4.7.1)
import { type Mrz, parseMrz } from "../../core/mrz.js";
import { childOf, expectTlv, malformed, readTlvs } from "../tlv.js";

/** Throws "card.unreadable" when the group or the zone in it has no known form. */
export const parseDg1 = (file: Uint8Array): Mrz => {
  const zone = childOf(readTlvs(expectTlv(file, 0x61, "DG1").value), 0x5f1f, "DG1").value;
  if (zone.some((byte) => byte > 0x7f)) throw malformed("DG1: a byte that no MRZ has");
  return parseMrz(new TextDecoder("latin1").decode(zone));
};
