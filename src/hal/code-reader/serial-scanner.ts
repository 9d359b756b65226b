// How does a bar-code and QR scanner on a serial line serve as the kiosk's code reader?
import type { Clock } from "../../core/clock.js";
import { type Fault, FaultError } from "../../core/faults.js";
import type { Log } from "../../core/log.js";
import type { BytePort } from "../port/byte-port.js";
import type { CodeReader } from "./code-reader.js";
import { DETECTED, type Framing, LineFraming, type ScannedLine } from "./line-framing.js";
import { BurstJudge, COMMON_SPEEDS } from "./line-speed.js";
import { Listeners } from "./listeners.js";

export interface SerialScannerOptions {
  readonly port: BytePort;
  readonly clock: Clock;
  readonly log: Log;
  readonly framing?: Framing;
  /** The speed that the port was opened with, where it has one. Bits per second. */
  readonly baudRate?: number;
  /** Tries the common speeds, one after each garbled code, until a good one comes. */
  readonly findSpeed?: boolean;
}

/** At 9600 baud two bytes are 1 ms apart; a USB adapter or a busy board adds some tens. */
const IDLE_MS = 250;
/** A spark on the cable is forgotten; a wrong port speed garbles every code anew. */
const GARBAGE_STANDS_MS = 30_000;
/** A line whose other end is gone says so within this after it was opened. */
const SETTLE_MS = 30;

/** Takes over `port`. Throws `FaultError` "codeReader.absent" when the wire is dead on arrival. */
export const openSerialScanner = async (options: SerialScannerOptions): Promise<CodeReader> => {
  const scanner = new SerialScanner(options);
  await options.clock.sleep(SETTLE_MS);
  try {
    // Nothing is sent; but a wire that was gone before anybody listened says so only to a writer.
    await options.port.write(new Uint8Array(0));
  } catch (thrown) {
    await scanner.close();
    throw new FaultError("codeReader.absent", thrown instanceof Error ? thrown.message : String(thrown));
  }
  return scanner;
};

interface Standing {
  readonly fault: Fault;
  /** When it is forgotten; a wrong speed or encoding stands until a good code comes. */
  readonly untilMs: number;
}

class SerialScanner implements CodeReader {
  readonly watches = false;
  readonly #options: SerialScannerOptions;
  readonly #framing: LineFraming;
  readonly #judge = new BurstJudge();
  readonly #listeners: Listeners;
  #closed: Fault | null = null;
  #standing: Standing | null = null;
  #idleTimer: unknown = null;
  /** What the burst under way has had. */
  #burst = { codes: false, notUtf8: false };
  #baudRate: number | null;
  #tried: number[] = [];

  constructor(options: SerialScannerOptions) {
    this.#options = options;
    this.#framing = new LineFraming(options.framing ?? DETECTED);
    this.#listeners = new Listeners(options.log);
    this.#baudRate = options.baudRate ?? null;
    options.port.onData((chunk) => this.#onData(chunk));
    options.port.onClose((reason) => {
      this.#closed = { code: "codeReader.absent", detail: reason?.message ?? "closed" };
      options.clock.clearTimeout(this.#idleTimer);
    });
  }

  onCode(listener: (text: string) => void): () => void {
    return this.#listeners.add(listener);
  }

  async health(): Promise<Fault | null> {
    if (this.#closed !== null) return this.#closed;
    const standing = this.#standing;
    if (standing === null) return null;
    if (this.#options.clock.monotonicMs() < standing.untilMs) return standing.fault;
    this.#standing = null;
    return null;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#closed ??= { code: "codeReader.absent", detail: "closed" };
    this.#options.clock.clearTimeout(this.#idleTimer);
    await this.#options.port.close().catch(() => {});
  }

  #onData(chunk: Uint8Array): void {
    if (this.#closed !== null) return;
    const { clock } = this.#options;
    clock.clearTimeout(this.#idleTimer);
    this.#judge.hear(chunk);
    this.#take(this.#framing.push(chunk));
    this.#idleTimer = clock.setTimeout(() => this.#onSilence(), IDLE_MS);
  }

  #onSilence(): void {
    this.#take(this.#framing.idle());
    const verdict = this.#judge.verdict(this.#burst);
    this.#burst = { codes: false, notUtf8: false };
    if (verdict === "wrongEncoding")
      this.#stand("codeReader.wrongEncoding", "text that is not UTF-8: Latin-1, GBK or another", null);
    if (verdict === "wrongSpeed") this.#onWrongSpeed();
  }

  #onWrongSpeed(): void {
    const now = this.#baudRate;
    const at = now === null ? "garbled bytes" : `garbled bytes at ${now} bit/s`;
    if (this.#options.findSpeed !== true || now === null) {
      this.#stand("codeReader.wrongSpeed", at, null);
      return;
    }
    this.#tried.push(now);
    let next = COMMON_SPEEDS.find((speed) => !this.#tried.includes(speed));
    if (next === undefined) {
      // All were tried: the scanner may have been set anew meanwhile, so round again.
      this.#tried = [now];
      next = COMMON_SPEEDS.find((speed) => speed !== now) ?? now;
    }
    this.#baudRate = next;
    this.#stand("codeReader.wrongSpeed", `${at}; tried ${this.#tried.join(", ")}, now ${next}`, null);
    this.#options.port.setBaudRate(next).catch((thrown: unknown) => {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.#stand("codeReader.wrongSpeed", `${at}; ${next} bit/s can not be set: ${why}`, null);
    });
  }

  #take(lines: readonly ScannedLine[]): void {
    for (const line of lines) {
      if (line.kind === "garbage") {
        if (line.notUtf8 === true) this.#burst.notUtf8 = true;
        // A fault that says more stays.
        if (this.#standing === null || this.#standing.fault.code === "codeReader.garbage")
          this.#stand("codeReader.garbage", line.why, GARBAGE_STANDS_MS);
      } else {
        this.#burst.codes = true;
        this.#standing = null;
        this.#tried = [];
        this.#listeners.tell(line.text);
      }
    }
  }

  #stand(code: Fault["code"], detail: string, forMs: number | null): void {
    const untilMs = forMs === null ? Number.POSITIVE_INFINITY : this.#options.clock.monotonicMs() + forMs;
    this.#standing = { fault: { code, detail }, untilMs };
  }
}
