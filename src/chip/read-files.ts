// In which order are the card's files read, and where between them does the chip prove itself?
//
// EF.COM and what names the person first; then DG14 and chip authentication, so that the large files run under keys
// of the genuine chip; EF.SOD and the portrait last. EF.COM is not signed: a group that it hides and EF.SOD lists is
// read after all.
import { FaultError } from "../core/faults.js";
import { authenticateActively } from "./active-authentication.js";
import { describeStatus } from "./apdu.js";
import { authenticateChip } from "./chip-authentication.js";
import { judgeMapping, type MappingProof } from "./chip-mapping-proof.js";
import { type Com, parseCom } from "./lds/com.js";
import { type Dg14, parseDg14, parseDg15 } from "./lds/dg14.js";
import { FileReader } from "./lds/file-reader.js";
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
  type FileSpec,
} from "./lds/files.js";
import type { SignedObject } from "./lds/signed-data.js";
import { parseSod } from "./lds/sod.js";
import type { ProgressMeter } from "./progress-meter.js";
import type { CardSession } from "./session.js";
import { malformed } from "./tlv.js";
import { notDone, notSupported, type Verdict } from "./verdict.js";

export type Files = ReadonlyMap<FileName, Uint8Array>;

export interface CardContent {
  readonly files: Files;
  readonly com: Com;
  readonly dg14: Dg14 | null;
  /** What the chip proved by itself; who vouches for its keys is judged later. */
  readonly chip: Verdict;
  readonly active: Verdict;
  /** Whose signature stands behind the chip's key; `null` when it is DG14's. */
  readonly cardSecurity: SignedObject | null;
  readonly unread: readonly { readonly name: string; readonly reason: string }[];
}

/** Groups that a terminal without special rights may read, in the order of reading. */
export const READABLE: readonly FileSpec[] = [DG1, DG13, DG14, DG15, DG11, DG12, DG2];
/** Fingerprints and iris: only terminals with the country's own certificates may read them. */
const LOCKED: ReadonlySet<number> = new Set([3, 4]);

export interface ReadOptions {
  /** Asks for active authentication also where chip authentication has passed. */
  readonly everyProof: boolean;
}

export class ContentReader {
  readonly #session: CardSession;
  readonly #meter: ProgressMeter;
  readonly #reader: FileReader;
  readonly #options: ReadOptions;
  readonly #files = new Map<FileName, Uint8Array>();
  readonly #refused = new Map<FileName, string>();
  #dg14: Dg14 | null = null;
  #chip: Verdict = notSupported("the card has no DG14");
  #mapping: MappingProof | null = null;
  #active: Verdict = notSupported("the card has no DG15");

  constructor(session: CardSession, meter: ProgressMeter, options: ReadOptions) {
    this.#session = session;
    this.#meter = meter;
    this.#options = options;
    this.#reader = new FileReader(session, (spec, readBytes, totalBytes) =>
      meter.bytes(spec, readBytes, totalBytes),
    );
  }

  /** Throws the card's faults; a group that the card refuses is told in `unread`. */
  async read(): Promise<CardContent> {
    const com = parseCom(await this.#need(EF_COM));
    const listed = READABLE.filter(
      (spec) => spec === DG1 || spec === DG2 || com.groups.includes(spec.shortId),
    );
    this.#meter.plan([...listed, EF_SOD]);
    await this.#need(DG1);
    for (const spec of [DG13, DG14]) if (listed.includes(spec)) await this.#take(spec);
    await this.#take(EF_SOD);
    for (const spec of listed) await this.#take(spec);
    for (const spec of this.#hidden()) await this.#take(spec);
    if (!this.#files.has("DG14")) this.#provenByPace();
    const backing = this.#mapping?.backing ?? null;
    return {
      files: this.#files,
      com,
      dg14: this.#dg14,
      chip: this.#chip,
      active: this.#active,
      cardSecurity: backing === "DG14" ? null : backing,
      unread: this.#unread(com),
    };
  }

  async #need(spec: FileSpec): Promise<Uint8Array> {
    await this.#take(spec);
    const bytes = this.#files.get(spec.name);
    if (bytes === undefined) throw malformed(`${spec.name}: ${this.#refused.get(spec.name) ?? "not read"}`);
    return bytes;
  }

  /** Reads it once, and lets the chip prove the key that came with it. */
  async #take(spec: FileSpec): Promise<void> {
    if (this.#files.has(spec.name) || this.#refused.has(spec.name)) return;
    const outcome = await this.#reader.read(spec);
    if (outcome.state === "missing") {
      this.#refused.set(spec.name, describeStatus(outcome.sw));
      this.#meter.skip(spec);
      const verdict = notDone(`the card did not give ${spec.name}: ${describeStatus(outcome.sw)}`);
      if (spec === DG14) this.#chip = verdict;
      if (spec === DG15) this.#active = verdict;
      return;
    }
    this.#files.set(spec.name, outcome.bytes);
    if (spec === DG14) await this.#proveChip(outcome.bytes);
    if (spec === DG15) await this.#proveActive(outcome.bytes);
  }

  async #proveChip(dg14: Uint8Array): Promise<void> {
    try {
      this.#dg14 = parseDg14(dg14);
    } catch (error) {
      // Forged bytes fail their hash; signed ones that are broken are the issuer's mistake, not the holder's.
      if (!(error instanceof FaultError)) throw error;
      this.#chip = notSupported(error.detail);
      return;
    }
    if (this.#provenByPace()) return;
    this.#chip = await authenticateChip(this.#session, this.#dg14);
  }

  #provenByPace(): boolean {
    const { chipMapping, cardSecurity } = this.#session.access;
    this.#mapping = judgeMapping(chipMapping, cardSecurity, this.#dg14);
    if (this.#mapping === null) return false;
    this.#chip = this.#mapping.verdict;
    // A mapping whose key could not be found proves nothing either way: the other protocol still can.
    return this.#chip.verdict !== "notSupported";
  }

  async #proveActive(dg15: Uint8Array): Promise<void> {
    if (this.#chip.verdict === "passed" && !this.#options.everyProof) {
      this.#active = notDone("chip authentication has proven the same");
      return;
    }
    let publicKey: Uint8Array;
    try {
      publicKey = parseDg15(dg15);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      this.#active = notSupported(error.detail);
      return;
    }
    const algorithm = this.#dg14?.activeAuthentication ?? null;
    this.#active = await authenticateActively(this.#session, publicKey, algorithm);
  }

  /** Groups that were signed and that EF.COM does not list. */
  #hidden(): readonly FileSpec[] {
    const sod = this.#files.get("EF.SOD");
    if (sod === undefined) return [];
    try {
      const { groupHashes } = parseSod(sod);
      return READABLE.filter((spec) => groupHashes.has(spec.shortId));
    } catch {
      return [];
    }
  }

  #unread({ groups, unknownTags }: Com): CardContent["unread"] {
    const readable = new Set(READABLE.map(({ shortId }) => shortId));
    return [
      ...[...this.#refused].map(([name, reason]) => ({ name, reason })),
      ...groups
        .filter((number) => !readable.has(number))
        .map((number) => ({
          name: `DG${number}`,
          reason: LOCKED.has(number) ? "for terminals with special rights" : "of no use here",
        })),
      ...unknownTags.map((tag) => ({ name: `tag ${tag.toString(16).toUpperCase()}`, reason: "unknown" })),
    ];
  }
}
