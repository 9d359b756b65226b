// What does `scanimage` say while it works and when it ends?

export interface ListedScanner {
  /** SANE's name, e.g. "fujitsu:ScanSnap iX500:12345" or "genesys:libusb:001:004". */
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
}

const MOST_SCANNERS = 64;
const LONGEST_LINE = 1_000;

/** One scanner a line; tabs between the fields. */
export const LIST_FORMAT = "%d\t%v\t%m%n";

export const parseScannerList = (printed: string): readonly ListedScanner[] =>
  printed
    .split("\n")
    .slice(0, 10_000)
    .flatMap((line): ListedScanner[] => {
      const [name = "", vendor, model] = line.length > LONGEST_LINE ? [] : line.split("\t");
      return name === "" || vendor === undefined || model === undefined ? [] : [{ name, vendor, model }];
    })
    .slice(0, MOST_SCANNERS);

/** Why feeding stopped; the words are SANE's own (sane_strstatus, SANE standard 1.06, 4.3.9). */
export type StopReason =
  | "outOfDocuments"
  | "jam"
  | "doubleFeed"
  | "coverOpen"
  | "gone"
  | "cancelled"
  | "failed";

const REASONS: readonly (readonly [pattern: RegExp, reason: StopReason])[] = [
  [/double[ -]?feed|multi[ -]?feed/i, "doubleFeed"],
  [/Document feeder out of documents/, "outOfDocuments"],
  [/Document feeder jammed/, "jam"],
  [/Scanner cover is open/, "coverOpen"],
  [/Operation was cancel/, "cancelled"],
  [/open of device .* failed: (Invalid argument|Error during device I\/O)|no SANE devices found/, "gone"],
];

/** By the exit status, which is the SANE status, where no line said why. */
const BY_STATUS: ReadonlyMap<number, StopReason> = new Map([
  [2, "cancelled"],
  [6, "jam"],
  [7, "outOfDocuments"],
  [8, "coverOpen"],
]);

/** Reads stderr as it comes; memory is bounded by the longest line. */
export class ScanOutput {
  #line = "";
  #fraction = -1;
  #page = 0;
  #reason: StopReason | null = null;
  #lastComplaint = "";

  /** True when the scanner has moved on since the last call: another page, or more of this one. */
  push(text: string): boolean {
    let moved = false;
    for (const part of (this.#line + text).split(/([\r\n])/)) {
      if (part === "\r" || part === "\n") {
        moved = this.#take(this.#line) || moved;
        this.#line = "";
      } else this.#line = part.slice(0, LONGEST_LINE);
    }
    return moved;
  }

  /** What scanimage complained of; a fault's detail. */
  get complaint(): string {
    return this.#lastComplaint;
  }

  /** Why it ended with this exit status; null: it did what it was told. */
  reason(code: number | null): StopReason | null {
    this.push("\n");
    if (this.#reason !== null) return this.#reason;
    if (code === 0) return null;
    return BY_STATUS.get(code ?? -1) ?? "failed";
  }

  #take(line: string): boolean {
    const page = /^Scanning page (\d{1,6})/.exec(line)?.[1];
    const progress = /^Progress: ([0-9.]{1,8})%/.exec(line)?.[1];
    if (page !== undefined) {
      const moved = Number(page) !== this.#page;
      this.#page = Number(page);
      this.#fraction = -1;
      return moved;
    }
    if (progress !== undefined) {
      const moved = Number(progress) > this.#fraction;
      if (moved) this.#fraction = Number(progress);
      return moved;
    }
    if (/^scanimage: (?!rounded value|received signal|trying to stop|stopping|aborting)/.test(line)) {
      this.#lastComplaint = line.slice("scanimage: ".length, 200);
      this.#reason ??= REASONS.find(([pattern]) => pattern.test(line))?.[1] ?? null;
    }
    return false;
  }
}
