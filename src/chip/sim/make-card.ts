// How does a made-up person get a card that the product's own reading believes?
import { randomBytes } from "node:crypto";
import { SW } from "../apdu.js";
import { toMrzDate } from "../dates.js";
import { DG1, DG2, DG13, EF_COM, EF_SOD, type FileName } from "../lds/files.js";
import { writeTlv } from "../tlv.js";
import { type SimCard, type SimChip, startChip } from "./card.js";
import type { SimFile } from "./file-system.js";
import { writeCom, writeDg1, writeDg2, writeDg13 } from "./files.js";
import { makePki, type SimPki } from "./make-pki.js";
import { type MadeUpPerson, mrzExpiry } from "./people.js";
import { drawPortrait } from "./portrait.js";

export type { SimCard, SimCardControl } from "./card.js";

export interface MakeCardOptions extends Partial<Omit<SimChip, "files" | "secret" | "cardAccess">> {
  /** Signs the card; a new one that no kiosk trusts when absent. */
  readonly pki?: SimPki;
  /** JPEG or JPEG 2000 of DG2; a drawn face when absent. */
  readonly portrait?: Uint8Array;
  /** "absent" answers 6A82, "refused" 6982, "unknown" 6D00; "pace" offers PACE (ECDH-GM, AES-128). */
  readonly cardAccess?: "absent" | "refused" | "unknown" | "pace";
  /** Changes the files after they were signed: a forgery. `null` takes the file away. */
  readonly forge?: Readonly<Partial<Record<FileName, (bytes: Uint8Array) => Uint8Array | null>>>;
  /** Changes the files before they are signed: an issuer's defect. */
  readonly misprint?: Readonly<Partial<Record<FileName, (bytes: Uint8Array) => Uint8Array>>>;
}

const DG3_TAG = 0x63;
const DG3_ID = 0x03;

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

const buildFiles = async (person: MadeUpPerson, options: MakeCardOptions): Promise<Map<number, SimFile>> => {
  const { misprint = {}, forge = {} } = options;
  const pki = options.pki ?? makePki();
  const printed = (name: FileName, bytes: Uint8Array) => misprint[name]?.(bytes) ?? bytes;
  const groups = new Map<number, Uint8Array>([
    [DG1.fileId, printed("DG1", writeDg1(person))],
    [DG2.fileId, printed("DG2", writeDg2(options.portrait ?? (await drawPortrait(person))))],
    [DG3_ID, writeTlv(DG3_TAG, randomBytes(64))],
    [DG13.fileId, printed("DG13", writeDg13(person))],
  ]);
  const all: readonly (readonly [id: number, name: string, bytes: Uint8Array])[] = [
    [EF_COM.fileId, "EF.COM", printed("EF.COM", writeCom([DG1.tag, DG2.tag, DG3_TAG, DG13.tag]))],
    ...[...groups].map(([id, bytes]) => [id, `DG${id}`, bytes] as const),
    [EF_SOD.fileId, "EF.SOD", printed("EF.SOD", pki.signSod(groups))],
  ];
  const files = new Map<number, SimFile>();
  for (const [id, name, bytes] of all) {
    const change = Object.entries(forge).find(([file]) => file === name)?.[1];
    const final = change === undefined ? bytes : change(bytes);
    if (final !== null) files.set(id, { name, bytes: final, locked: id === DG3_ID });
  }
  return files;
};

/**
 * A simulated eMRTD at the APDU level that holds `person`'s data. `options` choose how it behaves from the start;
 * `control.misbehave` makes it break the standard at a chosen read.
 */
export const makeCard = async (person: MadeUpPerson, options: MakeCardOptions = {}): Promise<SimCard> => {
  const {
    pki: _pki,
    portrait: _portrait,
    forge: _forge,
    misprint: _misprint,
    cardAccess,
    ...behaviour
  } = options;
  return startChip({
    ...behaviour,
    secret: {
      documentNumber: person.number.slice(3),
      birthDate: toMrzDate(person.birthDate),
      expiryDate: mrzExpiry(person),
    },
    files: await buildFiles(person, options),
    cardAccess: cardAccess === "pace" ? paceOffer() : CARD_ACCESS_STATUS[cardAccess ?? "absent"],
  });
};
