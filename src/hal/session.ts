// How is one device object used and asked while it is in service, and what does a verb that failed say of it?
import { TimeoutError, withDeadline } from "../core/clock.js";
import { FAULTS, type Fault, FaultError } from "../core/faults.js";
import type { Device } from "./device.js";
import { PortClosedError } from "./port/byte-port.js";
import type { SuperviseOptions } from "./supervision.js";

export type SessionOptions = Required<
  Pick<
    SuperviseOptions<Device>,
    "part" | "absentFault" | "clock" | "healthWithinMs" | "closeWithinMs" | "wireFaults"
  >
>;

/** What a health question brought. `proven`: it answered, or its wire is known to be gone. */
export interface Answer {
  readonly fault: Fault | null;
  readonly proven: boolean;
}

/** One device object's time in service; `end` aborts with the fault that ended it. */
export class Session<D extends Device> {
  readonly device: D;
  readonly end: AbortController;
  /** Since when it has been asked without an answer; null while it answers. */
  unansweredSinceMs: number | null = null;
  readonly #options: SessionOptions;
  #verbs = 0;
  #hurry: () => void = () => {};

  constructor(device: D, end: AbortController, options: SessionOptions) {
    this.device = device;
    this.end = end;
    this.#options = options;
  }

  /** The next health question comes at once. */
  ask(): void {
    this.#hurry();
  }

  async use<R>(verb: (device: D) => Promise<R>): Promise<R> {
    this.#verbs += 1;
    try {
      const result = await this.#untilGone(verb(this.device));
      // Who does what it is told is there, whatever its health question says.
      if (this.unansweredSinceMs !== null) this.unansweredSinceMs = this.#options.clock.monotonicMs();
      return result;
    } catch (thrown) {
      throw this.#judge(thrown);
    } finally {
      this.#verbs -= 1;
    }
  }

  /** `standing`: the fault it is known to have, asked when it is needed. */
  async askHealth(standing: () => Fault | null): Promise<Answer> {
    const { clock, part, absentFault, healthWithinMs } = this.#options;
    try {
      const fault = await withDeadline(
        clock,
        healthWithinMs,
        `health of the ${part}`,
        () => this.device.health(),
        this.end.signal,
      );
      return { fault, proven: fault?.code.endsWith(".silent") !== true };
    } catch (thrown) {
      // A long print may keep the health question waiting; that is no reason to cut the print.
      if (this.#verbs > 0) return { fault: standing(), proven: true };
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      return { fault: { code: absentFault, detail }, proven: !(thrown instanceof TimeoutError) };
    }
  }

  async untilNextQuestion(ms: number): Promise<void> {
    const ended = this.end.signal;
    const hurry = new AbortController();
    const stop = () => hurry.abort(ended.reason);
    this.#hurry = stop;
    ended.addEventListener("abort", stop, { once: true });
    await this.#options.clock.sleep(ms, hurry.signal).catch(() => {});
    ended.removeEventListener("abort", stop);
  }

  isWire({ code }: Fault): boolean {
    return code === this.#options.absentFault || this.#options.wireFaults.includes(code);
  }

  /** The verb's own end is preferred (a print ends "in doubt"); one that hangs on a gone device is cut. */
  #untilGone<R>(verb: Promise<R>): Promise<R> {
    const { clock, closeWithinMs } = this.#options;
    const gone = this.end.signal;
    return new Promise<R>((resolve, reject) => {
      let timer: unknown = null;
      const onGone = () => {
        timer = clock.setTimeout(() => reject(gone.reason as Error), closeWithinMs);
      };
      gone.addEventListener("abort", onGone, { once: true });
      verb.then(resolve, reject).finally(() => {
        gone.removeEventListener("abort", onGone);
        if (timer !== null) clock.clearTimeout(timer);
      });
    });
  }

  /** What a failed verb means for the device; returns what the caller is told. */
  #judge(thrown: unknown): unknown {
    const told =
      thrown instanceof PortClosedError
        ? new FaultError(this.#options.absentFault, thrown.message, { cause: thrown })
        : thrown;
    if (!(told instanceof FaultError)) return told;
    if (this.isWire(told)) this.end.abort(told);
    else if (FAULTS[told.code].part === this.#options.part) this.ask();
    return told;
  }
}
