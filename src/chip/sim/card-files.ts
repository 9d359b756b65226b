// Which files does a made-up person's chip have, signed by whom, and changed how afterwards?
import { randomBytes } from "node:crypto";
import {
  DG1,
  DG2,
  DG11,
  DG12,
  DG13,
  DG14,
  DG15,
  EF_COM,
  EF_SOD,
  type FileName,
  GROUP_BY_TAG,
} from "../lds/files.js";
import { writeTlv } from "../tlv.js";
import { type ActiveKeyOptions, makeActiveKey } from "./active-authentication.js";
import type { SecuredService } from "./card.js";
import { type ChipKeyOptions, makeChipKey } from "./chip-authentication.js";
import type { SimFile } from "./file-system.js";
import {
  writeCom,
  writeDg1,
  writeDg11,
  writeDg12,
  writeDg13,
  writeDg14,
  writeDg15,
  writeFaces,
} from "./files.js";
import { makePki, type SimPki } from "./make-pki.js";
import type { SodOptions } from "./make-sod.js";
import type { MadeUpPerson } from "./people.js";
import { drawPortrait } from "./portrait.js";

export interface CardFileOptions {
  /** Signs the card; a new one that no kiosk trusts when absent. */
  readonly pki?: SimPki;
  readonly sod?: SodOptions;
  /** JPEG or JPEG 2000 of DG2; a drawn face when absent. */
  readonly portrait?: Uint8Array;
  /** Further face images of DG2. */
  readonly morePortraits?: readonly Uint8Array[];
  /** Keys of chip authentication; one on brainpoolP256r1 with AES-128 when absent, none when empty. */
  readonly chipKeys?: readonly ChipKeyOptions[];
  /** Key of active authentication; `null` or absent for a card without DG15. */
  readonly activeKey?: ActiveKeyOptions | null;
  /** Further DER SecurityInfos of DG14: what EF.CardAccess says. */
  readonly infos?: readonly Uint8Array[];
  /** Also writes DG11 and DG12. */
  readonly details?: boolean;
  /** Groups that EF.COM does not tell of. */
  readonly hides?: readonly number[];
  /** Changes the files after they were signed: a forgery. `null` takes the file away. */
  readonly forge?: Readonly<Partial<Record<FileName, (bytes: Uint8Array) => Uint8Array | null>>>;
  /** Changes the files before they are signed: an issuer's defect. */
  readonly misprint?: Readonly<Partial<Record<FileName, (bytes: Uint8Array) => Uint8Array>>>;
}

export interface CardFiles {
  readonly files: ReadonlyMap<number, SimFile>;
  readonly services: readonly SecuredService[];
}

const DG3_TAG = 0x63;
const DG3_ID = 0x03;
const USUAL_KEY: ChipKeyOptions = { domain: "brainpoolP256r1", suite: "AES-128" };

interface Groups {
  readonly bytes: ReadonlyMap<number, Uint8Array>;
  readonly services: readonly SecuredService[];
}

const buildGroups = async (person: MadeUpPerson, options: CardFileOptions): Promise<Groups> => {
  const { misprint = {}, morePortraits = [] } = options;
  const portrait = options.portrait ?? (await drawPortrait(person));
  const chipKeys = (options.chipKeys ?? [USUAL_KEY]).map(makeChipKey);
  const active =
    options.activeKey === undefined || options.activeKey === null ? [] : [makeActiveKey(options.activeKey)];
  const infos = [...(options.infos ?? []), ...[...chipKeys, ...active].flatMap((key) => key.infos)];
  const written: readonly (readonly [number, FileName | "DG3", Uint8Array | null])[] = [
    [DG1.fileId, "DG1", writeDg1(person)],
    [DG2.fileId, "DG2", writeFaces([portrait, ...morePortraits])],
    [DG3_ID, "DG3", writeTlv(DG3_TAG, randomBytes(64))],
    [DG11.fileId, "DG11", options.details === true ? writeDg11(person) : null],
    [DG12.fileId, "DG12", options.details === true ? writeDg12(person) : null],
    [DG13.fileId, "DG13", writeDg13(person)],
    [DG14.fileId, "DG14", infos.length === 0 ? null : writeDg14(infos)],
    [DG15.fileId, "DG15", active[0] === undefined ? null : writeDg15(active[0].publicKey)],
  ];
  const groups = new Map<number, Uint8Array>();
  for (const [id, name, bytes] of written) {
    if (bytes === null) continue;
    groups.set(id, name === "DG3" ? bytes : (misprint[name]?.(bytes) ?? bytes));
  }
  return { bytes: groups, services: [...chipKeys, ...active].map(({ service }) => service) };
};

/** The files by low byte of their identifier, and what the chip can prove besides. */
export const buildFiles = async (person: MadeUpPerson, options: CardFileOptions): Promise<CardFiles> => {
  const { misprint = {}, forge = {}, hides = [] } = options;
  const pki = options.pki ?? makePki();
  const groups = await buildGroups(person, options);
  const tags = [...GROUP_BY_TAG].flatMap(([tag, id]) =>
    groups.bytes.has(id) && !hides.includes(id) ? [tag] : [],
  );
  const com = writeCom(tags);
  const all: readonly (readonly [id: number, name: string, bytes: Uint8Array])[] = [
    [EF_COM.fileId, "EF.COM", misprint["EF.COM"]?.(com) ?? com],
    ...[...groups.bytes].map(([id, bytes]) => [id, `DG${id}`, bytes] as const),
    [EF_SOD.fileId, "EF.SOD", pki.signSod(groups.bytes, options.sod)],
  ];
  const files = new Map<number, SimFile>();
  for (const [id, name, bytes] of all) {
    const change = Object.entries(forge).find(([file]) => file === name)?.[1];
    const final = change === undefined ? bytes : change(bytes);
    if (final !== null) files.set(id, { name, bytes: final, locked: id === DG3_ID });
  }
  return { files, services: groups.services };
};
