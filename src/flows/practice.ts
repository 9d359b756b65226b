// How does somebody try a visit, with a made-up citizen, so that nothing at all comes of it?
//
// A flow of its own before the real one, which stays at its first screen: it has no effects, no store and no
// printer, so it can not submit, print or count. It shows the same screens by the same vocabulary.
import type { Clock } from "../core/clock.js";
import type { Catalogue, Procedure } from "../procedures/procedure.js";
import type { SpeechMode } from "./context.js";
import type { CitizenEvent, Language, WorldEvent } from "./events.js";
import { NO_WISHES, type Wishes } from "./events.js";
import type { QrPicture } from "./payment.js";
import type { Visit } from "./run-visit.js";
import type { FieldView, Screen, View } from "./view.js";
import { offeredBy } from "./view-of.js";

type Step =
  | "procedure"
  | "laying"
  | "reading"
  | "form"
  | "check"
  | "confirm"
  | "submitting"
  | "pay"
  | "paid"
  | "slip"
  | "goodbye";

interface Practice {
  readonly step: Step;
  readonly procedure: Procedure | null;
  readonly answer: string;
  readonly missing: boolean;
  readonly wrong: boolean;
  readonly percent: number;
  readonly paid: boolean;
  readonly language: Language;
  readonly wishes: Wishes;
  readonly spoken: boolean;
  readonly helpOpen: boolean;
}

/** Which step of the bar on top it belongs to, where it is none itself. */
const BAR_STEP: Readonly<Partial<Record<Step, Step>>> = {
  reading: "laying",
  submitting: "confirm",
  pay: "slip",
  paid: "slip",
};
const STEPS: readonly Step[] = ["procedure", "laying", "form", "check", "confirm", "slip"];
const CODE = "2468";
/** A number that no kiosk gives: its letters are nobody's id. */
const SLIP_NUMBER = "TAP-000000";
/** To look at the picture of the card; the real one is laid down meanwhile. */
const LAYING_MS = 5_000;
const READING_TICK_MS = 400;
const READING_STEP = 10;
const SUBMITTING_MS = 2_500;
const GOODBYE_MS = 6_000;
/** To look at the code; nobody can pay what is not asked for, so it is paid by itself. */
const PAYING_MS = 12_000;
const PAID_MS = 5_000;
const PAY_SECONDS = 900;
/** What the code of a practice says to whoever scans it. No app can pay it. */
export const PRACTICE_CODE = "motcua: mã để làm thử, không phải mã trả tiền (for practice, nothing to pay)";
/** Nobody's data is at stake: whoever walked off leaves the first screen, without a question. */
const LEFT_AFTER_MS = 60_000;

const NAME = { label: { vi: "Họ và tên", en: "Full name" }, value: "NGUYỄN THỊ TẬP" } as const;
const NUMBER = { label: { vi: "Số căn cước", en: "Citizen number" }, value: "000000000000" } as const;
const OFFICE = "UBND XÃ TẬP";
const RESULT = {
  key: "practiceResult",
  label: { vi: "Nhận kết quả", en: "How you receive it" },
  choices: [
    { value: "paper", label: { vi: "Bản giấy, nhận tại quầy", en: "On paper, at the desk" } },
    { value: "electronic", label: { vi: "Bản điện tử", en: "As an electronic copy" } },
  ],
} as const;
const CHOOSE = { vi: "Xin chọn một mục.", en: "Please choose one." };
const WHO = { vi: "Người yêu cầu", en: "Who asks for it" };

const field = (key: string, more: Partial<FieldView> & Pick<FieldView, "label">): FieldView => ({
  key,
  kind: "text",
  hint: null,
  choices: [],
  value: "",
  required: true,
  error: null,
  source: "card",
  doubtful: false,
  ...more,
});

const identify = (stage: "layCard" | "reading", percent: number): Screen => ({
  name: "identify",
  stage,
  percent,
  fault: null,
  canSkipChip: false,
  neededLevel: "claimed",
});

const formOf = ({ answer, missing }: Practice): Screen => ({
  name: "form",
  title: WHO,
  page: 1,
  pages: 1,
  fields: [
    field("practiceName", NAME),
    field("practiceNumber", { ...NUMBER, kind: "digits", covered: true }),
    field(RESULT.key, {
      ...RESULT,
      kind: "choice",
      value: answer,
      source: answer === "" ? "empty" : "typed",
      error: missing ? CHOOSE : null,
    }),
  ],
});

const checkOf = ({ answer, language, procedure }: Practice): Screen => ({
  name: "check",
  procedure: procedure?.title ?? { vi: "", en: "" },
  rows: [
    { ...NAME, source: "card" },
    { ...NUMBER, source: "card", covered: true },
    {
      label: RESULT.label,
      value: RESULT.choices.find(({ value }) => value === answer)?.label[language] ?? "",
      source: "typed",
    },
  ],
  papers: [],
  feeVnd: procedure?.fee.amountVnd ?? 0,
});

/** Zero: the procedure that is tried costs nothing, and nothing is asked for. */
const feeIn = ({ procedure }: Practice): number => procedure?.fee.amountVnd ?? 0;

const payOf = (now: Practice, qr: QrPicture | null): Screen => ({
  name: "pay",
  stage: now.step === "paid" ? "paid" : "code",
  amountVnd: feeIn(now),
  qr: now.step === "paid" ? null : qr,
  payee: OFFICE,
  reference: null,
  secondsLeft: PAY_SECONDS,
  why: null,
});

const screenOf = (now: Practice, catalogue: Catalogue, qr: QrPicture | null): Screen => {
  switch (now.step) {
    case "procedure":
      return offeredBy(catalogue);
    case "laying":
      return identify("layCard", 0);
    case "reading":
      return identify("reading", now.percent);
    case "form":
      return formOf(now);
    case "check":
      return checkOf(now);
    case "confirm":
      return { name: "confirm", code: CODE, wrong: now.wrong };
    case "submitting":
      return { name: "submitting" };
    case "pay":
    case "paid":
      return payOf(now, qr);
    case "slip":
      return {
        name: "slip",
        stage: "take",
        number: SLIP_NUMBER,
        appointment: null,
        receiptNumber: null,
        lookupCode: "",
        ...(feeIn(now) > 0 && { fee: { amountVnd: feeIn(now), paid: now.paid } }),
        fault: null,
      };
    case "goodbye":
      return { name: "goodbye" };
  }
};

const BACK: Readonly<Partial<Record<Step, Step>>> = {
  laying: "procedure",
  form: "procedure",
  check: "form",
  confirm: "check",
};

/** What a step makes of an event; the same when it makes nothing of it. Null: the practice is over. */
const after = (now: Practice, event: CitizenEvent): Practice | null => {
  const to = (step: Step): Practice => ({ ...now, step, wrong: false, missing: false });
  switch (event.type) {
    case "CANCEL":
      return null;
    case "SET_WISHES":
      return { ...now, wishes: event.wishes };
    case "CHOOSE_LANGUAGE":
      return { ...now, language: event.language };
    case "SPEAK":
      return { ...now, spoken: event.on };
    case "HELP":
      return { ...now, helpOpen: true };
    case "CLOSE_HELP":
      return { ...now, helpOpen: false };
    case "BACK":
      return to(BACK[now.step] ?? now.step);
    case "CHOOSE_PROCEDURE":
      return now.step === "procedure" ? to("laying") : now;
    case "SET_FIELD":
      return now.step === "form" && event.key === RESULT.key
        ? { ...now, answer: event.value, missing: false }
        : now;
    case "NEXT":
      if (now.step === "form") return now.answer === "" ? { ...now, missing: true } : to("check");
      if (now.step === "pay" || now.step === "paid") return to("slip");
      return now.step === "check" ? to("confirm") : now;
    case "TYPE_CODE":
      if (now.step !== "confirm") return now;
      return event.code === CODE ? to("submitting") : { ...now, wrong: true };
    case "SLIP_TAKEN":
      return now.step === "slip" ? to("goodbye") : now;
    default:
      return now;
  }
};

/** What comes by itself, and when. */
const byItself = (now: Practice): { readonly afterMs: number; readonly next: Practice | null } | null => {
  switch (now.step) {
    case "laying":
      return { afterMs: LAYING_MS, next: { ...now, step: "reading", percent: 0 } };
    case "reading":
      return {
        afterMs: READING_TICK_MS,
        next: now.percent >= 100 ? { ...now, step: "form" } : { ...now, percent: now.percent + READING_STEP },
      };
    case "submitting":
      return { afterMs: SUBMITTING_MS, next: { ...now, step: feeIn(now) > 0 ? "pay" : "slip" } };
    case "pay":
      return { afterMs: PAYING_MS, next: { ...now, step: "paid", paid: true } };
    case "paid":
      return { afterMs: PAID_MS, next: { ...now, step: "slip" } };
    case "goodbye":
      return { afterMs: GOODBYE_MS, next: null };
    default:
      return null;
  }
};

export interface PracticeParts {
  readonly visit: Pick<Visit, "send" | "view" | "watch">;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly speech: SpeechMode;
  /** The picture of `PRACTICE_CODE`. */
  readonly payCode?: QrPicture;
}

/** The visit as the screen sees it: the real one, or the one that is tried before it. */
export type TriedVisit = Pick<Visit, "send" | "view" | "watch"> & { close(): void };

class WithPractice implements TriedVisit {
  readonly #parts: PracticeParts;
  readonly #watchers = new Set<(view: View) => void>();
  readonly #unwatch: () => void;
  #now: Practice | null = null;
  #view: View;
  #stepTimer: unknown = null;
  #leftTimer: unknown = null;

  constructor(parts: PracticeParts) {
    this.#parts = parts;
    this.#view = parts.visit.view;
    this.#unwatch = parts.visit.watch((view) => this.#onReal(view));
  }

  get view(): View {
    return this.#view;
  }

  watch(callback: (view: View) => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  send(event: CitizenEvent | WorldEvent): void {
    const { visit } = this.#parts;
    if (this.#now === null) {
      if (event.type === "PRACTISE") this.#begin();
      else visit.send(event);
      return;
    }
    // A person who comes is a real one.
    if (event.type === "CALL_OFFICER") visit.send(event);
    this.#stay();
    const next = after(this.#now, event as CitizenEvent);
    if (next !== this.#now) this.#go(next);
  }

  close(): void {
    this.#unwatch();
    this.#go(null);
    this.#watchers.clear();
  }

  #begin(): void {
    const { visit, speech } = this.#parts;
    const { screen, wishes, language } = visit.view;
    if (screen.name !== "attract" || screen.outOfService !== null) return;
    visit.send({ type: "CLOSE_HELP" });
    this.#stay();
    this.#go({
      step: "procedure",
      procedure: this.#parts.catalogue.procedures[0] ?? null,
      answer: "",
      missing: false,
      wrong: false,
      percent: 0,
      paid: false,
      language,
      wishes,
      spoken: speech === "on",
      helpOpen: false,
    });
  }

  #go(next: Practice | null): void {
    const { clock, visit } = this.#parts;
    const was = this.#now;
    this.#now = next;
    clock.clearTimeout(this.#stepTimer);
    if (next === null) {
      clock.clearTimeout(this.#leftTimer);
      if (was !== null) visit.send({ type: "SET_WISHES", wishes: NO_WISHES });
    } else {
      const due = byItself(next);
      if (due !== null) this.#stepTimer = clock.setTimeout(() => this.#go(due.next), due.afterMs);
    }
    this.#show();
  }

  #stay(): void {
    const { clock } = this.#parts;
    clock.clearTimeout(this.#leftTimer);
    this.#leftTimer = clock.setTimeout(() => this.#go(null), LEFT_AFTER_MS);
  }

  /** Something real (a slip's code at the counter, a fault) ends what is only tried. */
  #onReal(view: View): void {
    const { screen } = view;
    if (this.#now !== null && (screen.name !== "attract" || screen.outOfService !== null)) this.#go(null);
    else this.#show();
  }

  #show(): void {
    const real = this.#parts.visit.view;
    const revision = this.#view.revision + 1;
    this.#view = this.#now === null ? { ...real, revision } : { ...this.#tried(this.#now, real), revision };
    for (const watcher of this.#watchers) watcher(this.#view);
  }

  #tried(now: Practice, real: View): Omit<View, "revision"> {
    const { catalogue, speech } = this.#parts;
    const at = STEPS.indexOf(BAR_STEP[now.step] ?? now.step);
    return {
      language: now.language,
      screen: screenOf(now, catalogue, this.#parts.payCode ?? null),
      progress: at < 0 ? null : { step: at + 1, of: STEPS.length, minutesLeft: at < 3 ? 2 : 1 },
      can: { back: BACK[now.step] !== undefined, cancel: now.step !== "goodbye", help: true },
      idle: null,
      helpOpen: now.helpOpen,
      officerCalled: real.officerCalled,
      wishes: now.wishes,
      practice: true,
      ...(speech === "off" ? {} : { speech: now.spoken || now.wishes.audio ? "on" : "off" }),
      ...(real.headphones === true ? { headphones: true } : {}),
    };
  }
}

export const withPractice = (parts: PracticeParts): TriedVisit => new WithPractice(parts);
