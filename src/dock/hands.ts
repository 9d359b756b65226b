// How does an act at the dock reach the simulated wires, and what does the world look like after it?

import type { CardFarEnd, PrintedSlip } from "../hal/sim/far-ends.js";
import type { SimBoard } from "../hal/sim/sim-board.js";
import { SlotHand } from "./slot-hand.js";
import type { DockAct, DockPerson, DockSample, DockSlip, DockState, SlotAct } from "./world.js";

/** A card in the dock's deck. */
export interface DeckCard {
  readonly person: DockPerson;
  readonly qr: string;
  readonly card: CardFarEnd;
  /** A picture of its back on the tray. */
  readonly back: () => Promise<Uint8Array>;
}

export interface DockParts {
  readonly control: SimBoard["control"];
  /** The board has a sheet-fed scanner. */
  readonly scanner: boolean;
  /** It speaks. */
  readonly speaker: boolean;
  readonly deck: readonly DeckCard[];
  readonly samples: readonly (DockSample & { readonly render: () => Promise<Uint8Array> })[];
  readonly power: {
    readonly state: () => DockState["power"];
    /** The machine switched itself off. */
    readonly switchedOff: () => boolean;
    cut(): void;
    restore(): Promise<void>;
  };
  readonly link: { readonly up: boolean; cut(): void; restore(): void };
  readonly addresses: DockState["addresses"];
  readonly deskAccounts: DockState["deskAccounts"];
  readonly slipPng: (slip: PrintedSlip) => Promise<Uint8Array>;
  readonly readCode: (png: Uint8Array) => Promise<string | null>;
}

/** Everything that a citizen's hand does not do. */
type MachineAct = Exclude<
  DockAct,
  | SlotAct
  | {
      act:
        | "layCard"
        | "liftCard"
        | "liftCardAfter"
        | "showCardQr"
        | "layCardBack"
        | "showCode"
        | "showSlipQr"
        | "layPaper"
        | "clearTray"
        | "leaveFace"
        | "input";
    }
>;

interface Picture {
  readonly title: string;
  readonly bytes: Uint8Array;
  readonly version: number;
}

interface SlipPicture {
  readonly png: Uint8Array;
  readonly view: DockSlip;
}

/** A whole visit by ear is some two hundred sentences. */
const HEARD_SHOWN = 400;

/** The state of everything that a hand has touched; listeners hear of each change. */
export class Hands {
  readonly #parts: DockParts;
  readonly #listeners = new Set<() => void>();
  readonly #slips = new Map<number, SlipPicture>();
  #cardOnReader: number | null = null;
  #tray: Picture | null = null;
  #face: Picture | null = null;
  #version = 0;
  #printer: { paper: "enough" | "low" | "out"; cover: boolean; jam: boolean; hot: boolean } = {
    paper: "enough",
    cover: false,
    jam: false,
    hot: false,
  };
  readonly #slot: SlotHand | null;
  readonly #inputs = {
    door: false,
    presence: false,
    helpButton: false,
    headphones: false,
    powerLost: false,
    keyPrevious: false,
    keyNext: false,
    keySelect: false,
    keyRepeat: false,
    keyVolume: false,
    keyPace: false,
  };
  readonly #plugged = {
    printer: true,
    chipReader: true,
    codeReader: true,
    document: true,
    face: true,
    scanner: true,
  };
  #mains = true;
  #fanJammed = false;
  #battery = 1;

  constructor(parts: DockParts) {
    this.#parts = parts;
    this.#slot = parts.scanner ? new SlotHand(parts) : null;
    parts.control.scanner.onPapers(() => this.changed());
    parts.control.printer.onSlip((slip) => void this.#addSlip(slip));
    parts.control.speaker.onHeard(() => this.changed());
    parts.control.lines.onOutput(() => this.changed());
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  async #addSlip(slip: PrintedSlip): Promise<void> {
    const png = await this.#parts.slipPng(slip);
    const code = slip.complete ? await this.#parts.readCode(png) : null;
    const view: DockSlip = {
      serial: slip.serial,
      complete: slip.complete,
      imageUrl: `/slip/${slip.serial}.png`,
      code,
    };
    this.#slips.set(slip.serial, { png, view });
    this.changed();
  }

  slipPng(serial: number): Uint8Array | undefined {
    return this.#slips.get(serial)?.png;
  }

  picture(of: "tray" | "face"): Uint8Array | undefined {
    return (of === "tray" ? this.#tray : this.#face)?.bytes;
  }

  /** Lays an image file down as it came; a driver that can not read it must say so itself. */
  layImage(title: string, bytes: Uint8Array): void {
    this.#tray = { title, bytes, version: ++this.#version };
    this.#parts.control.cameras.setDocument(bytes);
    this.changed();
  }

  showFace(bytes: Uint8Array): void {
    this.#face = { title: "face", bytes, version: ++this.#version };
    this.#parts.control.cameras.setFace(bytes);
    this.changed();
  }

  async act(act: DockAct): Promise<void> {
    await this.#perform(act);
    this.changed();
  }

  async #perform(act: DockAct): Promise<void> {
    const { control } = this.#parts;
    switch (act.act) {
      case "layCard": {
        control.chipReader.layCard(this.#card(act.person).card);
        this.#cardOnReader = act.person;
        return;
      }
      case "liftCard":
        control.chipReader.liftCard();
        this.#cardOnReader = null;
        return;
      case "liftCardAfter":
        control.chipReader.liftAfter(act.apdus);
        return;
      case "showCardQr":
        control.codeReader.show(this.#card(act.person).qr);
        return;
      case "layCardBack": {
        const { person, back } = this.#card(act.person);
        this.layImage(`the back of ${person.name}'s card`, await back());
        return;
      }
      case "showCode":
        control.codeReader.show(act.text);
        return;
      case "showSlipQr": {
        const code = this.#slips.get(act.serial)?.view.code;
        if (code === undefined || code === null) throw new Error(`slip ${act.serial} has no readable code`);
        control.codeReader.show(code);
        return;
      }
      case "layPaper": {
        const sample = this.#parts.samples.find(({ id }) => id === act.sample);
        if (sample === undefined) throw new Error(`no sample paper ${act.sample}`);
        this.layImage(sample.title, await sample.render());
        return;
      }
      case "loadSheet":
      case "takeSheets":
      case "sheetTrouble":
      case "slotCover":
      case "freeSlot":
        if (this.#slot === null) throw new Error("this board has no scanner: [board] scanner is false");
        return this.#slot.act(act);
      case "clearTray":
        this.#tray = null;
        control.cameras.setDocument(null);
        return;
      case "leaveFace":
        this.#face = null;
        control.cameras.setFace(null);
        return;
      case "input":
        this.#inputs[act.line] = act.on;
        control.lines.setInput(act.line, act.on);
        // A UPS switches the board on again when mains is back.
        if (act.line === "powerLost" && !act.on && this.#parts.power.switchedOff())
          await this.#parts.power.restore();
        return;
      default:
        await this.#performOnMachine(act);
    }
  }

  /** What is done to the machine, not by the citizen. */
  async #performOnMachine(act: MachineAct): Promise<void> {
    const { control, link, power } = this.#parts;
    switch (act.act) {
      case "paper":
        this.#printer = { ...this.#printer, paper: act.level };
        control.printer.setPaper(act.level);
        return;
      case "cover":
        this.#printer = { ...this.#printer, cover: act.open };
        control.printer.setCover(act.open);
        return;
      case "jam":
        this.#printer = { ...this.#printer, jam: act.on };
        control.printer.jam(act.on);
        return;
      case "overheat":
        this.#printer = { ...this.#printer, hot: act.on };
        control.printer.overheat(act.on);
        return;
      case "takeSlips":
        control.printer.clearSlips();
        this.#slips.clear();
        return;
      case "plug":
        this.#plug(act.device, act.plugged);
        return;
      case "stall":
        control.cameras.stall(act.camera);
        return;
      case "mains":
        this.#mains = act.on;
        control.power.setMains(act.on);
        return;
      case "battery":
        this.#battery = act.fraction;
        control.power.setBattery(act.fraction);
        return;
      case "climate":
        control.climate.set(act.celsius, 50);
        return;
      case "processor":
        control.cooling.setCelsius(act.celsius);
        return;
      case "fan":
        this.#fanJammed = act.jammed;
        control.cooling.jam(act.jammed);
        return;
      case "knock":
        control.motion.knock(1);
        return;
      case "tilt":
        control.motion.tilt(act.degrees);
        return;
      case "link":
        if (act.up) link.restore();
        else link.cut();
        return;
      case "power":
        if (act.on) await power.restore();
        else power.cut();
        return;
    }
  }

  #plug(device: keyof DockState["plugged"], plugged: boolean): void {
    const { control } = this.#parts;
    this.#plugged[device] = plugged;
    if (device === "document" || device === "face") control.cameras.setPlugged(device, plugged);
    else control[device].setPlugged(plugged);
  }

  #card(person: number): DeckCard {
    const card = this.#parts.deck[person];
    if (card === undefined) throw new Error(`no card number ${person} in the deck`);
    return card;
  }

  state(): DockState {
    const { addresses, deskAccounts, control, deck, link, power, samples } = this.#parts;
    return {
      addresses,
      deskAccounts,
      people: deck.map(({ person }) => person),
      samples: samples.map(({ id, title }) => ({ id, title })),
      cardOnReader: this.#cardOnReader,
      tray: this.#tray === null ? null : { title: this.#tray.title, imageUrl: `/tray?${this.#tray.version}` },
      face: this.#face === null ? null : { imageUrl: `/face?${this.#face.version}` },
      inputs: { ...this.#inputs },
      lamps: { ...control.lines.outputs },
      printer: this.#printer,
      slot: this.#slot?.state() ?? null,
      plugged: { ...this.#plugged },
      slips: [...this.#slips.values()].map(({ view }) => view).reverse(),
      heard: this.#parts.speaker
        ? control.speaker.heard.slice(-HEARD_SHOWN).map(({ text, whole }) => ({ text, whole }))
        : null,
      mains: this.#mains,
      fanJammed: this.#fanJammed,
      battery: this.#battery,
      link: link.up,
      power: power.state(),
    };
  }
}
