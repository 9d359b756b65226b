// What does `motcua chip read` do, and what does a technician see of it?
//
// Nothing personal is written without --show-personal: not the holder's data, not the key, not even the expiry
// date that opened the card.

import { parseMrzDate } from "../core/dates.js";
import { technicianRemedy, toFault } from "../core/faults.js";
import { parseMrz } from "../core/mrz.js";
import type { Card, ChipReader } from "../hal/chip-reader/chip-reader.js";
import { type AccessKey, accessKeyFromCan, accessKeyFromMrz, isCan } from "./access/keys.js";
import type { CardProgress, CardReading } from "./citizen-card.js";
import { levelOf } from "./level.js";
import type { TrustStore } from "./passive-authentication.js";
import { readCard } from "./read-card.js";

export interface ChipReadArguments {
  /** serial:PATH[:BAUD], i2c:BUS, pcsc: or pcsc:NAME */
  readonly reader: string;
  /** A folder of country-signing certificates and revocation lists in place of the kiosk's own. */
  readonly trust?: string | undefined;
  /** The lines of the MRZ, with or without breaks between them. */
  readonly mrz?: string | undefined;
  readonly can?: string | undefined;
  readonly document?: string | undefined;
  /** yyMMdd */
  readonly birth?: string | undefined;
  /** yyMMdd */
  readonly expiry?: string | undefined;
  readonly json: boolean;
  readonly showPersonal: boolean;
}

export interface ChipReadIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  /** Opens the reader at the address; throws `FaultError` when there is none. */
  readonly openReader: (address: string) => Promise<ChipReader>;
  /** Country-signing certificates; none when absent. */
  readonly trust?: TrustStore;
  /** yyyy-MM-dd, or `null` when the clock cannot be believed. */
  readonly today?: string | null;
  /** Ends the waiting and the reading (Ctrl-C). */
  readonly signal?: AbortSignal;
}

const EXIT = { done: 0, failed: 1, wrongUse: 2 } as const;
const PROGRESS_STEPS = 10;
const WAIT_MS = 120_000;

type KeyOrComplaint = { readonly key: AccessKey } | { readonly complaint: string; readonly exit: number };

const wrongUse = (complaint: string): KeyOrComplaint => ({ complaint, exit: EXIT.wrongUse });

const keyFromMrz = (text: string): KeyOrComplaint => {
  try {
    const mrz = parseMrz(text);
    if (mrz.failedChecks.length === 0) return { key: accessKeyFromMrz(mrz) };
    return wrongUse(`--mrz: wrong check digit of ${mrz.failedChecks.join(", ")}; compare it with the card`);
  } catch (error) {
    return wrongUse(`--mrz: ${toFault(error).detail}; give all lines of it, 90 characters on a citizen card`);
  }
};

const isMrzDate = (text: string): boolean => parseMrzDate(text, "2099-12-31") !== null;

const keyFromFields = (document: string, birth: string, expiry: string): KeyOrComplaint => {
  if (!/^[A-Za-z0-9]{1,9}$|^\d{12}$/.test(document)) {
    return wrongUse("--document: give the 12 digits of the card, or at most 9 letters and digits");
  }
  if (!isMrzDate(birth)) return wrongUse("--birth: give the birth date as YYMMDD");
  if (!isMrzDate(expiry))
    return wrongUse("--expiry: give the expiry date as YYMMDD; 991231 for a card without one");
  return { key: { documentNumber: document, birthDate: birth, expiryDates: [expiry] } };
};

const keyOf = (args: ChipReadArguments): KeyOrComplaint => {
  const { mrz, can, document, birth, expiry } = args;
  const ways = [mrz, can, document ?? birth ?? expiry].filter((way) => way !== undefined);
  if (ways.length !== 1)
    return wrongUse("give one key: --mrz, --can, or --document with --birth and --expiry");
  if (can !== undefined) {
    return isCan(can)
      ? { key: accessKeyFromCan(can) }
      : wrongUse("--can: give the six digits of the card access number");
  }
  if (mrz !== undefined) return keyFromMrz(mrz);
  if (document === undefined || birth === undefined || expiry === undefined) {
    return wrongUse("--document, --birth and --expiry belong together");
  }
  return keyFromFields(document, birth, expiry);
};

const progressLines = (stderr: ChipReadIo["stderr"]): ((progress: CardProgress) => void) => {
  let told = "";
  return ({ stage, fraction }) => {
    const step = Math.floor(fraction * PROGRESS_STEPS) * (100 / PROGRESS_STEPS);
    const line = stage === "opening" ? "opening the card" : `hold the card still, ${step} %`;
    if (line !== told) stderr.write(`${line}\n`);
    told = line;
  };
};

/** The record's header tells sex and colour of eyes: only the format and the length are anybody's business. */
const pictureOf = ({ format, bytes }: NonNullable<CardReading["portrait"]>) => ({
  format,
  length: bytes.length,
});

const asJson = (reading: CardReading, showPersonal: boolean): string => {
  const { citizen, portrait, morePortraits, expiryUsed, ...open } = reading;
  const picture = portrait === null ? null : pictureOf(portrait);
  const more = morePortraits.map(pictureOf);
  const shown = {
    ...open,
    level: levelOf(reading),
    portrait: picture,
    morePortraits: more,
    ...(showPersonal ? { citizen, expiryUsed } : {}),
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
};

const asText = (reading: CardReading, showPersonal: boolean): string => {
  const { variant, downgrade, files, unread, checks, portrait, morePortraits, citizen } = reading;
  const pictures = portrait === null ? [] : [portrait, ...morePortraits];
  const lines = [
    `access   ${variant}${downgrade === null ? "" : ` (${downgrade})`}`,
    ...files.map(
      ({ name, length, sha256 }) => `file     ${name.padEnd(13)} ${String(length).padStart(6)}  ${sha256}`,
    ),
    ...unread.map(({ name, reason }) => `unread   ${name.padEnd(13)} ${reason}`),
    ...(pictures.length === 0 ? ["portrait none"] : []),
    ...pictures.map(({ format, bytes }) => `portrait ${format}, ${bytes.length} bytes`),
    ...checks.map(
      ({ name, verdict, evidence }) => `check    ${name.padEnd(22)} ${verdict.padEnd(12)} ${evidence}`,
    ),
    `level    ${levelOf(reading)}`,
    ...(showPersonal
      ? Object.entries(citizen).map(([field, value]) => `citizen  ${field.padEnd(22)} ${value}`)
      : []),
  ];
  return `${lines.join("\n")}\n`;
};

const complain = (io: ChipReadIo, args: ChipReadArguments, error: unknown): number => {
  if (io.signal?.aborted === true) {
    io.stderr.write(`motcua chip read: ${args.reader}: stopped before a card was read\n`);
    return EXIT.failed;
  }
  const timedOut = error instanceof Error && error.name === "TimeoutError";
  const fault = timedOut
    ? { code: "card.lost" as const, detail: `no card for ${WAIT_MS / 1000} s` }
    : toFault(error);
  const { code, detail } = fault;
  io.stderr.write(`motcua chip read: ${args.reader}: ${code}: ${detail}. ${technicianRemedy(fault).en}\n`);
  return EXIT.failed;
};

const waitFor = (reader: ChipReader, io: ChipReadIo): Promise<Card> => {
  const limit = AbortSignal.timeout(WAIT_MS);
  return reader.waitForCard(io.signal === undefined ? limit : AbortSignal.any([limit, io.signal]));
};

const readWith = async (reader: ChipReader, key: AccessKey, io: ChipReadIo): Promise<CardReading> => {
  io.stderr.write("lay the card on the reader\n");
  let card = await waitFor(reader, io);
  try {
    return await readCard({
      card,
      key,
      onProgress: progressLines(io.stderr),
      cardAgain: async () => {
        io.stderr.write("the card was lifted: lay it down again\n");
        card = await waitFor(reader, io);
        return card;
      },
      anyDocument: true,
      everyProof: true,
      today: io.today ?? null,
      ...(io.trust === undefined ? {} : { trust: io.trust }),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    });
  } finally {
    await card.release();
  }
};

/**
 * Reads one card and prints the access used, each file's length and SHA-256, each check's verdict and evidence.
 * Exit codes: 0 read and no check failed, 1 not read or a check failed, 2 wrong use. Never throws.
 */
export const chipRead = async (args: ChipReadArguments, io: ChipReadIo): Promise<number> => {
  const choice = keyOf(args);
  if ("complaint" in choice) {
    io.stderr.write(`motcua chip read: ${choice.complaint}\n`);
    return choice.exit;
  }
  let reader: ChipReader | null = null;
  try {
    reader = await io.openReader(args.reader);
    const reading = await readWith(reader, choice.key, io);
    io.stdout.write(args.json ? asJson(reading, args.showPersonal) : asText(reading, args.showPersonal));
    const failed = reading.checks.filter(({ verdict }) => verdict === "failed").map(({ name }) => name);
    if (failed.length === 0) return EXIT.done;
    io.stderr.write(
      `motcua chip read: ${args.reader}: failed: ${failed.join(", ")}; the evidence is in the output\n`,
    );
    return EXIT.failed;
  } catch (error) {
    return complain(io, args, error);
  } finally {
    await reader?.close();
  }
};
