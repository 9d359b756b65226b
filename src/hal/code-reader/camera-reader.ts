// How does a camera's preview serve as the kiosk's code reader?
import { createHash } from "node:crypto";
import type { Clock } from "../../core/clock.js";
import { type Fault, toFault } from "../../core/faults.js";
import type { Log } from "../../core/log.js";
import type { Camera, Frame, PreviewOptions } from "../camera/camera.js";
import type { Supervised } from "../device.js";
import type { CodeReader } from "./code-reader.js";
import { Decoder } from "./decoder.js";
import { decodeCode } from "./line-framing.js";
import { Listeners } from "./listeners.js";

export interface CameraReaderOptions {
  readonly camera: Supervised<Camera>;
  readonly preview: PreviewOptions;
  readonly clock: Clock;
  readonly log: Log;
}

/** A code that stays in view is told once; taken away for so long and shown again, once more. */
const GONE_AFTER_MS = 2_500;
/** Decoding may take this share of one core at most. */
const DECODE_SHARE = 0.4;
/** The camera's supervisor reopens it; asking more often gains nothing. */
const AGAIN_AFTER_MS = 1_000;
/** Thread failures in a row after which it is said. */
const FAILURES_TO_SAY = 3;

/** Watches only while somebody listens. */
export const openCameraReader = (options: CameraReaderOptions): CodeReader => new CameraReader(options);

class CameraReader implements CodeReader {
  readonly watches = true;
  readonly #options: CameraReaderOptions;
  readonly #decoder: Decoder;
  readonly #listeners: Listeners;
  /** Digest of each code in view and when it was seen last: the codes themselves are not kept. */
  readonly #inView = new Map<string, number>();
  #watching: { readonly leave: AbortController; readonly ended: Promise<void> } | null = null;
  #decoding = false;
  #restUntilMs = 0;
  #failures = 0;
  #fault: Fault | null = null;
  #closed = false;

  constructor(options: CameraReaderOptions) {
    this.#options = options;
    this.#decoder = new Decoder(options.clock);
    this.#listeners = new Listeners(options.log, (count) => this.#onCount(count));
  }

  onCode(listener: (text: string) => void): () => void {
    if (this.#closed) return () => {};
    return this.#listeners.add(listener);
  }

  async health(): Promise<Fault | null> {
    if (this.#closed) return { code: "codeReader.absent", detail: "closed" };
    const { status } = this.#options.camera;
    if (status.state === "absent")
      return {
        code: "codeReader.absent",
        detail: `its camera: ${status.fault.code}: ${status.fault.detail}`,
      };
    return this.#fault;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    await this.#watching?.ended;
    await this.#decoder.end();
  }

  #onCount(count: number): void {
    if (count > 0 && this.#watching === null) {
      const leave = new AbortController();
      this.#watching = { leave, ended: this.#watch(leave.signal) };
    } else if (count === 0) this.#watching?.leave.abort(new Error("nobody listens"));
  }

  /** Until nobody listens; never rejects. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { camera, clock, preview } = this.#options;
    while (!signal.aborted) {
      try {
        await camera.use((open) => open.preview((frame) => this.#onFrame(frame, signal), preview, signal));
      } catch (thrown) {
        this.#fault = { code: "codeReader.garbage", detail: `its camera: ${toFault(thrown).detail}` };
        await clock.sleep(AGAIN_AFTER_MS, signal).catch(() => {});
      }
    }
    this.#watching = null;
    this.#inView.clear();
    await this.#decoder.end();
    // Somebody came while the last one left.
    if (this.#listeners.count > 0 && !this.#closed) this.#onCount(this.#listeners.count);
  }

  #onFrame({ jpeg }: Frame, signal: AbortSignal): void {
    const began = this.#options.clock.monotonicMs();
    if (this.#failures === 0) this.#fault = null;
    if (this.#decoding || began < this.#restUntilMs) return;
    this.#decoding = true;
    this.#decoder
      .decode(jpeg)
      .then(
        (codes) => {
          this.#failures = 0;
          if (!signal.aborted) this.#take(codes);
        },
        (thrown: unknown) => {
          this.#failures += 1;
          const detail = thrown instanceof Error ? thrown.message : String(thrown);
          if (this.#failures >= FAILURES_TO_SAY && !signal.aborted)
            this.#fault = { code: "codeReader.garbage", detail };
        },
      )
      .finally(() => {
        this.#decoding = false;
        const now = this.#options.clock.monotonicMs();
        this.#restUntilMs = now + (now - began) * (1 / DECODE_SHARE - 1);
      });
  }

  #take(codes: readonly Uint8Array[]): void {
    const now = this.#options.clock.monotonicMs();
    for (const [seen, atMs] of this.#inView) if (now - atMs > GONE_AFTER_MS) this.#inView.delete(seen);
    for (const code of codes) {
      const digest = createHash("sha256").update(code).digest("base64");
      const held = this.#inView.has(digest);
      this.#inView.set(digest, now);
      if (held) continue;
      const line = decodeCode(code);
      if (line.kind === "code") this.#listeners.tell(line.text);
      else this.#fault = { code: "codeReader.wrongEncoding", detail: line.why };
    }
  }
}
