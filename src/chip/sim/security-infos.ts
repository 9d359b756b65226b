// Which bytes say in EF.CardAccess that the simulated chip does PACE?
import type { CipherSuite } from "../access/kdf.js";
import type { Mapping } from "../access/pace-info.js";
import { writeTlv } from "../tlv.js";

/** One PACEInfo. */
export interface PaceOffer {
  readonly agreement: "ECDH" | "DH";
  readonly mapping: Mapping;
  readonly suite: CipherSuite;
  /** Of the standardized domain parameters; left out of the file when absent. */
  readonly parameterId?: number;
}

const AGREEMENT_ARC: Readonly<Record<string, number>> = {
  "DH-GM": 1,
  "ECDH-GM": 2,
  "DH-IM": 3,
  "ECDH-IM": 4,
  "ECDH-CAM": 6,
};
const SUITE_ARC: Readonly<Record<CipherSuite, number>> = {
  "3DES": 1,
  "AES-128": 2,
  "AES-192": 3,
  "AES-256": 4,
};

/** Value octets of the object identifier below id-PACE. */
export const paceOid = ({ agreement, mapping, suite }: PaceOffer): Uint8Array =>
  Uint8Array.of(
    ...[0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04],
    AGREEMENT_ARC[`${agreement}-${mapping}`] ?? 0,
    SUITE_ARC[suite],
  );

export const writePaceInfo = (offer: PaceOffer): Uint8Array =>
  writeTlv(
    0x30,
    writeTlv(0x06, paceOid(offer)),
    writeTlv(0x02, Uint8Array.of(2)),
    offer.parameterId === undefined ? new Uint8Array() : writeTlv(0x02, Uint8Array.of(offer.parameterId)),
  );

/** EF.CardAccess with one PACEInfo an offer. */
export const writeCardAccess = (offers: readonly PaceOffer[]): Uint8Array =>
  writeTlv(0x31, ...offers.map(writePaceInfo));
