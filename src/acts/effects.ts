// Which room does each thing that a visit asks for?
import { randomInt } from "node:crypto";
import { accessKeyFromQr, parseCardQr } from "../chip/card-qr.js";
import { ReadingHabits } from "../chip/lds/reading-habits.js";
import type { TrustStore } from "../chip/passive-authentication.js";
import { typedAccessKey } from "../chip/typed-key.js";
import type { KioskConfig } from "../config.js";
import type { Clock } from "../core/clock.js";
import type { Log } from "../core/log.js";
import { Pii } from "../core/pii.js";
import type { LookupResult, VisitEffects } from "../flows/effects.js";
import type { SlipKiosk } from "../flows/slip.js";
import type { Board } from "../hal/board.js";
import type { OutputLine } from "../hal/lines/lines.js";
import type { PaperReader } from "../ml/reader.js";
import type { Catalogue } from "../procedures/procedure.js";
import type { Store, SubmissionStatus } from "../store/store.js";
import type { Link } from "../sync/link.js";
import { hashLookupCode } from "../sync/protocol/lookup-code.js";
import { readCardBack } from "./card-back.js";
import { differencesIn } from "./comparing.js";
import { verifyFace } from "./face.js";
import { readCitizen } from "./identity.js";
import { takeNumber } from "./numbering.js";
import { capturePaper, KeptExposure, type PageImages } from "./papers.js";
import { askPayment, awaitPayment, type PayingParts } from "./paying.js";
import { type PhoneCodeParts, sendCode, tryCode } from "./phone-codes.js";
import type { Printing } from "./printing.js";
import type { ScanningParts } from "./scanning.js";
import type { Sealer } from "./sealing.js";
import { feedPapers, slotServes } from "./slot.js";
import { findStored } from "./stored-copies.js";
import { localTime, submit } from "./submitting.js";
import type { TrayEyes } from "./watching.js";

export interface EffectParts {
  readonly config: KioskConfig;
  readonly store: Store;
  readonly board: Board;
  readonly reader: PaperReader;
  readonly images: PageImages;
  /** Left out: the tray is photographed when the button is pressed, and not before. */
  readonly eyes?: TrayEyes;
  readonly printing: Printing;
  readonly seal: Sealer;
  /** Left out: papers are handed in as pictures. */
  readonly scans?: Pick<ScanningParts, "maker" | "sealKey">;
  /** The portal's newest public key, read anew. */
  readonly portalKey: PhoneCodeParts["portalKey"];
  readonly trust: TrustStore;
  readonly link: Link;
  readonly catalogue: Catalogue;
  readonly place: SlipKiosk;
  readonly clock: Clock;
  readonly log: Log;
}

/** How old the local word about an application may be and still count as fresh. */
const FRESH_MS = 5 * 60_000;

const HAS_RESULT: ReadonlySet<string> = new Set(["ready", "refused"]);

const LAMP_OF = { card: "cardLamp", tray: "trayLamp", slip: "slipLamp" } as const satisfies Record<
  string,
  OutputLine
>;

const lookUp = async (parts: EffectParts, code: string, signal: AbortSignal): Promise<LookupResult> => {
  const hash = hashLookupCode(code);
  const asked = parts.link.state === "up" ? await parts.link.lookUp(hash, signal).catch(() => null) : null;
  const status: SubmissionStatus | null | undefined = asked ?? parts.store.outbox.statusByLookup(hash);
  if (status === null || status === undefined) return { found: false };
  const title = parts.catalogue.find(status.procedureCode)?.title;
  return {
    found: true,
    number: status.slipNumber,
    procedureTitle: title ?? { vi: status.procedureCode, en: status.procedureCode },
    state: status.state,
    appointment: status.appointment,
    asOf: localTime(status.asOfMs, parts.config.kiosk.utcOffsetMinutes),
    fresh: asked !== null || parts.clock.wall().epochMs - status.asOfMs < FRESH_MS,
    ...(asked?.fee !== undefined && { fee: asked.fee }),
    // Only while the portal answers: an opinion is never kept here beside the code that it is about.
    mayRate: asked !== null && parts.link.sayOpinion !== undefined && HAS_RESULT.has(asked.state),
  };
};

/** Lamps are a courtesy: a board without them serves all the same. */
const showPlace = async (board: Board, place: keyof typeof LAMP_OF | "none"): Promise<void> => {
  await board.lines
    .use(async (lines) => {
      for (const [name, lamp] of Object.entries(LAMP_OF)) await lines.set(lamp, name === place);
    })
    .catch(() => undefined);
};

const callOfficer = async ({ board, store }: EffectParts, step: string): Promise<void> => {
  const intent = store.journal.intent("officerCall", step, {});
  const lit = await board.lines
    .use(async (lines) => lines.set("officerLamp", true))
    .then(
      () => true,
      () => false,
    );
  // The call also goes out with the next telemetry; the lamp is what the room sees.
  store.journal.outcome(intent, lit ? "done" : "failed", lit ? "lamp lit" : "no lamp");
};

const scanningOf = ({ scans, config, place, clock, log, store }: EffectParts): ScanningParts | null =>
  scans === undefined
    ? null
    : { ...scans, kiosk: { id: config.kiosk.id, place: place.name }, clock, log, store };

const payingOf = ({ link, store, clock, log, printing }: EffectParts): PayingParts => ({
  ...{ link, store, clock, log },
  keepSlip: (slip) => printing.keep(slip),
});

/** Only where it is wished for: each message costs money. */
const phoneCodesOf = ({ config, link, store, log, portalKey }: EffectParts): Partial<VisitEffects> => {
  if (config.visit.confirmBySms === "off") return {};
  const parts: PhoneCodeParts = { ...{ link, store, log, portalKey }, kioskId: config.kiosk.id };
  return {
    sendCode: (phone, signal) => sendCode(parts, phone, signal),
    tryCode: (reference, code, signal) => tryCode(parts, { reference, code }, signal),
  };
};

export const makeEffects = (parts: EffectParts): VisitEffects => {
  const { board, catalogue, clock, config, eyes, images, link, log, printing, reader, store } = parts;
  const exposure = new KeptExposure();
  const habits = new ReadingHabits();
  return {
    parseCardQr: (text) => {
      const qr = parseCardQr(text);
      const { address, ...rest } = qr;
      return {
        key: { ...accessKeyFromQr(qr), printed: qr },
        citizen: new Pii({ ...rest, placeOfResidence: address }),
      };
    },
    typedKey: typedAccessKey,
    readCard: (key, onProgress, signal) =>
      board.chipReader.use((open) =>
        readCitizen({ reader: open, key, onProgress, signal, trust: parts.trust, habits, clock }),
      ),
    readCardBack: (signal) => readCardBack({ camera: board.documentCamera, clock }, signal),
    verifyFace: (portrait, onProgress, signal) =>
      verifyFace({ camera: board.faceCamera }, portrait, onProgress, signal),
    capturePaper: (wish, onProgress, signal) =>
      capturePaper(
        { camera: board.documentCamera, exposure, reader, images, clock },
        wish,
        onProgress,
        signal,
      ),
    ...(eyes === undefined ? {} : { watchTray: (...of) => eyes.watch(...of) }),
    slotServes: () => slotServes({ scanner: board.scanner }),
    feedPapers: (wish, onProgress, signal) =>
      feedPapers({ scanner: board.scanner, reader, images }, wish, onProgress, signal),
    differences: (facts) => {
      const procedure = catalogue.find(facts.procedureCode);
      const today = localTime(clock.wall().epochMs, config.kiosk.utcOffsetMinutes).slice(0, 10);
      return procedure === undefined ? [] : differencesIn(facts, procedure, today);
    },
    findStored: (wish, signal) => findStored(link, wish, signal),
    submit: (submission, signal) =>
      submit(
        {
          store,
          kioskId: config.kiosk.id,
          utcOffsetMinutes: config.kiosk.utcOffsetMinutes,
          receiptWaitMs: config.link.receiptWaitMs,
          procedure: (code) => catalogue.find(code),
          seal: parts.seal,
          scanning: scanningOf(parts),
          receipt: async (id, timeoutMs, stop) =>
            link.state === "up" ? link.whenStatus(id, timeoutMs, stop) : null,
          keepSlip: (slip) => printing.keep(slip),
          keptSlip: (number) => printing.keptSlip(number),
          clock,
        },
        submission,
        signal,
      ),
    askPayment: (wish, signal) => askPayment(payingOf(parts), wish, signal),
    awaitPayment: (wish, signal) => awaitPayment(payingOf(parts), wish, signal),
    printSlip: (slip, reprintOf) => printing.printSlip(slip, reprintOf),
    settlePrint: async (intent, cameOut) => printing.settle(intent, cameOut),
    slipOfIntent: (intent) => printing.slipOfIntent(intent),
    takeNumber: (wish) => takeNumber(parts, wish),
    lookUp: (code, signal) => lookUp(parts, code, signal),
    rateResult: async (code, stars, signal) =>
      (await link.sayOpinion?.(hashLookupCode(code), stars, signal)) ?? "unknown",
    rate: async (stars, procedureCode) => store.addRating(stars, procedureCode),
    ...phoneCodesOf(parts),
    callOfficer: (step) => callOfficer(parts, step),
    confirmationCode: () => String(randomInt(0, 10_000)).padStart(4, "0"),
    showPlace: (place) => void showPlace(board, place),
    forget: () => {
      images.forget();
      exposure.forget();
      Promise.all([reader.forget(), eyes?.forget(), parts.scans?.maker.forget()]).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        log("kiosk.error", { where: "forget", message });
      });
    },
  };
};
