// How does a made-up person get a card that the product's own reading believes?

import { toMrzDate } from "../../core/dates.js";
import { SW } from "../apdu.js";
import { writeTlv } from "../tlv.js";
import { type SimCard, type SimChip, startChip } from "./card.js";
import { buildFiles, type CardFileOptions } from "./card-files.js";
import { type MadeUpPerson, mrzExpiry } from "./people.js";

import { writePaceInfo } from "./security-infos.js";

export type { SimCard, SimCardControl } from "./card.js";

export interface MakeCardOptions
  extends CardFileOptions,
    Partial<Omit<SimChip, "files" | "secret" | "cardAccess" | "services">> {
  /** "absent" answers 6A82, "refused" 6982, "unknown" 6D00; "pace" offers PACE (ECDH-GM, AES-128). */
  readonly cardAccess?: "absent" | "refused" | "unknown" | "pace";
}

const CARD_ACCESS_STATUS = {
  absent: SW.fileNotFound,
  refused: SW.securityNotSatisfied,
  unknown: SW.insNotSupported,
};

/** SecurityInfos with one PACEInfo: id-PACE-ECDH-GM-AES-CBC-CMAC-128, version 2, parameter 13 (brainpoolP256r1). */
const paceOffer = (): Uint8Array =>
  writeTlv(
    0x31,
    writeTlv(
      0x30,
      writeTlv(0x06, Uint8Array.from([0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02])),
      writeTlv(0x02, Uint8Array.from([2])),
      writeTlv(0x02, Uint8Array.from([13])),
    ),
  );

/**
 * A simulated eMRTD at the APDU level that holds `person`'s data. `options` choose how it behaves from the start;
 * `control.misbehave` makes it break the standard at a chosen read.
 */
export const makeCard = async (person: MadeUpPerson, options: MakeCardOptions = {}): Promise<SimCard> => {
  const { cardAccess, ...behaviour } = options;
  return startChip({
    ...behaviour,
    ...(await buildFiles(person, { infos: (options.pace?.offers ?? []).map(writePaceInfo), ...options })),
    secret: {
      documentNumber: person.number.slice(3),
      birthDate: toMrzDate(person.birthDate),
      expiryDate: mrzExpiry(person),
    },
    cardAccess: cardAccess === "pace" ? paceOffer() : CARD_ACCESS_STATUS[cardAccess ?? "absent"],
  });
};
