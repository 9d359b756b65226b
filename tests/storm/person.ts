// What does a made-up citizen do, who looks at the screen and the slot like a person, and whom faults befall?
//
// Driven by what is on the screen and by nothing else: looks, thinks, acts, looks again. Whoever sees nothing
// happen tries again, then another way, then calls for help and leaves.

import type { CitizenEvent, Language } from "../../src/flows/events.js";
import type { FieldView, Screen, View } from "../../src/flows/view.js";
import { answerFor, type Dice, typedCard } from "./answers.js";
import { paperFile } from "./paper-desk.js";
import type { CardHolder, World } from "./world.js";

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

  /** Stands and looks, and touches nothing until `goOn`. */
  stop(): void {
    this.#world.clock.clearTimeout(this.#timer);
  }

  goOn(): void {
    if (!this.#gone) this.#think();
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
    if (screen.name === walksAwayAt) {
      this.leave();
      return;
    }
    if (screen.name === stopsAt) {
      this.#send({ type: "CANCEL" });
      this.leave();
      return;
    }
    if (view.idle !== null) {
      this.#send({ type: "STILL_HERE" });
      return;
    }
    if (view.helpOpen) {
      this.#send({ type: "CLOSE_HELP" });
      return;
    }
    if (this.#dice.chance(0.01)) this.#send({ type: "HELP" });
    this.#touch(screen);
  }

  #touch(screen: Screen): void {
    switch (screen.name) {
      case "attract":
        this.#start(screen);
        return;
      case "language":
        this.#send({ type: "CHOOSE_LANGUAGE", language: this.#errand.language });
        return;
      case "procedure":
        this.#choose();
        return;
      case "identify":
        this.#identify(screen);
        return;
      case "form":
        this.#fill(screen.fields);
        return;
      case "papers":
        this.#paper(screen);
        return;
      case "check":
        this.#send({ type: this.#dice.chance(0.05) ? "BACK" : "NEXT" });
        return;
      case "confirm":
        this.#confirm(screen.code);
        return;
      case "pay":
        if (screen.stage !== "asking" || this.#dice.chance(0.5)) this.#send({ type: "NEXT" });
        return;
      case "slip":
        this.#slip(screen);
        return;
      case "ticket":
        this.#ticket(screen);
        return;
      case "lookup":
        this.#lookUp(screen);
        return;
      case "slipInDoubt":
        this.#doubt(screen);
        return;
      case "rate":
        this.#send(this.#dice.chance(0.5) ? { type: "RATE", stars: 4 } : { type: "NEXT" });
        return;
      case "goodbye":
        this.#finished = true;
        this.leave();
        return;
      case "trouble":
        if (this.#tries < TRIES) this.#send({ type: "RETRY" });
        else this.#giveUp();
        return;
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
    if (hasWhatTheyCameFor || this.#starts > 3) {
      this.leave();
      return;
    }
    if (outOfService !== null) {
      if (!(this.#tries < TRIES)) this.leave();
      return;
    }
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
        if (this.#tries > 0 && this.#tries % 3 === 0) {
          this.#send({ type: "TYPE_INSTEAD" });
          return;
        }
        control.codeReader.show(holder.qr);
        return;
      case "typed":
        this.#typeCard();
        return;
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
        if (this.#tries > TRIES || fault === "card.levelTooLow") {
          this.#skipOrLeave(canSkipChip);
          return;
        }
        this.#send({ type: "RETRY" });
        return;
    }
  }

  #skipOrLeave(canSkipChip: boolean): void {
    if (canSkipChip) this.#send({ type: "SKIP_CHIP" });
    else this.#giveUp();
  }

  #typeCard(): void {
    if (this.#tries > TRIES) this.#giveUp();
    else this.#send(typedCard(this.#errand.holder.person, this.#dice));
  }

  #fill(fields: readonly FieldView[]): void {
    for (const field of fields)
      if (field.error !== null || (field.required && field.value === ""))
        this.#send({ type: "SET_FIELD", key: field.key, value: answerFor(field, this.#dice) });
    if (this.#tries > 3 * TRIES) this.#giveUp();
    else this.#send({ type: "NEXT" });
  }

  #paper({ stage, optional }: ScreenOf<"papers">): void {
    const { cameras } = this.#world.board.control;
    switch (stage) {
      case "place":
        // One in ten presses before the paper lies there.
        if (!this.#dice.chance(0.1)) cameras.setDocument(paperFile(`paper ${this.#dice.between(1, 9)}`));
        this.#send({ type: "CAPTURE" });
        return;
      case "review":
        this.#send({ type: this.#dice.chance(0.1) ? "RETAKE" : "NEXT" });
        return;
      case "failed":
        if (this.#tries > TRIES) {
          if (optional) this.#send({ type: "SKIP_PAPER" });
          else this.#giveUp();
          return;
        }
        cameras.setDocument(paperFile(`paper ${this.#dice.between(1, 9)}`));
        this.#send({ type: "RETRY" });
        return;
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
    if (stage === "inDoubt") {
      this.#answer(number);
      return;
    }
    if (stage === "take" || stage === "noPaper") this.#send({ type: "SLIP_TAKEN" });
  }

  #ticket({ stage, number }: ScreenOf<"ticket">): void {
    if (number === null) return;
    this.told.tickets.add(number);
    if (stage === "take" && !this.#liesInSlot(number)) this.told.missed.push(number);
    if (stage === "inDoubt") {
      this.#answer(number);
      return;
    }
    if (stage === "take" || stage === "noPaper") this.#send({ type: "SLIP_TAKEN" });
  }

  #doubt({ stage, slipNumber }: ScreenOf<"slipInDoubt">): void {
    if (stage === "done") {
      this.#send({ type: "NEXT" });
      return;
    }
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
