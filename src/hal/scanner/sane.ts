// How does a sheet-fed scanner behind SANE's `scanimage` scan what lies in its feeder?
import { readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Cause, causeOfCommand } from "../../core/causes.js";
import type { Clock } from "../../core/clock.js";
import { type Fault, type FaultCode, FaultError, toFault } from "../../core/faults.js";
import type { ScannerWiring } from "../board.js";
import { makePictureFolder, pictureFolder, removeOrphanedPictures } from "../camera/picture-folder.js";
import { Turns } from "../turns.js";
import { parseScanOptions, type ScanOptions, type ScanSetup, sensorIsOn, setupFor } from "./scan-options.js";
import {
  LIST_FORMAT,
  type ListedScanner,
  parseScannerList,
  ScanOutput,
  type StopReason,
} from "./scan-output.js";
import { runScanimage, type ScanimageEnd } from "./scanimage.js";
import type { GivenBack, Scanner, Sheet } from "./scanner.js";
import { chooseScanner } from "./which-scanner.js";

export interface SaneOptions {
  readonly wiring: ScannerWiring;
  readonly clock: Clock;
}

/** SANE asks every backend that it knows, over the network too. */
const LIST_WITHIN_MS = 12_000;
/** Opening one scanner and reading its options; the supervisor gives `health` 5 s. */
const ASK_WITHIN_MS = 4_000;
const BELIEVED_MS = 4_000;
/** A4 at 600 dpi in colour is 104 MB before PNG packs it. */
const MAX_SHEET_BYTES = 150 * 1_048_576;
const MAX_LISTING_CHARACTERS = 1_000_000;

const REASON_FAULT: Readonly<Record<Exclude<StopReason, "outOfDocuments">, FaultCode>> = {
  jam: "scanner.jam",
  doubleFeed: "scanner.doubleFeed",
  coverOpen: "scanner.coverOpen",
  gone: "scanner.absent",
  cancelled: "scanner.failed",
  failed: "scanner.failed",
};

/** Throws `FaultError` "scanner.absent" without command or scanner, "stalled" when SANE hangs. */
export const openSane = async (options: SaneOptions, signal?: AbortSignal): Promise<Scanner> => {
  const folder = await pictureFolder();
  await removeOrphanedPictures(folder);
  const { wiring, clock } = options;
  const signals = signal ?? new AbortController().signal;
  const { printed, end } = await ask(
    options,
    ["--formatted-device-list", LIST_FORMAT],
    LIST_WITHIN_MS,
    signals,
  );
  signals.throwIfAborted();
  if (end.stalled)
    throw new FaultError("scanner.stalled", `SANE did not list its scanners in ${LIST_WITHIN_MS} ms`);
  const missing = startFault(end, wiring);
  if (missing !== null) throw missing;
  if (end.code !== 0) throw new FaultError("scanner.absent", `scanimage ended with ${end.code}`);
  const choice = await chooseScanner(parseScannerList(printed), wiring.device);
  if ("problem" in choice) throw new FaultError("scanner.absent", choice.problem, { why: choice.why });
  const scanner = new SaneScanner({ wiring, clock }, choice.scanner, folder);
  await scanner.begin(signals);
  return scanner;
};

interface Asked {
  readonly printed: string;
  readonly output: ScanOutput;
  readonly end: ScanimageEnd;
}

const ask = async (
  { wiring, clock }: SaneOptions,
  words: readonly string[],
  withinMs: number,
  signal: AbortSignal,
): Promise<Asked> => {
  let printed = "";
  const output = new ScanOutput();
  const end = await runScanimage({
    words,
    commandDir: wiring.commandDir,
    clock,
    silentMs: withinMs,
    signal,
    onStdout: (text) => {
      printed = (printed + text).slice(0, MAX_LISTING_CHARACTERS);
    },
    onStderr: (text) => output.push(text),
  });
  return { printed, output, end };
};

const startFault = ({ errno }: ScanimageEnd, { commandDir }: ScannerWiring): FaultError | null => {
  if (errno === null) return null;
  const why = causeOfCommand(errno, commandDir === "" ? "scanimage" : join(commandDir, "scanimage"));
  const where = commandDir === "" ? "PATH" : commandDir;
  const detail = `no command scanimage on ${where} (${errno}; Debian: sane-utils)`;
  return new FaultError("scanner.absent", detail, why === null ? {} : { why });
};

/** SANE's own words for what else keeps a scanner (sane_strstatus); a libusb name says which node it is. */
const complaintCause = (complaint: string, name: string): Cause | null => {
  const [, bus, device] = /libusb:(\d{3}):(\d{3})/.exec(name) ?? [];
  const at = bus === undefined || device === undefined ? name : `/dev/bus/usb/${bus}/${device}`;
  if (/Device busy/.test(complaint)) return { kind: "busy", at };
  if (/Access to resource has been denied/.test(complaint)) return { kind: "denied", at };
  return null;
};

class SaneScanner implements Scanner {
  readonly fitted = true;
  readonly #options: SaneOptions;
  readonly #scanner: ListedScanner;
  readonly #folder: string;
  readonly #ended = new AbortController();
  readonly #turns = new Turns();
  #setup: ScanSetup = { words: [], dpi: 0 };
  #canEject = false;
  #seenAtMs = 0;

  constructor(options: SaneOptions, scanner: ListedScanner, folder: string) {
    this.#options = options;
    this.#scanner = scanner;
    this.#folder = folder;
  }

  /** A sheet may be in the path since the power went: it is pushed out before anybody puts another in. */
  async begin(signal: AbortSignal): Promise<void> {
    const options = await this.#ask(signal);
    const { dpi, mode } = this.#options.wiring;
    this.#setup = setupFor(options, { dpi, mode });
    this.#canEject = options.has("eject");
    await this.giveBack();
  }

  scan(onSheet: (sheet: Sheet) => void | Promise<void>, signal?: AbortSignal): Promise<number> {
    return this.#turns.take(() => this.#scan(onSheet, signal), signal);
  }

  async giveBack(): Promise<GivenBack> {
    if (!this.#canEject) return "takeOut";
    const { end } = await this.#run(["--dont-scan", "--eject"], new AbortController().signal);
    return end.code === 0 ? "ejected" : "takeOut";
  }

  async health(): Promise<Fault | null> {
    if (this.#ended.signal.aborted) return { code: "scanner.absent", detail: "closed" };
    // A scan under way says more than a question, and SANE opens a scanner once.
    if (this.#turns.busy || this.#options.clock.monotonicMs() - this.#seenAtMs < BELIEVED_MS) return null;
    try {
      const options = await this.#turns.take(() => this.#ask(this.#ended.signal));
      return sensorIsOn(options, "cover-open")
        ? { code: "scanner.coverOpen", detail: "the cover is open" }
        : null;
    } catch (thrown) {
      return toFault(thrown, "scanner.failed");
    }
  }

  async close(): Promise<void> {
    this.#ended.abort(new FaultError("scanner.absent", "the scanner was closed"));
    await this.#turns.over();
  }

  async #scan(onSheet: (sheet: Sheet) => void | Promise<void>, outer?: AbortSignal): Promise<number> {
    const folder = await makePictureFolder(this.#folder, "sheet");
    const batch = new Batch(folder, this.#setup.dpi, this.#options.clock, onSheet);
    const ended = this.#ended.signal;
    const signals = outer === undefined ? [ended, batch.failed] : [ended, outer, batch.failed];
    const signal = AbortSignal.any(signals);
    const output = new ScanOutput();
    try {
      const end = await runScanimage({
        words: this.#words(batch.words(this.#options.wiring.maxSheets), this.#setup.words),
        commandDir: this.#options.wiring.commandDir,
        clock: this.#options.clock,
        silentMs: this.#options.wiring.deadlineMs,
        signal,
        onStdout: (text) => batch.told(text),
        onStderr: (text) => output.push(text),
      });
      const sheets = await batch.done();
      signal.throwIfAborted();
      const fault = await this.#faultOf(end, output, sheets);
      if (fault !== null) throw fault;
      this.#seenAtMs = this.#options.clock.monotonicMs();
      return sheets;
    } catch (thrown) {
      // Nothing lies in the path of a feeder that was found empty.
      if (!(thrown instanceof FaultError && thrown.code === "scanner.feederEmpty")) await this.giveBack();
      throw thrown;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #faultOf(end: ScanimageEnd, output: ScanOutput, sheets: number): Promise<FaultError | null> {
    const missing = startFault(end, this.#options.wiring);
    if (missing !== null) return missing;
    const after = sheets === 0 ? "at the first sheet" : `after ${sheets} sheets`;
    if (end.stalled)
      return new FaultError(
        "scanner.stalled",
        `no sign of life for ${this.#options.wiring.deadlineMs} ms ${after}`,
      );
    const reason = output.reason(end.code);
    if (reason === null || reason === "outOfDocuments")
      return sheets > 0 ? null : new FaultError("scanner.feederEmpty", output.complaint || "no sheet came");
    const what = output.complaint || `scanimage ended with ${end.signal ?? `code ${end.code}`}`;
    const code =
      reason === "jam" && (await this.#wasDoubleFeed()) ? "scanner.doubleFeed" : REASON_FAULT[reason];
    return this.#complained(code, `${what} ${after}`);
  }

  /** SANE has no status for it: backends report a jam, and the scanner's sensor says more. */
  async #wasDoubleFeed(): Promise<boolean> {
    const options = await this.#ask(this.#ended.signal).catch(() => null);
    return options !== null && sensorIsOn(options, "double-feed");
  }

  async #ask(signal: AbortSignal): Promise<ScanOptions> {
    const { printed, output, end } = await this.#run(["--all-options"], signal);
    signal.throwIfAborted();
    const missing = startFault(end, this.#options.wiring);
    if (missing !== null) throw missing;
    if (end.stalled)
      throw new FaultError("scanner.stalled", `did not tell its options in ${ASK_WITHIN_MS} ms`);
    const reason = output.reason(end.code);
    if (reason !== null) {
      const code = reason === "outOfDocuments" ? "scanner.failed" : REASON_FAULT[reason];
      const what = output.complaint || `scanimage ended with ${end.signal ?? `code ${end.code}`}`;
      throw this.#complained(code, what);
    }
    this.#seenAtMs = this.#options.clock.monotonicMs();
    return parseScanOptions(printed);
  }

  #complained(code: FaultCode, detail: string): FaultError {
    const why = complaintCause(detail, this.#scanner.name);
    return new FaultError(code, detail, why === null ? {} : { why });
  }

  #run(words: readonly string[], signal: AbortSignal): Promise<Asked> {
    return ask(this.#options, this.#words(words), ASK_WITHIN_MS, signal);
  }

  #words(...words: readonly (readonly string[])[]): readonly string[] {
    return [`--device-name=${this.#scanner.name}`, ...words.flat()];
  }
}

/** The sheets of one run, handed on one after the other and then gone from memory's folder. */
class Batch {
  readonly #folder: string;
  readonly #dpi: number;
  readonly #clock: Clock;
  readonly #onSheet: (sheet: Sheet) => void | Promise<void>;
  readonly #failure = new AbortController();
  #line = "";
  #count = 0;
  #handing: Promise<void> = Promise.resolve();

  constructor(folder: string, dpi: number, clock: Clock, onSheet: (sheet: Sheet) => void | Promise<void>) {
    this.#folder = folder;
    this.#dpi = dpi;
    this.#clock = clock;
    this.#onSheet = onSheet;
  }

  /** Aborts when a sheet could not be handed on; its reason is why. */
  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  words(maxSheets: number): readonly string[] {
    return [
      "--format=png",
      `--batch=${join(this.#folder, "sheet-%d.png")}`,
      `--batch-count=${maxSheets}`,
      // Each path on stdout once its file is whole; progress on stderr.
      "--batch-print",
      "--progress",
    ];
  }

  told(text: string): void {
    const lines = (this.#line + text).split("\n");
    this.#line = (lines.pop() ?? "").slice(-4_096);
    for (const path of lines) if (dirname(path) === this.#folder) this.#take(path);
  }

  /** Resolves with the number of sheets once all were handed on; rejects with what `onSheet` threw. */
  async done(): Promise<number> {
    await this.#handing;
    return this.#count;
  }

  #take(path: string): void {
    const takenAtMs = this.#clock.monotonicMs();
    this.#handing = this.#handing.then(async () => {
      if (this.#failure.signal.aborted) return;
      try {
        const { size } = await stat(path);
        if (size > MAX_SHEET_BYTES) throw new FaultError("scanner.failed", `a sheet of ${size} bytes`);
        const image = new Uint8Array(await readFile(path));
        await rm(path, { force: true });
        if (!isWholePng(image))
          throw new FaultError("scanner.failed", `a broken picture of ${image.length} bytes`);
        this.#count += 1;
        await this.#onSheet({ image, dpi: this.#dpi, number: this.#count, takenAtMs });
      } catch (thrown) {
        this.#failure.abort(thrown);
      }
    });
  }
}

/** Signature and closing chunk (PNG specification, 5.2 and 11.2.5). */
const isWholePng = (bytes: Uint8Array): boolean => {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return (
    view.subarray(0, 8).equals(Buffer.from("89504e470d0a1a0a", "hex")) &&
    view.subarray(-8, -4).toString("latin1") === "IEND"
  );
};
