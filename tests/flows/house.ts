// What does a visit act on in these tests, and how does a test say what comes of it?
import { FaultError } from "../../src/core/faults.js";
import type { EventName, Log } from "../../src/core/log.js";
import { Pii } from "../../src/core/pii.js";
import type { CardKey, CardPortrait, Identity } from "../../src/flows/citizen.js";
import type {
  CardClaim,
  FaceOutcome,
  PaymentWish,
  Slip,
  Submission,
  VisitEffects,
} from "../../src/flows/effects.js";
import type { CitizenEvent, FaceCoach, PageAdvice, WorldEvent } from "../../src/flows/events.js";
import type {
  CapturedPage,
  CaptureWish,
  Difference,
  FedPapers,
  PaperField,
  StoredAnswer,
} from "../../src/flows/paper.js";
import type { PaymentOrder } from "../../src/flows/payment.js";
import type { CodeSent, CodeTried } from "../../src/flows/phone-code.js";
import type { OpinionOutcome, QueueOffer, QueueWish } from "../../src/flows/queue.js";
import { createVisit, type Visit } from "../../src/flows/run-visit.js";
import type { Screen, View } from "../../src/flows/view.js";
import type { Catalogue, IdentityLevel } from "../../src/procedures/procedure.js";
import { SimulatedClock } from "./simulated-clock.js";

export type EffectName =
  | "readCard"
  | "readCardBack"
  | "verifyFace"
  | "capturePaper"
  | "watchTray"
  | "findStored"
  | "slotServes"
  | "feedPapers"
  | "sendCode"
  | "tryCode"
  | "submit"
  | "askPayment"
  | "awaitPayment"
  | "printSlip"
  | "settlePrint"
  | "takeNumber"
  | "lookUp"
  | "rate"
  | "rateResult"
  | "callOfficer";

export interface Call {
  readonly name: EffectName;
  readonly args: readonly unknown[];
  readonly signal: AbortSignal | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  settled: boolean;
}

export const QR = "id12|036060000123|Nguyễn Văn Mẫu";
export const NUMBER = "036060000123";

export const theCitizen = {
  number: NUMBER,
  fullName: "Nguyễn Văn Mẫu",
  birthDate: "1960-05-19",
  sex: "Nam",
  nationality: "Việt Nam",
  ethnicity: "Kinh",
  placeOfResidence: "Thôn Đông, xã Bình Phú, Quảng Nam",
} as const;

export const KEY: CardKey = { documentNumber: "060000123", birthDate: "600519", expiryDates: ["991231"] };

export const identityOf = (level: IdentityLevel): Identity => ({
  level,
  source: "chip",
  citizen: new Pii({ ...theCitizen }),
  evidence: ["BAC"],
});

/** A proven chip with its picture, as a procedure wants it that asks for the person too. */
export const withPortrait = (): Identity => ({
  ...identityOf("notCloned"),
  portrait: new Pii({ format: "jpeg", bytes: new Uint8Array([0xff, 0xd8, 0xff]) }),
});

export const SAME_FACE: FaceOutcome = {
  match: "same",
  live: true,
  evidence: "face: same (band strong), liveness: pass",
};

export const pageOf = (fields: readonly PaperField[] = [], paperClass = "unknown"): CapturedPage => ({
  imageUrl: "/page/1.jpg",
  jpeg: new Pii(new Uint8Array([0xff, 0xd8])),
  widthPx: 2480,
  heightPx: 3508,
  dpi: 300,
  text: new Pii("text"),
  words: new Pii([]),
  fields: new Pii(fields),
  checks: new Pii([]),
  paperClass,
  advice: "none",
});

/** A picture that wants another try. */
export const poorPage = (advice: PageAdvice = "glare"): CapturedPage => ({ ...pageOf(), advice });

/** A field as it is read in print. */
export const fieldOf = (key: string, value: string, more: Partial<PaperField> = {}): PaperField => ({
  key,
  label: { vi: "Đọc", en: "Read" },
  value,
  confidence: 0.9,
  source: "print",
  correction: null,
  box: null,
  ...more,
});

export const theSlip: Slip = {
  number: "K01-000001",
  procedureCode: "2.000815",
  procedureTitle: { vi: "Chứng thực", en: "Certified copy" },
  lookupCode: "MC1:abcdef",
  receiptNumber: null,
  appointment: null,
  submittedAt: "2026-03-02T08:00",
  clockTrusted: true,
  language: "vi",
};

/** The same, and it costs something. */
export const feeSlip: Slip = { ...theSlip, fee: { amountVnd: 2000, paid: false, reference: null } };

export const OPEN_ORDER: PaymentOrder = {
  ...{ kind: "open", reference: "MC7K3F9Q2A5T", payee: "UBND XÃ THỬ", secondsLeft: 600 },
  qr: { side: 21, path: "M0 0h7v1h-7z" },
};

/** Effects whose outcome the test decides, call by call. */
export class ScriptedEffects implements VisitEffects {
  readonly calls: Call[] = [];
  forgotten = 0;
  place = "none";
  code = 1000;
  keptSlip: Slip | null = theSlip;
  parse: () => { key: CardKey; citizen: Pii<Record<string, string>> } = () => ({
    key: KEY,
    citizen: new Pii({ ...theCitizen }),
  });

  #ask<T>(name: EffectName, args: readonly unknown[], signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const call: Call = {
        name,
        args,
        signal,
        settled: false,
        resolve: (value) => {
          call.settled = true;
          resolve(value as T);
        },
        reject: (error) => {
          call.settled = true;
          reject(error as Error);
        },
      };
      this.calls.push(call);
    });
  }

  parseCardQr(text: string) {
    if (!text.startsWith("id12|")) throw new FaultError("card.badQr", "not the card's format");
    return this.parse();
  }
  typedKey(number: string): CardKey {
    if (!/^\d{12}$/.test(number)) throw new FaultError("card.wrongKey", "not 12 digits");
    return KEY;
  }
  readCardBack(signal: AbortSignal) {
    return this.#ask<CardClaim>("readCardBack", [], signal);
  }
  readCard(key: Pii<CardKey>, onProgress: (fraction: number) => void, signal: AbortSignal) {
    return this.#ask<Identity>("readCard", [key, onProgress], signal);
  }
  verifyFace(
    portrait: Pii<CardPortrait>,
    onProgress: (coach: FaceCoach, fraction: number) => void,
    signal: AbortSignal,
  ) {
    return this.#ask<FaceOutcome>("verifyFace", [portrait, onProgress], signal);
  }
  capturePaper(
    wish: CaptureWish,
    onProgress: (stage: "taking" | "finding" | "reading", fraction: number) => void,
    signal: AbortSignal,
  ) {
    return this.#ask<CapturedPage>("capturePaper", [wish, onProgress], signal);
  }
  /** Set by a kiosk whose camera shows moving pictures. */
  watchTray?: NonNullable<VisitEffects["watchTray"]>;
  fitEyes(): void {
    this.watchTray = (wish, onSight, signal) => this.#ask<void>("watchTray", [wish, onSight], signal);
  }
  /** Set by a kiosk that may ask for stored copies. */
  findStored?: NonNullable<VisitEffects["findStored"]>;
  fitStored(): void {
    this.findStored = (wish, signal) => this.#ask<StoredAnswer>("findStored", [wish], signal);
  }
  /** Set by a kiosk that may have codes sent to phones. */
  sendCode?: NonNullable<VisitEffects["sendCode"]>;
  tryCode?: NonNullable<VisitEffects["tryCode"]>;
  fitPhoneCodes(): void {
    this.sendCode = (phone, signal) => this.#ask<CodeSent>("sendCode", [phone.reveal()], signal);
    this.tryCode = (reference, code, signal) =>
      this.#ask<CodeTried>("tryCode", [reference, code.reveal()], signal);
  }
  differs: readonly Difference[] = [];
  differences(): readonly Difference[] {
    return this.differs;
  }
  /** Set by a kiosk that has a scanner. */
  slotServes?: NonNullable<VisitEffects["slotServes"]>;
  feedPapers?: NonNullable<VisitEffects["feedPapers"]>;
  fitSlot(): void {
    this.slotServes = () => this.#ask<boolean>("slotServes", []);
    this.feedPapers = (wish, onProgress, signal) =>
      this.#ask<FedPapers>("feedPapers", [wish, onProgress], signal);
  }
  submit(submission: Submission, signal: AbortSignal) {
    return this.#ask<Slip>("submit", [submission], signal);
  }
  askPayment(wish: PaymentWish, signal: AbortSignal) {
    return this.#ask<PaymentOrder>("askPayment", [wish], signal);
  }
  awaitPayment(wish: PaymentWish, signal: AbortSignal) {
    return this.#ask<"paid" | "wrongAmount">("awaitPayment", [wish], signal);
  }
  printSlip(slip: Slip, reprintOf: number | null, signal: AbortSignal) {
    return this.#ask<never>("printSlip", [slip, reprintOf], signal);
  }
  settlePrint(intent: number, cameOut: boolean) {
    return this.#ask<void>("settlePrint", [intent, cameOut]);
  }
  slipOfIntent(): Slip | null {
    return this.keptSlip;
  }
  takeNumber(wish: QueueWish & { readonly language: string }, signal: AbortSignal) {
    return this.#ask<never>("takeNumber", [wish], signal);
  }
  rateResult(code: string, stars: number, signal: AbortSignal) {
    return this.#ask<OpinionOutcome>("rateResult", [code, stars], signal);
  }
  lookUp(code: string, signal: AbortSignal) {
    return this.#ask<never>("lookUp", [code], signal);
  }
  rate(stars: number, procedureCode: string) {
    return this.#ask<void>("rate", [stars, procedureCode]);
  }
  callOfficer(step: string) {
    return this.#ask<void>("callOfficer", [step]);
  }
  confirmationCode(): string {
    return String(this.code++);
  }
  showPlace(place: string): void {
    this.place = place;
  }
  forget(): void {
    this.forgotten += 1;
  }

  times(name: EffectName): number {
    return this.calls.filter((call) => call.name === name).length;
  }

  /** The call that waits for its outcome. */
  waiting(name: EffectName): Call {
    const call = this.calls.findLast((each) => each.name === name && !each.settled);
    if (call === undefined) throw new Error(`${name} was not called`);
    return call;
  }
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One kiosk in front of the test: events in, screens out. */
export class Kiosk {
  readonly effects = new ScriptedEffects();
  readonly clock = new SimulatedClock();
  readonly logged: { readonly event: EventName; readonly fields: unknown }[] = [];
  readonly visit: Visit;

  constructor(
    catalogue: Catalogue,
    {
      slot = false,
      eyes = false,
      stored = false,
      phoneCodes = false,
    }: Readonly<Record<string, boolean>> = {},
    queue?: QueueOffer,
  ) {
    if (slot) this.effects.fitSlot();
    if (eyes) this.effects.fitEyes();
    if (stored) this.effects.fitStored();
    if (phoneCodes) this.effects.fitPhoneCodes();
    const log: Log = (event, fields) => {
      this.logged.push({ event, fields });
    };
    this.visit = createVisit({
      effects: this.effects,
      catalogue,
      clock: this.clock,
      log,
      ...(queue && { queue }),
    });
  }

  get view(): View {
    return this.visit.view;
  }

  /** The screen, which must be the named one. */
  on<Name extends Screen["name"]>(name: Name): Extract<Screen, { name: Name }> {
    const { screen } = this.view;
    if (screen.name !== name) throw new Error(`the screen is ${screen.name}, not ${name}`);
    return screen as Extract<Screen, { name: Name }>;
  }

  send(...events: readonly (CitizenEvent | WorldEvent)[]): void {
    for (const event of events) this.visit.send(event);
  }

  async done(name: EffectName, value?: unknown): Promise<void> {
    this.effects.waiting(name).resolve(value);
    await turn();
  }

  async fails(name: EffectName, error: unknown): Promise<void> {
    this.effects.waiting(name).reject(error);
    await turn();
  }

  async wait(ms: number): Promise<void> {
    this.clock.advance(ms);
    await turn();
  }

  /** How visits ended, in order. */
  get ends(): readonly string[] {
    return this.logged
      .filter(({ event }) => event === "visit.ended")
      .map(({ fields }) => (fields as { how: string }).how);
  }

  toProcedures(): void {
    this.send({ type: "WAKE" }, { type: "CHOOSE_LANGUAGE", language: "vi" });
  }

  async identified(code: string, level: IdentityLevel = "chipRead"): Promise<void> {
    this.toProcedures();
    this.send({ type: "CHOOSE_PROCEDURE", code }, { type: "CODE_SHOWN", text: QR });
    await this.done("readCard", identityOf(level));
  }

  fill(values: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(values)) this.send({ type: "SET_FIELD", key, value });
  }

  /** A certified copy up to the check of everything. */
  async toCheck(): Promise<void> {
    await this.identified("2.000815");
    this.fill({ paperTitle: "Bằng tốt nghiệp", copies: "2", resultForm: "paper" });
    this.send({ type: "NEXT" }, { type: "NEXT" }, { type: "CAPTURE" });
    await this.done("capturePaper", pageOf());
    this.send({ type: "NEXT" });
  }

  async toSlip(): Promise<void> {
    await this.toCheck();
    this.send({ type: "NEXT" }, { type: "TYPE_CODE", code: "1000" });
    await this.done("submit", theSlip);
  }
}
