// What can a person do to the simulated world? (The handle of the dock, the rehearsal and the tests.)
//
// Product code never imports this: the drivers only see the wires.
import type { InputLine } from "../lines/lines.js";
import type { DotBitmap } from "../printer/printer.js";

/** One strip of paper between two cuts, as the head burnt it. */
export interface PrintedSlip {
  readonly serial: number;
  readonly page: DotBitmap;
  /** False when the power or the paper went away before the cut. */
  readonly complete: boolean;
}

/** An ISO 7816-4 card behind the reader's field. */
export interface CardFarEnd {
  readonly uid: Uint8Array;
  readonly type: "A" | "B";
  /** Called for each command APDU in order; `reset` at each activation. */
  reset(): void;
  respond(commandApdu: Uint8Array): Uint8Array;
}

/** "crash": a quarter of a picture, and of a stream the command dies with it. */
export type CameraTrouble = "garbage" | "half" | "crash" | "slow";

/** "stall": the sheet stays in the path and nothing more is heard. "crash": the command dies. */
export type SheetTrouble = "jam" | "doubleFeed" | "stall" | "half" | "crash" | "slow" | "busy";

export interface SimControl {
  readonly printer: {
    setPaper(level: "enough" | "low" | "out"): void;
    setCover(open: boolean): void;
    jam(on: boolean): void;
    overheat(on: boolean): void;
    /** Answers stop, bytes vanish, as when unplugged. */
    setPlugged(plugged: boolean): void;
    /** Run once after `afterRows` more dot rows were burnt (a fault in the middle of a job). */
    afterRows(rows: number, action: () => void): void;
    readonly slips: readonly PrintedSlip[];
    onSlip(listener: (slip: PrintedSlip) => void): () => void;
    /** A person takes the paper out of the slot. */
    clearSlips(): void;
  };
  readonly chipReader: {
    layCard(card: CardFarEnd): void;
    liftCard(): void;
    /** The card leaves after n more APDUs. */
    liftAfter(apdus: number): void;
    setPlugged(plugged: boolean): void;
    /** Noise bytes before the next answer. */
    injectGarbage(bytes: Uint8Array): void;
  };
  readonly codeReader: {
    show(text: string): void;
    setPlugged(plugged: boolean): void;
    injectGarbage(bytes: Uint8Array): void;
  };
  readonly cameras: {
    /** A JPEG or PNG file; null = an empty tray / nobody. */
    setDocument(image: Uint8Array | null): void;
    setFace(image: Uint8Array | null): void;
    setPlugged(camera: "document" | "face", plugged: boolean): void;
    /** The next still, or frame of a preview, never arrives. */
    stall(camera: "document" | "face"): void;
    /** What is wrong with the next `times` pictures; 0 ends it. */
    trouble(camera: "document" | "face", kind: CameraTrouble, times: number): void;
    /** Which camera libcamera numbers 0: the kernel may find them in another order after a reboot. */
    setOrder(first: "document" | "face"): void;
    /** 1: as when the exposure settled. */
    setLight(light: number): void;
  };
  readonly scanner: {
    /** A person puts papers into the slot, face up, first one first: JPEG or PNG files. */
    load(sheets: readonly Uint8Array[]): void;
    /** A person takes every paper that is within reach; how many that were. */
    takePapers(): number;
    /** A technician opens the scanner and frees what is stuck. */
    freePath(): void;
    /** What happens to the nth sheet from now, 1 is the next. "slow" is no fault. */
    trouble(sheet: number, kind: SheetTrouble): void;
    setCover(open: boolean): void;
    setPlugged(plugged: boolean): void;
    readonly papers: { readonly feeder: number; readonly path: number; readonly out: number };
    /** Told whenever a sheet has moved. */
    onPapers(listener: () => void): () => void;
  };
  readonly lines: {
    setInput(line: InputLine, on: boolean): void;
    /** The contact bounces this many times before it settles. */
    bounce(line: InputLine, on: boolean, times: number): void;
    setPlugged(plugged: boolean): void;
    /** What the lamps and the buzzer do now; a restart of the runtime puts them out, its death does not. */
    readonly outputs: Readonly<Record<string, boolean>>;
    onOutput(listener: (line: string, on: boolean) => void): () => void;
  };
  readonly speaker: {
    /** What was said aloud, oldest first; `whole`: to its end. */
    readonly heard: readonly {
      readonly text: string;
      readonly language: "vi" | "en";
      readonly whole: boolean;
    }[];
    /** Told whenever a sentence begins or ends. */
    onHeard(listener: () => void): () => void;
  };
  readonly power: {
    setMains(on: boolean): void;
    setBattery(fraction: number): void;
    setAnswering(on: boolean): void;
  };
  readonly climate: {
    set(celsius: number, relativeHumidity: number): void;
    setAnswering(on: boolean): void;
    /** The next `times` answers carry a flipped bit. */
    corrupt(times: number): void;
  };
  readonly motion: {
    /** A blow of this strength beyond gravity. */
    knock(g: number): void;
    /** How far the cabinet leans from where it was put up. */
    tilt(degrees: number): void;
    setAnswering(on: boolean): void;
    /** The sensor's supply drops out for a moment: it forgets its settings. */
    brownOut(): void;
  };
}
