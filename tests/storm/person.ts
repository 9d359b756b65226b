// What does a made-up citizen do, who looks at the screen and the slot like a person, and whom faults befall?
//
// Driven by what is on the screen and by nothing else: looks, thinks, acts, looks again. Whoever sees nothing
// happen tries again, then another way, then calls for help and leaves.
import type { CitizenEvent, Language } from "../../src/flows/events.js";
import type { FieldView, Screen, View } from "../../src/flows/view.js";
import { mrzExpiry } from "../../src/chip/sim/people.js";
import { paperFile } from "./paper-desk.js";
import type { CardHolder, World } from "./world.js";

export interface Dice {
  next(): number;
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export interface Errand {
  readonly what: "apply" | "ticket" | "lookUp";
  readonly procedureCode: string;
  readonly language: Language;
  readonly holder: CardHolder;
  /** Presses "stop" at this screen. */
  readonly stopsAt: Screen["name"] | null;
  /** Walks away from this screen without a word. */
  readonly walksAwayAt: Screen["name"] | null;
  /** Does not wait until the machine has finished: presses whatever is there twice. */
  readonly impatient: boolean;
  /** A code from an earlier slip, for look-ups. */
  readonly lookupCode: string;
}

export interface Told {
  /** Slip numbers on the screen. */
  readonly numbers: Set<string>;
  readonly tickets: Set<string>;
  /** Slips and tickets of which this person said that they did not come out, one entry an answer. */
  readonly denied: string[];
  /** The screen said "take your slip", and there was none. */
  readonly missed: string[];
}

const TRIES = 4;
const DARK_MS = 90_000;

type ScreenOf<Name extends Screen["name"]> = Extract<Screen, { name: Name }>;

export class Person {
  readonly told: Told = { numbers: new Set(), tickets: new Set(), denied: [], missed: [] };
  /** What was on the screen, for the report of a failure. */
  readonly trail: string[] = [];
  readonly #world: World;
  readonly #dice: Dice;
  readonly #errand: Errand;
  #gone = false;
  #finished = false;
  #starts = 0;
  #lastScreen = "";
  #tries = 0;
  #wrongCode: boolean;
  #darkSinceMs: number | null = null;
  #timer: unknown = null;

  constructor(world: World, dice: Dice, errand: Errand) {
    this.#world = world;
    this.#dice = dice;
    this.#errand = errand;
    this.#wrongCode = dice.chance(0.1);
  }

  /** Left, with or without what they came for. */
  get gone(): boolean {
    return this.#gone;
  }

  get finished(): boolean {
    return this.#finished;
  }

  arrive(): void {
    this.#world.board.control.lines.setInput("presence", true);
    this.#think();
  }

  /** Takes card and papers along. */
  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#world.clock.clearTimeout(this.#timer);
    const { control } = this.#world.board;
    control.chipReader.liftCard();
    control.cameras.setDocument(null);
    control.lines.setInput("presence", false);
  }

  #think(): void {
    const ms = this.#errand.impatient ? this.#dice.between(100, 900) : this.#dice.between(700, 4_000);
    this.#timer = this.#world.clock.setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    if (this.#gone) return;
    const kiosk = this.#world.kiosk;
    const now = this.#world.clock.monotonicMs();
    if (kiosk === null) {
      this.#darkSinceMs ??= now;
      if (now - this.#darkSinceMs > DARK_MS) this.leave();
    } else {
      this.#darkSinceMs = null;
      this.#act(kiosk.view);
    }
    if (!this.#gone) this.#think();
  }

  #send(event: CitizenEvent): void {
    const kiosk = this.#world.kiosk;
    kiosk?.send(event);
    if (this.#errand.impatient && this.#dice.chance(0.5)) kiosk?.send(event);
  }

  #note({ screen, idle }: View): void {
    const stage = "stage" in screen ? `.${screen.stage}` : "";
    const fault = "fault" in screen && screen.fault !== null ? ` (${screen.fault})` : "";
    const name = `${screen.name}${stage}${fault}${idle === null ? "" : " idle"}`;
    if (name === this.#lastScreen) this.#tries += 1;
    else this.#tries = 0;
    this.#lastScreen = name;
    if (this.trail.at(-1) !== name) this.trail.push(name);
  }

  #act(view: View): void {
    this.#note(view);
    const { screen } = view;
    const { stopsAt, walksAwayAt } = this.#errand;
    if (screen.name === walksAwayAt) return this.leave();
    if (screen.name === stopsAt) {
      this.#send({ type: "CANCEL" });
      return this.leave();
    }
    if (view.idle !== null) return this.#send({ type: "STILL_HERE" });
    if (view.helpOpen) return this.#send({ type: "CLOSE_HELP" });
    if (this.#dice.chance(0.01)) this.#send({ type: "HELP" });
    this.#touch(screen);
  }

  #touch(screen: Screen): void {
    switch (screen.name) {
      case "attract":
        return this.#start(screen);
      case "language":
        return this.#send({ type: "CHOOSE_LANGUAGE", language: this.#errand.language });
      case "procedure":
        return this.#choose();
      case "identify":
        return this.#identify(screen);
      case "form":
        return this.#fill(screen.fields);
      case "papers":
        return this.#paper(screen);
      case "check":
        return this.#send({ type: this.#dice.chance(0.05) ? "BACK" : "NEXT" });
      case "confirm":
        return this.#confirm(screen.code);
      case "slip":
        return this.#slip(screen);
      case "ticket":
        return this.#ticket(screen);
      case "lookup":
        return this.#lookUp(screen);
      case "slipInDoubt":
        return this.#doubt(screen);
      case "rate":
        return this.#send(this.#dice.chance(0.5) ? { type: "RATE", stars: 4 } : { type: "NEXT" });
      case "goodbye":
        this.#finished = true;
        return this.leave();
      case "trouble":
        return this.#tries < TRIES ? this.#send({ type: "RETRY" }) : this.#giveUp();
      case "submitting":
        return;
    }
  }

  #giveUp(): void {
    this.#send({ type: "CALL_OFFICER" });
    this.#send({ type: "CANCEL" });
    this.leave();
  }

  #start({ outOfService }: ScreenOf<"attract">): void {
    const hasWhatTheyCameFor = this.told.numbers.size + this.told.tickets.size > 0;
    if (hasWhatTheyCameFor || this.#starts > 3) return this.leave();
    if (outOfService !== null) return this.#tries < TRIES ? undefined : this.leave();
    this.#starts += 1;
    this.#send({ type: "WAKE" });
  }

  #choose(): void {
    const { what, procedureCode } = this.#errand;
    if (what === "ticket") this.#send({ type: "TAKE_NUMBER" });
    else if (what === "lookUp") this.#send({ type: "LOOK_UP" });
    else this.#send({ type: "CHOOSE_PROCEDURE", code: procedureCode });
  }

  #identify({ stage, fault, canSkipChip }: ScreenOf<"identify">): void {
    const { control } = this.#world.board;
    const { holder } = this.#errand;
    switch (stage) {
      case "showQr":
        if (this.#tries > 0 && this.#tries % 3 === 0) return this.#send({ type: "TYPE_INSTEAD" });
        return control.codeReader.show(holder.qr);
      case "typed":
        return this.#typeCard();
      case "layCard":
        control.chipReader.liftCard();
        control.chipReader.layCard(holder.card);
        if (this.#tries > 2 * TRIES) this.#skipOrLeave(canSkipChip);
        return;
      case "reading":
        // The hand slips.
        if (this.#dice.chance(0.03)) control.chipReader.liftCard();
        return;
      case "failed":
        if (this.#tries > TRIES || fault === "card.levelTooLow") return this.#skipOrLeave(canSkipChip);
        return this.#send({ type: "RETRY" });
    }
  }

  #skipOrLeave(canSkipChip: boolean): void {
    if (canSkipChip) this.#send({ type: "SKIP_CHIP" });
    else this.#giveUp();
  }

  #typeCard(): void {
    const { person } = this.#errand.holder;
    const expiry = mrzExpiry(person);
    const isoExpiry = `20${expiry.slice(0, 2)}-${expiry.slice(2, 4)}-${expiry.slice(4, 6)}`;
    if (this.#tries > TRIES) return this.#giveUp();
    const mistyped = this.#dice.chance(0.15);
    this.#send({
      type: "SUBMIT_TYPED",
      number: mistyped ? `${person.number.slice(0, -1)}0` : person.number,
      birthDate: person.birthDate,
      expiryDate: expiry === "991231" ? "" : isoExpiry,
    });
  }

  #fill(fields: readonly FieldView[]): void {
    for (const field of fields)
      if (field.error !== null || (field.required && field.value === ""))
        this.#send({ type: "SET_FIELD", key: field.key, value: this.#answerFor(field) });
    if (this.#tries > 3 * TRIES) return this.#giveUp();
    this.#send({ type: "NEXT" });
  }

  #answerFor(field: FieldView): string {
    const dice = this.#dice;
    switch (field.kind) {
      case "choice":
        return dice.pick(field.choices).value;
      case "date":
        // A day that was refused was too long ago: the form asks for one to come.
        if (field.error !== null && dice.chance(0.7)) return "2026-03-02";
        return `19${dice.between(60, 99)}-0${dice.between(1, 10)}-1${dice.between(0, 10)}`;
      case "digits":
        return String(dice.between(1, 9));
      case "phone":
        return `09${dice.between(10_000_000, 99_999_999)}`;
      default:
        return dice.pick(["Xin việc làm", "Bổ túc hồ sơ", "Nguyễn Văn Thử", "Thôn Đoài, xã Thử Nghiệm"]);
    }
  }

  #paper({ stage, optional }: ScreenOf<"papers">): void {
    const { cameras } = this.#world.board.control;
    switch (stage) {
      case "place":
        // One in ten presses before the paper lies there.
        if (!this.#dice.chance(0.1)) cameras.setDocument(paperFile(`paper ${this.#dice.between(1, 9)}`));
        return this.#send({ type: "CAPTURE" });
      case "review":
        return this.#send({ type: this.#dice.chance(0.1) ? "RETAKE" : "NEXT" });
      case "failed":
        if (this.#tries > TRIES) return optional ? this.#send({ type: "SKIP_PAPER" }) : this.#giveUp();
        cameras.setDocument(paperFile(`paper ${this.#dice.between(1, 9)}`));
        return this.#send({ type: "RETRY" });
      default:
        return;
    }
  }

  #confirm(code: string): void {
    const typed = this.#wrongCode ? "x" : code;
    this.#wrongCode = false;
    this.#send({ type: "TYPE_CODE", code: typed });
  }

  #slip({ stage, number }: ScreenOf<"slip">): void {
    this.told.numbers.add(number);
    if (stage === "take" && !this.#liesInSlot(number)) this.told.missed.push(number);
    if (stage === "inDoubt") return this.#answer(number);
    if (stage === "take" || stage === "noPaper") this.#send({ type: "SLIP_TAKEN" });
  }

  #ticket({ stage, number }: ScreenOf<"ticket">): void {
    if (number === null) return;
    this.told.tickets.add(number);
    if (stage === "take" && !this.#liesInSlot(number)) this.told.missed.push(number);
    if (stage === "inDoubt") return this.#answer(number);
    if (stage === "take" || stage === "noPaper") this.#send({ type: "SLIP_TAKEN" });
  }

  #doubt({ stage, slipNumber }: ScreenOf<"slipInDoubt">): void {
    if (stage === "done") return this.#send({ type: "NEXT" });
    if (stage !== "ask") return;
    // After a power cut it may be this person's own slip, or that of somebody who left.
    this.told.numbers.add(slipNumber);
    this.#answer(slipNumber);
  }

  /** Looks into the slot, as the screen asks. */
  #answer(number: string): void {
    const lies = this.#liesInSlot(number);
    if (!lies) this.told.denied.push(number);
    // Once: whoever presses "no" twice has said one thing.
    this.#world.kiosk?.send({ type: "SLIP_CAME_OUT", yes: lies });
  }

  #liesInSlot(number: string): boolean {
    const { slips, board } = this.#world;
    return board.control.printer.slips.some((slip) => slips.numberOn(slip) === number);
  }

  #lookUp({ stage }: ScreenOf<"lookup">): void {
    const { lookupCode } = this.#errand;
    if (stage === "scan") this.#send({ type: "SUBMIT_LOOKUP", code: lookupCode });
    if (stage === "found" || stage === "unknown") this.#send({ type: "NEXT" });
  }
}
