// How does a bar-code and QR scanner on a serial line serve as the kiosk's code reader?
import type { Clock } from "../../core/clock.js";
import { type Fault, FaultError } from "../../core/faults.js";
import type { Log } from "../../core/log.js";
import type { BytePort } from "../port/byte-port.js";
import type { CodeReader } from "./code-reader.js";
import { LineFraming, type ScannedLine } from "./line-framing.js";

export interface SerialScannerOptions {
  readonly port: BytePort;
  readonly clock: Clock;
  readonly log: Log;
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

class SerialScanner implements CodeReader {
  readonly #options: SerialScannerOptions;
  readonly #framing = new LineFraming();
  readonly #listeners = new Set<(text: string) => void>();
  #closed: Fault | null = null;
  #garbage: { readonly fault: Fault; readonly atMs: number } | null = null;
  #idleTimer: unknown = null;

  constructor(options: SerialScannerOptions) {
    this.#options = options;
    options.port.onData((chunk) => this.#onData(chunk));
    options.port.onClose((reason) => {
      this.#closed = { code: "codeReader.absent", detail: reason?.message ?? "closed" };
      options.clock.clearTimeout(this.#idleTimer);
    });
  }

  onCode(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async health(): Promise<Fault | null> {
    if (this.#closed !== null) return this.#closed;
    const garbage = this.#garbage;
    if (garbage === null) return null;
    if (this.#options.clock.monotonicMs() - garbage.atMs < GARBAGE_STANDS_MS) return garbage.fault;
    this.#garbage = null;
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
    this.#take(this.#framing.push(chunk));
    if (!this.#framing.partial) return;
    this.#idleTimer = clock.setTimeout(() => this.#take(this.#framing.idle()), IDLE_MS);
  }

  #take(lines: readonly ScannedLine[]): void {
    for (const line of lines) {
      if (line.kind === "garbage") {
        const fault: Fault = { code: "codeReader.garbage", detail: line.why };
        this.#garbage = { fault, atMs: this.#options.clock.monotonicMs() };
      } else {
        this.#garbage = null;
        this.#tell(line.text);
      }
    }
  }

  #tell(text: string): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(text);
      } catch (thrown) {
        // Its message may quote the code: only the kind of error is logged.
        const message = thrown instanceof Error ? thrown.name : typeof thrown;
        this.#options.log("kiosk.error", { where: "listener of the code reader", message });
      }
    }
  }
}
