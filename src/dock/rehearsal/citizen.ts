// What does a made-up citizen do at each screen?
import { SIGNS_AT_DESK } from "../../core/drawn-signature.js";
import type { CitizenEvent } from "../../flows/events.js";
import type { TraySight } from "../../flows/sight.js";
import type { FieldView, View } from "../../flows/view.js";
import type { SimControl } from "../../hal/sim/far-ends.js";
import type { DeckCard } from "../hands.js";
import { type PageClient, PageHang } from "./page-client.js";
import type { Random } from "./random.js";

export interface VisitPlan {
  readonly language: "vi" | "en";
  readonly procedureCode: string;
  readonly card: DeckCard;
  readonly paper: Uint8Array;
  /** Walks away at this screen, or never. */
  readonly leavesAt: View["screen"]["name"] | null;
}

export interface VisitRecord {
  readonly outcome: "finished" | "abandoned" | "hung";
  readonly seconds: number;
  /** Slip numbers that the screen told this citizen. */
  readonly told: readonly string[];
  /** Slip numbers for which the citizen said "it did not come out". */
  readonly saidNo: readonly string[];
  readonly hang: string | null;
  readonly starts: number;
}

export interface CitizenParts {
  readonly page: PageClient;
  readonly control: SimControl;
  readonly random: Random;
  /** True when a whole slip with this number's code lies in the slot. */
  readonly slipLies: (number: string) => boolean;
  /** Called at each new screen: the rehearsal's faults and cuts happen here. */
  readonly atScreen: (view: View) => void;
  /** A screen that stays longer hangs; milliseconds, 90 s when left out. */
  readonly stepLimitMs?: number;
}

const STEP_LIMIT_MS = 90_000;
const STEP_LIMIT = 400;
const RETRY_AFTER_MS = 700;
/** Four looks a second, and a page has to lie still for most of one. */
const PATIENT_LOOKS = 24;
/** Nobody stands before a tray for longer than this without pressing what is there to press. */
const PRESSES_AFTER_MS = 20_000;

/** Something of the right kind for a field that the card did not fill. */
const answerFor = (field: FieldView, random: Random): string => {
  switch (field.kind) {
    case "choice":
      return random.pick(field.choices).value;
    case "date":
      // A day that was refused was too long ago: the form asks for one to come.
      if (field.error !== null) return new Date().toISOString().slice(0, 10);
      return `19${random.between(60, 99)}-0${random.between(1, 10)}-1${random.between(0, 10)}`;
    case "digits":
      return String(random.between(1, 9));
    case "address":
      return `Thôn ${random.between(1, 9)}, Xã Thử Nghiệm, Hà Nội`;
    case "signature":
      return random.pick([SIGNS_AT_DESK, "M120 200l90 -110 60 140 80 -160 120 150 240 -40"]);
    case "phone":
      return `09${random.between(10_000_000, 99_999_999)}`;
    default:
      return random.pick(["Xin việc làm", "Bổ túc hồ sơ", "Nguyễn Văn Thử", "Thôn Đoài, xã Thử Nghiệm"]);
  }
};

/** One whole visit, from the first touch until the screen has forgotten. */
export class Citizen {
  readonly #parts: CitizenParts;
  readonly #plan: VisitPlan;
  readonly #told = new Set<string>();
  readonly #saidNo: string[] = [];
  #starts = 0;
  #left = false;
  #submitted = false;
  /** Changes of the screen while the paper lies there, and how many of them are waited for. */
  #looks = 0;
  #patience = 0;
  /** The newest screens, for the report of a hang. */
  readonly #trail: string[] = [];

  constructor(parts: CitizenParts, plan: VisitPlan) {
    this.#parts = parts;
    this.#plan = plan;
  }

  async visit(): Promise<VisitRecord> {
    const started = performance.now();
    let hang: string | null = null;
    try {
      await this.#walk();
    } catch (error) {
      if (!(error instanceof PageHang)) throw error;
      hang = error.message;
    }
    this.#parts.control.chipReader.liftCard();
    this.#parts.control.cameras.setDocument(null);
    this.#parts.control.scanner.takePapers();
    return {
      outcome: hang !== null ? "hung" : this.#left || !this.#submitted ? "abandoned" : "finished",
      seconds: (performance.now() - started) / 1000,
      told: [...this.#told],
      saidNo: this.#saidNo,
      hang,
      starts: this.#starts,
    };
  }

  async #walk(): Promise<void> {
    const { page } = this.#parts;
    let seen = -1;
    let seenAt: View | null = null;
    for (let step = 0; step < STEP_LIMIT; step += 1) {
      const view = await page.until(
        (now) => now !== null && (now.revision !== seen || now !== seenAt),
        this.#parts.stepLimitMs ?? STEP_LIMIT_MS,
        "waiting for the screen to move",
      );
      if (view === null) continue;
      seen = view.revision;
      seenAt = view;
      this.#remember(view);
      this.#parts.atScreen(view);
      if (view.idle !== null) page.send({ type: "STILL_HERE" });
      else if (this.#done(view)) return;
      else this.#touch(view);
    }
    throw new PageHang(`no end after ${STEP_LIMIT} steps: ${this.#trail.join(" → ")}`);
  }

  #remember({ screen }: View): void {
    const stage = "stage" in screen ? `.${screen.stage}` : "";
    const fault = "fault" in screen && screen.fault !== null ? ` (${screen.fault})` : "";
    const wrong =
      "fields" in screen ? screen.fields.filter(({ error }) => error !== null).map(({ key }) => key) : [];
    const step = [`${screen.name}${stage}${fault}`, ...wrong].join(" ");
    if (this.#trail.at(-1) !== step) this.#trail.push(step);
    if (this.#trail.length > 12) this.#trail.shift();
  }

  #done(view: View): boolean {
    const { name } = view.screen;
    if (name === "goodbye") {
      this.#parts.page.send({ type: "CANCEL" });
      return this.#submitted || this.#left;
    }
    return name === "attract" && (this.#submitted || this.#left);
  }

  #touch(view: View): void {
    const { page } = this.#parts;
    const { screen } = view;
    if (screen.name === this.#plan.leavesAt && !this.#submitted) {
      this.#left = true;
      page.send({ type: "CANCEL" });
      return;
    }
    switch (screen.name) {
      case "attract":
        this.#starts += 1;
        page.send({ type: "WAKE" });
        return;
      case "language":
        page.send({ type: "CHOOSE_LANGUAGE", language: this.#plan.language });
        return;
      case "procedure":
        page.send({ type: "CHOOSE_PROCEDURE", code: this.#plan.procedureCode });
        return;
      case "identify":
        this.#identify(screen.stage);
        return;
      case "form":
        this.#fill(screen.fields);
        return;
      case "papers":
        this.#paper(screen);
        return;
      case "check":
        page.send({ type: "NEXT" });
        return;
      case "confirm":
        page.send({ type: "TYPE_CODE", code: screen.code });
        return;
      case "pay":
        page.send({ type: "NEXT" });
        return;
      case "slip":
        this.#submitted = true;
        this.#told.add(screen.number);
        this.#slip(screen.stage, screen.number);
        return;
      case "slipInDoubt":
        this.#submitted = true;
        this.#told.add(screen.slipNumber);
        if (screen.stage === "ask") this.#answer(screen.slipNumber);
        return;
      case "rate":
        page.send({ type: "RATE", stars: 5 });
        return;
      case "trouble":
        this.#later({ type: "RETRY" });
        return;
      default:
        return;
    }
  }

  #identify(stage: Extract<View["screen"], { name: "identify" }>["stage"]): void {
    const { control } = this.#parts;
    if (stage === "showQr") control.codeReader.show(this.#plan.card.qr);
    if (stage === "layCard") {
      control.chipReader.liftCard();
      control.chipReader.layCard(this.#plan.card.card);
    }
    if (stage === "failed") this.#later({ type: "RETRY" });
  }

  /** Nobody presses "try again" within a blink; a device needs a moment to come back. */
  #later(event: CitizenEvent): void {
    setTimeout(() => this.#parts.page.send(event), RETRY_AFTER_MS);
  }

  #fill(fields: readonly FieldView[]): void {
    const { page, random } = this.#parts;
    for (const field of fields) {
      if (field.error !== null || (field.required && field.value === ""))
        page.send({ type: "SET_FIELD", key: field.key, value: answerFor(field, random) });
    }
    if (fields.every((field) => field.error === null)) page.send({ type: "NEXT" });
    else setTimeout(() => page.send({ type: "NEXT" }), 50);
  }

  #paper(screen: Extract<View["screen"], { name: "papers" }>): void {
    const { control, page, random } = this.#parts;
    if (screen.stage === "slot") {
      const feeds = screen.fault === null && random.pick([true, false]);
      control.scanner.takePapers();
      if (feeds) control.scanner.load([this.#plan.paper]);
      page.send({ type: feeds ? "FEED" : "USE_TRAY" });
    }
    if (screen.stage === "takeBack") {
      control.scanner.takePapers();
      page.send({ type: "NEXT" });
    }
    if (screen.stage === "stopped") {
      // Somebody of the staff opens the scanner; the citizen has had enough of the slot.
      control.scanner.freePath();
      control.scanner.takePapers();
      this.#later((screen.pages?.taken ?? 0) > 0 ? { type: "NEXT" } : { type: "USE_TRAY" });
    }
    if (screen.stage === "place") this.#lay(screen.sight ?? null);
    if (screen.stage === "poor") page.send({ type: "NEXT" });
    if (screen.stage === "review") {
      this.#looks = 0;
      control.cameras.setDocument(null);
      page.send({ type: "NEXT" });
    }
    if (screen.stage === "failed") {
      // Whoever lays the paper anew also presses anew when nothing moves.
      this.#looks = 0;
      this.#later(screen.optional ? { type: "SKIP_PAPER" } : { type: "RETAKE" });
    }
  }

  /** Some press at once, some wait until the picture takes itself, and press when it does not. */
  #lay(sight: TraySight | null): void {
    const { control, page, random } = this.#parts;
    const coach = sight?.coach ?? null;
    if (this.#looks === 0) {
      control.cameras.setDocument(this.#plan.paper);
      this.#patience = random.pick([0, PATIENT_LOOKS]);
    }
    // A tray that is not watched any more, as its camera failed, does not move the screen again: each time that this
    // happens to the same paper somebody has to press.
    if (this.#looks === 0 || sight === null)
      setTimeout(() => page.send({ type: "CAPTURE" }), PRESSES_AFTER_MS).unref();
    if (this.#looks >= this.#patience || coach === "turnPage" || coach === "adjustPage")
      page.send({ type: "CAPTURE" });
    this.#looks += 1;
  }

  #slip(stage: Extract<View["screen"], { name: "slip" }>["stage"], number: string): void {
    const { page } = this.#parts;
    if (stage === "inDoubt") this.#answer(number);
    if (stage === "take" || stage === "noPaper") page.send({ type: "SLIP_TAKEN" });
  }

  /** Looks into the slot, as the screen asks, and says what is there. */
  #answer(number: string): void {
    const lies = this.#parts.slipLies(number);
    if (!lies) this.#saidNo.push(number);
    this.#parts.page.send({ type: "SLIP_CAME_OUT", yes: lies });
  }
}
