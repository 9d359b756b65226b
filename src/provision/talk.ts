// How does a set-up step speak with whoever sets the kiosk up: on a screen, line by line, or from a file of answers?
import type { SetupWords } from "../console/setup-words.js";
import type { QrPicture } from "./qr-text.js";

/** Went back to the list of steps. */
export class Back extends Error {
  override readonly name = "Back";
  constructor() {
    super("went back to the list of steps");
  }
}

/** Left the set-up; it goes on here the next time. */
export class Leave extends Error {
  override readonly name = "Leave";
  constructor() {
    super("left the set-up");
  }
}

/** A file of answers lacks one, or has a wrong one. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
  constructor(
    readonly key: string,
    /** Null: it is missing; secrets are never told. */
    readonly value: string | null,
    readonly remedy: string,
  ) {
    super(value === null ? `${key} is missing: ${remedy}` : `${key} = ${JSON.stringify(value)}: ${remedy}`);
  }
}

/** None of a step's own failures: the technician, or the file of answers, decided otherwise. */
export const isMove = (thrown: unknown): boolean =>
  thrown instanceof Back || thrown instanceof Leave || thrown instanceof BadAnswer;

export interface Asked {
  /** Of the answer in a file of answers, e.g. "kiosk.id". */
  readonly key: string;
  readonly label: string;
  readonly help?: readonly string[];
}

export interface Question extends Asked {
  readonly initial: string;
  /** Not shown while it is typed, and never kept. */
  readonly secret?: boolean;
  readonly longest?: number;
  /** A sentence on what would be right; null: it is right. */
  readonly wrong: (text: string) => string | null;
}

export interface Option<V extends string = string> {
  readonly value: V;
  readonly label: string;
}

export interface Choice<V extends string = string> extends Asked {
  readonly options: readonly Option<V>[];
  readonly initial?: V;
  /** What a file of answers may leave out. */
  readonly otherwise?: V;
}

export interface Heading {
  /** "3/9"; empty: none. */
  readonly place: string;
  readonly title: string;
  readonly kiosk: string;
}

/** A line of it at a time is enough for a slow terminal. */
export interface Codes {
  readonly pictures: readonly QrPicture[];
  /** The same for a terminal with dark letters on a light ground. */
  readonly dark: readonly QrPicture[];
  /** What the pictures say, for those who can not see them. */
  readonly texts: readonly string[];
  readonly lines: readonly string[];
}

/** Every method throws `Back` or `Leave` when that is what the technician did. */
export interface Talk {
  /** False: nobody is there to be asked the same again. */
  readonly isPatient: boolean;
  /** From now on in this language. */
  speak(words: SetupWords): void;
  heading(heading: Heading): void;
  /** A line beside what comes next. */
  notice(line: string): void;
  choose<V extends string>(choice: Choice<V>): Promise<V>;
  ask(question: Question): Promise<string>;
  /** Shows lines until they were read. */
  tell(title: string, lines: readonly string[]): Promise<void>;
  /** Shows what is being waited for, and what `say` says of it; Escape aborts `cancel` and waits for the work's end. */
  during<R>(what: string, work: (cancel: AbortSignal, say: (line: string) => void) => Promise<R>): Promise<R>;
  showCodes(codes: Codes): Promise<void>;
  /** Lines that are scanned or pasted, until `enough` says so. */
  collect(
    asked: Asked,
    taken: (line: string) => { readonly enough: boolean; readonly said: string },
  ): Promise<void>;
  close(): void;
}
