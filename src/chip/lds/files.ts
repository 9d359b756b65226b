// Which files does the card have, how are they addressed, and how large can they honestly be? (Doc 9303-10)
import type { CardFile } from "../citizen-card.js";

export type FileName = CardFile["name"];

export interface FileSpec {
  readonly name: FileName;
  /** Short EF identifier: one READ BINARY both selects the file and reads its start. */
  readonly shortId: number;
  /** Low byte of the file identifier 01xx, for chips that refuse short identifiers. */
  readonly fileId: number;
  /** Tag of the outermost object, which also carries the file's length. */
  readonly tag: number;
  /** A header that says more than this is a lie or a defect. */
  readonly maxBytes: number;
  /** Used for the progress bar until the header tells. */
  readonly typicalBytes: number;
}

const spec = (
  name: FileName,
  ids: readonly [shortId: number, tag: number],
  maxBytes: number,
  typicalBytes: number,
): FileSpec => ({ name, shortId: ids[0], fileId: ids[0], tag: ids[1], maxBytes, typicalBytes });

export const EF_COM = spec("EF.COM", [0x1e, 0x60], 256, 30);
export const EF_SOD = spec("EF.SOD", [0x1d, 0x77], 32_768, 2_000);
export const DG1 = spec("DG1", [0x01, 0x61], 256, 95);
/** A portrait is 15 kB to 40 kB; several biometric templates are allowed. */
export const DG2 = spec("DG2", [0x02, 0x75], 262_144, 15_083);
export const DG11 = spec("DG11", [0x0b, 0x6b], 65_536, 200);
export const DG12 = spec("DG12", [0x0c, 0x6c], 262_144, 100);
export const DG13 = spec("DG13", [0x0d, 0x6d], 16_384, 600);
export const DG14 = spec("DG14", [0x0e, 0x6e], 16_384, 300);
export const DG15 = spec("DG15", [0x0f, 0x6f], 4_096, 160);

/** SecurityInfos in the clear, under the master file: 22 bytes for one PACE variant. */
export const EF_CARD_ACCESS = spec("EF.CardAccess", [0x1c, 0x31], 4_096, 22);
/** Signed SecurityInfos, under the master file, for chip-authentication mapping. */
export const EF_CARD_SECURITY = spec("EF.CardSecurity", [0x1d, 0x30], 16_384, 1_500);

/** AID of the eMRTD application LDS1 (9303-10 clause 3.4). */
export const LDS1_AID = Uint8Array.from([0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]);

/** Number of the data group by the tag that EF.COM lists (9303-10 table 37). */
export const GROUP_BY_TAG: ReadonlyMap<number, number> = new Map([
  [0x61, 1],
  [0x75, 2],
  [0x63, 3],
  [0x76, 4],
  [0x65, 5],
  [0x66, 6],
  [0x67, 7],
  [0x68, 8],
  [0x69, 9],
  [0x6a, 10],
  [0x6b, 11],
  [0x6c, 12],
  [0x6d, 13],
  [0x6e, 14],
  [0x6f, 15],
  [0x70, 16],
]);
