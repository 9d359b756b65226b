// How is one citizen card read from the first command to the last check?
import { createHash, randomBytes } from "node:crypto";
import { parseCitizenNumber } from "../core/citizen-number.js";
import { isoDate, parseMrzDate } from "../core/dates.js";
import { FaultError } from "../core/faults.js";
import type { Mrz } from "../core/mrz.js";
import type { Card } from "../hal/chip-reader/chip-reader.js";
import type { CardField } from "../procedures/procedure.js";
import type { RandomSource } from "./access/integers.js";
import type { AccessKey } from "./access/keys.js";
import { NO_EXPIRY_MRZ } from "./age-rule.js";
import type { CardQr } from "./card-qr.js";
import {
  type Check,
  checkCardAccess,
  checkExpiry,
  checkMrzAgainstDg13,
  checkMrzDigits,
  checkNumber,
  checkQr,
} from "./checks.js";
import type { CardFile, CardProgress, CardReading } from "./citizen-card.js";
import { parseDg1 } from "./lds/dg1.js";
import { parseFaces } from "./lds/dg2.js";
import { type Dg11, type Dg12, parseDg11, parseDg12 } from "./lds/dg11.js";
import { type Dg13, parseDg13 } from "./lds/dg13.js";
import type { FileName } from "./lds/files.js";
import type { ReadingHabits } from "./lds/reading-habits.js";
import {
  authenticatePassively,
  authenticateSigner,
  backingOf,
  type PassiveAuthentication,
  summarise,
  type TrustStore,
  vouchesFor,
} from "./passive-authentication.js";
import { ProgressMeter } from "./progress-meter.js";
import { type CardContent, ContentReader, READABLE } from "./read-files.js";
import { CardSession } from "./session.js";
import { notTrusted, type Verdict } from "./verdict.js";

export interface ReadCardRequest {
  /** A freshly activated card. The caller releases it. */
  readonly card: Card;
  readonly key: AccessKey;
  /** What the printed QR says: compared with the chip. */
  readonly qr?: CardQr;
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
  /** Asks for active authentication also where chip authentication has proven the same. */
  readonly everyProof?: boolean;
  /** Kept from card to card: what makes of card taught about chunks and short identifiers. */
  readonly habits?: ReadingHabits;
  /** For tests that replay recorded exchanges; the system's generator otherwise. */
  readonly random?: RandomSource;
}

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

/** What was read of the optional groups; `null` where the card has none. */
interface Groups {
  readonly mrz: Mrz;
  readonly dg11: Dg11 | null;
  readonly dg12: Dg12 | null;
  readonly dg13: Dg13 | null;
}

const groupsOf = ({ files }: CardContent): Groups => {
  const parsed = <T>(name: FileName, parse: (file: Uint8Array) => T): T | null => {
    const file = files.get(name);
    return file === undefined ? null : parse(file);
  };
  return {
    mrz: parseDg1(files.get("DG1") ?? new Uint8Array()),
    dg11: parsed("DG11", parseDg11),
    dg12: parsed("DG12", parseDg12),
    dg13: parsed("DG13", parseDg13),
  };
};

const citizenOf = ({ mrz, dg11, dg12, dg13 }: Groups): CardReading["citizen"] => {
  const record: Partial<Record<CardField, string>> = {};
  const put = (field: CardField, value: string | null | undefined) => {
    if (value !== null && value !== undefined && value !== "") record[field] = value;
  };
  // The MRZ's name lacks its marks: a name without DG11 and DG13 is left for the citizen to type.
  put("number", mrz.citizenNumber);
  put("birthDate", birthDateOf(mrz, dg13));
  put("sex", SEX_IN_WORDS[mrz.sex]);
  put("expiryDate", expiryDateOf(mrz, dg13));
  put("fullName", dg11?.fullName);
  put("placeOfResidence", dg11?.address);
  put("issueDate", dg12?.issueDate);
  return { ...record, ...dg13?.fields };
};

const authenticate = ({ files, com }: CardContent, request: ReadCardRequest): PassiveAuthentication => {
  const groups = new Map(
    READABLE.flatMap((spec): [number, Uint8Array][] => {
      const bytes = files.get(spec.name);
      return bytes === undefined ? [] : [[spec.shortId, bytes]];
    }),
  );
  return authenticatePassively({
    sod: files.get("EF.SOD") ?? null,
    groups,
    listed: com.groups,
    wanted: READABLE.map(({ shortId }) => shortId),
    trust: request.trust ?? { certificates: [] },
    today: request.today ?? null,
  });
};

/** A proof is worth what stands behind the key that was proven. */
const withTrust = (proof: Verdict, backing: Verdict): Verdict => {
  if (proof.verdict !== "passed") return proof;
  return backing.verdict === "passed" ? proof : notTrusted(`${proof.evidence}; but ${backing.evidence}`);
};

const proofs = (content: CardContent, request: ReadCardRequest): readonly Check[] => {
  const passive = authenticate(content, request);
  const { chip, active, cardSecurity } = content;
  const behindChip =
    cardSecurity === null
      ? vouchesFor(passive, 14)
      : backingOf(
          authenticateSigner(cardSecurity, request.trust ?? { certificates: [] }, request.today ?? null),
        );
  return [
    { name: "groupHashes", ...passive.hashes },
    { name: "sodSignature", ...passive.signature },
    { name: "certificatePath", ...passive.certificatePath },
    { name: "revocation", ...passive.revocation },
    { name: "passiveAuthentication", ...summarise(passive) },
    { name: "chipAuthentication", ...withTrust(chip, behindChip) },
    { name: "activeAuthentication", ...withTrust(active, vouchesFor(passive, 15)) },
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
const interpret = (content: CardContent, session: CardSession, request: ReadCardRequest): CardReading => {
  const groups = groupsOf(content);
  const { mrz, dg13 } = groups;
  requireHolder(mrz, request);
  const dg2File = content.files.get("DG2");
  const [portrait = null, ...morePortraits] = dg2File === undefined ? [] : parseFaces(dg2File);
  const { protocol, variant, downgrade, expiryUsed, cardAccess } = session.access;
  const inTheClear: CardContent["files"] = new Map(
    cardAccess === null ? [] : [["EF.CardAccess", cardAccess] as const],
  );
  const birthDate = birthDateOf(mrz, dg13);
  return {
    access: protocol,
    variant,
    downgrade,
    files: [...inTheClear, ...content.files].map(describeFile),
    unread: content.unread,
    checks: [
      checkMrzDigits(mrz),
      checkMrzAgainstDg13(mrz, dg13),
      ...(request.qr === undefined ? [] : [checkQr(request.qr, { mrz, dg13, birthDate })]),
      checkNumber(mrz, birthDate),
      checkExpiry(expiryDateOf(mrz, dg13), request.today ?? null),
      checkCardAccess(cardAccess, content.dg14),
      ...proofs(content, request),
    ],
    citizen: citizenOf(groups),
    portrait,
    morePortraits,
    expiryUsed,
  };
};

/**
 * Opens the card, reads what a kiosk may read of it, lets the chip prove itself, and judges all of it.
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
  const content = await new ContentReader(session, meter, {
    everyProof: request.everyProof ?? false,
  }).read();
  return interpret(content, session, request);
};
