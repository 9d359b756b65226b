// How is one citizen card read from the first command to the last check?
import { createHash, randomBytes } from "node:crypto";
import { FaultError } from "../core/faults.js";
import type { Card } from "../hal/chip-reader/chip-reader.js";
import type { CardField } from "../procedures/procedure.js";
import type { RandomSource } from "./access/integers.js";
import type { AccessKey } from "./access/keys.js";
import { NO_EXPIRY_MRZ } from "./age-rule.js";
import { describeStatus } from "./apdu.js";
import { type Check, checkExpiry, checkMrzAgainstDg13, checkMrzDigits, checkNumber } from "./checks.js";
import type { CardFile, CardProgress, CardReading } from "./citizen-card.js";
import { isoDate, parseMrzDate } from "./dates.js";
import { parseCom } from "./lds/com.js";
import { parseDg1 } from "./lds/dg1.js";
import { parseDg2 } from "./lds/dg2.js";
import { type Dg13, parseDg13 } from "./lds/dg13.js";
import { FileReader } from "./lds/file-reader.js";
import { DG1, DG2, DG13, EF_COM, EF_SOD, type FileName, type FileSpec } from "./lds/files.js";
import type { ReadingHabits } from "./lds/reading-habits.js";
import type { Mrz } from "./mrz.js";
import { parseCitizenNumber } from "./number.js";
import { authenticatePassively, summarise, type TrustStore } from "./passive-authentication.js";
import { CardSession } from "./session.js";
import { malformed } from "./tlv.js";

export interface ReadCardRequest {
  /** A freshly activated card. The caller releases it. */
  readonly card: Card;
  readonly key: AccessKey;
  readonly onProgress?: (progress: CardProgress) => void;
  readonly signal?: AbortSignal;
  /** `reader.waitForCard`: with it a lifted card is waited for and read on from where it was. */
  readonly cardAgain?: (signal: AbortSignal) => Promise<Card>;
  /** Country-signing certificates; without any, passive authentication ends at "notTrusted". */
  readonly trust?: TrustStore;
  /** yyyy-MM-dd; `null` or absent when the clock cannot be believed, which leaves expiry "notDone". */
  readonly today?: string | null;
  /** Also reads other eMRTDs, a passport say; else they are refused as "card.notCitizen". */
  readonly anyDocument?: boolean;
  /** Kept from card to card: what makes of card taught about chunks and short identifiers. */
  readonly habits?: ReadingHabits;
  /** For tests that replay recorded exchanges; the system's generator otherwise. */
  readonly random?: RandomSource;
}

/** The files read, in this order: what names the person first, the large ones last. */
const FILES: readonly FileSpec[] = [EF_COM, DG1, DG13, EF_SOD, DG2];

/** Progress over all the bytes that are expected, corrected as each header tells the truth. */
class ProgressMeter {
  readonly #report: (progress: CardProgress) => void;
  readonly #expected = new Map<FileName, number>(FILES.map((spec) => [spec.name, spec.typicalBytes]));
  readonly #read = new Map<FileName, number>();
  #highest = 0;

  constructor(report: (progress: CardProgress) => void) {
    this.#report = report;
  }

  opening(): void {
    this.#report({ stage: "opening", fraction: this.#highest });
  }

  bytes(spec: FileSpec, readBytes: number, totalBytes: number | null): void {
    if (totalBytes !== null) this.#expected.set(spec.name, totalBytes);
    this.#read.set(spec.name, readBytes);
    this.#tell();
  }

  /** A file that will not be read is not waited for. */
  skip(spec: FileSpec): void {
    this.#expected.delete(spec.name);
    this.#read.delete(spec.name);
    this.#tell();
  }

  #tell(): void {
    const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
    const expected = sum(this.#expected.values());
    // A header that announces more than was thought never moves the bar backwards.
    this.#highest = Math.max(this.#highest, expected === 0 ? 1 : sum(this.#read.values()) / expected);
    this.#report({ stage: "reading", fraction: Math.min(1, this.#highest) });
  }
}

type Files = ReadonlyMap<FileName, Uint8Array>;

const readFiles = async (session: CardSession, meter: ProgressMeter): Promise<Files> => {
  const reader = new FileReader(session, (spec, readBytes, totalBytes) =>
    meter.bytes(spec, readBytes, totalBytes),
  );
  const files = new Map<FileName, Uint8Array>();
  for (const spec of FILES) {
    const outcome = await reader.read(spec);
    if (outcome.state === "read") files.set(spec.name, outcome.bytes);
    else if (spec === EF_COM || spec === DG1) throw malformed(`${spec.name}: ${describeStatus(outcome.sw)}`);
    else meter.skip(spec);
  }
  return files;
};

const describeFile = ([name, bytes]: readonly [FileName, Uint8Array]): CardFile => ({
  name,
  length: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

/** yyyy-MM-dd: DG13 has four digits of the year; else the twelve digits give the century. */
const birthDateOf = (mrz: Mrz, dg13: Dg13 | null): string | null => {
  if (dg13?.fields.birthDate !== undefined) return dg13.fields.birthDate;
  const number = mrz.citizenNumber === null ? null : parseCitizenNumber(mrz.citizenNumber);
  const [month, day] = [Number(mrz.birthDate.slice(2, 4)), Number(mrz.birthDate.slice(4, 6))];
  return number === null ? null : isoDate(number.birthYear, month, day);
};

/** "" for a card without expiry, `null` when there is no such day. */
const expiryDateOf = (mrz: Mrz, dg13: Dg13 | null): string | null => {
  if (dg13?.fields.expiryDate !== undefined) return dg13.fields.expiryDate;
  return mrz.expiryDate === NO_EXPIRY_MRZ ? "" : parseMrzDate(mrz.expiryDate, "2099-12-31");
};

const SEX_IN_WORDS: Readonly<Record<Mrz["sex"], string | undefined>> = { M: "Nam", F: "Nữ", "<": undefined };

const citizenOf = (mrz: Mrz, dg13: Dg13 | null): CardReading["citizen"] => {
  const record: Partial<Record<CardField, string>> = {};
  const put = (field: CardField, value: string | null | undefined) => {
    if (value !== null && value !== undefined && value !== "") record[field] = value;
  };
  // The MRZ's name lacks its marks: a name without DG13 is left for the citizen to type.
  put("number", mrz.citizenNumber);
  put("birthDate", birthDateOf(mrz, dg13));
  put("sex", SEX_IN_WORDS[mrz.sex]);
  put("expiryDate", expiryDateOf(mrz, dg13));
  return { ...record, ...dg13?.fields };
};

const AUTHENTICATED: readonly FileSpec[] = [DG1, DG2, DG13];

const passiveChecks = (files: Files, request: ReadCardRequest): readonly Check[] => {
  const groups = new Map(
    AUTHENTICATED.flatMap((spec): [number, Uint8Array][] => {
      const bytes = files.get(spec.name);
      return bytes === undefined ? [] : [[spec.shortId, bytes]];
    }),
  );
  const result = authenticatePassively({
    sod: files.get("EF.SOD") ?? null,
    groups,
    listed: parseCom(files.get("EF.COM") ?? new Uint8Array()).groups,
    wanted: AUTHENTICATED.map(({ shortId }) => shortId),
    trust: request.trust ?? { certificates: [] },
    today: request.today ?? null,
  });
  return [
    { name: "groupHashes", ...result.hashes },
    { name: "sodSignature", ...result.signature },
    { name: "certificatePath", ...result.certificatePath },
    { name: "passiveAuthentication", ...summarise(result) },
  ];
};

/** The twelve digits of the QR have to be those of the chip: BAC itself only compares the last nine. */
const requireHolder = (mrz: Mrz, { key, anyDocument }: ReadCardRequest): void => {
  if (mrz.citizenNumber === null) {
    if (anyDocument === true) return;
    throw new FaultError("card.notCitizen", `a ${mrz.format} document without the twelve digits`);
  }
  if (/^\d{12}$/.test(key.documentNumber) && key.documentNumber !== mrz.citizenNumber) {
    throw new FaultError("card.mismatch", "the chip's number is not the one that was given");
  }
};

/** What EF.CardAccess cost or refused is told in `downgrade`; what each group said, in `citizen` and `checks`. */
const interpret = (files: Files, session: CardSession, request: ReadCardRequest): CardReading => {
  const mrz = parseDg1(files.get("DG1") ?? new Uint8Array());
  requireHolder(mrz, request);
  const dg13File = files.get("DG13");
  const dg2File = files.get("DG2");
  const dg13 = dg13File === undefined ? null : parseDg13(dg13File);
  const { protocol, downgrade, expiryUsed, cardAccess } = session.access;
  const inTheClear: Files = cardAccess === null ? new Map() : new Map([["EF.CardAccess", cardAccess]]);
  return {
    access: protocol,
    downgrade,
    files: [...inTheClear, ...files].map(describeFile),
    checks: [
      checkMrzDigits(mrz),
      checkMrzAgainstDg13(mrz, dg13),
      checkNumber(mrz, birthDateOf(mrz, dg13)),
      checkExpiry(expiryDateOf(mrz, dg13), request.today ?? null),
      ...passiveChecks(files, request),
      { name: "chipAuthentication", verdict: "notDone", evidence: "not part of this build" },
    ],
    citizen: citizenOf(mrz, dg13),
    portrait: dg2File === undefined ? null : parseDg2(dg2File),
    expiryUsed,
  };
};

/**
 * Opens the card, reads EF.COM, DG1, DG13, EF.SOD and DG2, and judges them.
 *
 * Throws `FaultError`: "card.wrongKey" when no offered expiry opens the card (none is tried twice),
 * "card.notCitizen" without the eMRTD application or the twelve digits, "card.mismatch" with other digits, "card.lost" when it left and did not come back,
 * "card.unreadable" naming the file that breaks the standard; and the signal's reason when aborted.
 */
export const readCard = async (request: ReadCardRequest): Promise<CardReading> => {
  const meter = new ProgressMeter(request.onProgress ?? (() => {}));
  meter.opening();
  const cardAgain = request.cardAgain;
  const session = new CardSession({
    card: request.card,
    key: request.key,
    random: request.random ?? ((count) => randomBytes(count)),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(request.habits === undefined ? {} : { habits: request.habits }),
    ...(cardAgain === undefined
      ? {}
      : {
          cardAgain: (signal: AbortSignal) => {
            meter.opening();
            return cardAgain(signal);
          },
        }),
  });
  const files = await readFiles(session, meter);
  return interpret(files, session, request);
};
