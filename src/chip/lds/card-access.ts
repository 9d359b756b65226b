// Does the card offer PACE? (EF.CardAccess, Doc 9303-11 clause 9.2)

import { FaultError } from "../../core/faults.js";
import type { Channel } from "../access/channel.js";
import { describeStatus, INS, SW } from "../apdu.js";
import { concatBytes, expectTlv, malformed, readTlvHeader, readTlvs } from "../tlv.js";
import { CARD_ACCESS_ID } from "./files.js";

export interface CardAccess {
  /** The file's bytes; `null` when the card did not give it. */
  readonly file: Uint8Array | null;
  /** DER values of the PACE object identifiers offered. */
  readonly paceProtocols: readonly Uint8Array[];
  /** Why PACE is out of the question, when it is. */
  readonly obstacle: string | null;
}

/** bsi-de protocols(2) smartcard(2) 4: every PACE object identifier begins so. */
const PACE_OID = [0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04] as const;
const MAX_BYTES = 4096;
const READ_BYTES = 223;

const none = (obstacle: string): CardAccess => ({ file: null, paceProtocols: [], obstacle });

/** Object identifiers of PACEInfo: those with a mapping and a cipher, two arcs behind the base. */
export const paceProtocolsIn = (file: Uint8Array): readonly Uint8Array[] =>
  readTlvs(expectTlv(file, 0x31, "EF.CardAccess").value).flatMap((info) => {
    const [identifier] = readTlvs(info.value);
    const isPace =
      identifier?.tag === 0x06 &&
      identifier.value.length === PACE_OID.length + 2 &&
      PACE_OID.every((byte, index) => identifier.value[index] === byte);
    return isPace ? [identifier.value] : [];
  });

const readOn = async (channel: Channel): Promise<Uint8Array> => {
  let file = new Uint8Array();
  let totalBytes = Number.POSITIVE_INFINITY;
  while (file.length < totalBytes) {
    const le = Math.min(READ_BYTES, totalBytes - file.length);
    const answer = await channel.send({
      cla: 0,
      ins: INS.readBinary,
      p1: file.length >> 8,
      p2: file.length & 0xff,
      le,
    });
    if (answer.sw !== SW.ok && answer.sw !== SW.endOfFile) {
      throw malformed(`READ BINARY ${describeStatus(answer.sw)}`);
    }
    if (answer.data.length === 0) throw malformed("READ BINARY gave no bytes");
    file = Uint8Array.from(concatBytes(file, answer.data));
    const header = readTlvHeader(file);
    if (header !== null) totalBytes = header.headerBytes + header.valueBytes;
    if (totalBytes > MAX_BYTES && header !== null) throw malformed("longer than any card's");
  }
  return file.slice(0, totalBytes);
};

/**
 * Reads the file without selecting the master file, which some cards refuse with 6D00: after activation it is
 * current anyway. The file is not authenticated here; PACE authenticates it, or the SOD of DG14.
 */
export const readCardAccess = async (channel: Channel): Promise<CardAccess> => {
  const selected = await channel.send({ cla: 0, ins: INS.select, p1: 2, p2: 0x0c, data: CARD_ACCESS_ID });
  if (selected.sw !== SW.ok) return none(`no EF.CardAccess: ${describeStatus(selected.sw)}`);
  try {
    const file = await readOn(channel);
    const paceProtocols = paceProtocolsIn(file);
    return {
      file,
      paceProtocols,
      obstacle: paceProtocols.length === 0 ? "EF.CardAccess offers no PACE" : null,
    };
  } catch (error) {
    // A card that left or a wire that broke is no property of the file.
    if (!(error instanceof FaultError) || error.code !== "card.unreadable") throw error;
    return none(`EF.CardAccess unreadable: ${error.detail}`);
  }
};
