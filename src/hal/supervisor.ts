// How does one device come back by itself, without the others or the process noticing?
//
// One loop a device: open → ask its health now and then → (the wire failed) close → wait → open again.
// Invariants: at most one device object is open at a time; nothing here rejects unobserved; every wait
// has a bound or ends with `close`; a fault of one device never reaches another.
import { type Clock, withDeadline } from "../core/clock.js";
import { FAULTS, type Fault, type FaultCode, FaultError, type Part, toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import type { Device, DeviceStatus, Supervised } from "./device.js";
import { PortClosedError } from "./port/byte-port.js";
import { StatusTeller } from "./status-teller.js";

export interface SuperviseOptions<D extends Device> {
  readonly part: Part;
  /** What an open that failed with anything but a `FaultError` means. */
  readonly absentFault: FaultCode;
  /** One attempt. The signal ends it; a device that arrives after that is closed again unseen. */
  readonly open: (signal: AbortSignal) => Promise<D>;
  readonly clock: Clock;
  readonly log: Log;
  readonly healthEveryMs: number;
  /** A USB adapter re-enumerates and a PN532 boots well within this. */
  readonly openWithinMs?: number;
  /** `health` must answer also while verbs run; only a device at rest is reopened for not answering. */
  readonly healthWithinMs?: number;
  /** How long a device may take to let go of its wire before it is given up. */
  readonly closeWithinMs?: number;
  /** First wait before a reopen; doubles up to the cap. */
  readonly retryFirstMs?: number;
  readonly retryCapMs?: number;
  /** Only a device that held this long starts again at the first wait; else one that opens and dies flaps. */
  readonly stableAfterMs?: number;
  /** Faults that mean "the wire, reopen it"; by default this part's absent, silent, stalled, failed. */
  readonly wireFaults?: readonly FaultCode[];
}

export type SupervisedDevice<D extends Device> = Supervised<D> & {
  /** Ends the loop and closes the device. Safe to call twice; never throws; bounded by `closeWithinMs`. */
  close(): Promise<void>;
};

const DEFAULTS = {
  openWithinMs: 15_000,
  healthWithinMs: 5_000,
  closeWithinMs: 2_000,
  retryFirstMs: 250,
  retryCapMs: 30_000,
  stableAfterMs: 10_000,
} as const;

const wireFaultsOf = (part: Part): readonly FaultCode[] =>
  (Object.keys(FAULTS) as FaultCode[]).filter(
    (code) => FAULTS[code].part === part && /\.(absent|silent|stalled|failed)$/.test(code),
  );

type Settings<D extends Device> = Required<SuperviseOptions<D>>;

/** Opens the device at once and keeps it open. */
export const supervise = <D extends Device>(options: SuperviseOptions<D>): SupervisedDevice<D> =>
  new Supervisor(options);

/**
 * Attaches to every device object that the supervisor opens (listeners are lost with the old one).
 * `attach` returns its unsubscribe; so does this.
 */
export const onEachOpen = <D extends Device>(
  supervised: Supervised<D>,
  attach: (device: D) => () => void,
): (() => void) => {
  let current: D | null = null;
  let detach: (() => void) | null = null;
  let ended = false;
  const attachTo = async (device: D) => {
    if (ended || device === current) return;
    detach?.();
    current = device;
    detach = attach(device);
  };
  const unwatch = supervised.watch((status) => {
    if (status.state !== "ready" && status.state !== "faulted") return;
    // It may be gone again by now; then the next opening attaches.
    supervised.use(attachTo).catch(() => {});
  });
  return () => {
    ended = true;
    unwatch();
    detach?.();
  };
};

/** One device object's time in service; `end` aborts with the fault that ended it. */
interface Session<D> {
  readonly device: D;
  readonly end: AbortController;
  verbs: number;
  /** Set by a verb that failed: the next health question comes at once. */
  ask: () => void;
}

class Supervisor<D extends Device> implements SupervisedDevice<D> {
  readonly part: Part;
  readonly #options: Settings<D>;
  readonly #teller: StatusTeller;
  readonly #running: Promise<void>;
  #session: Session<D> | null = null;
  #round = new AbortController();
  #attempt = 0;
  #closed = false;

  constructor(options: SuperviseOptions<D>) {
    this.part = options.part;
    this.#options = { ...DEFAULTS, wireFaults: wireFaultsOf(options.part), ...options };
    this.#teller = new StatusTeller(options.part, options.log);
    this.#running = this.#run();
  }

  get status(): DeviceStatus {
    return this.#teller.status;
  }

  watch(callback: (status: DeviceStatus) => void): () => void {
    return this.#teller.watch(callback);
  }

  async use<R>(verb: (device: D) => Promise<R>): Promise<R> {
    await this.#teller.opened();
    const session = this.#session;
    if (session === null) throw this.#absentError();
    if (session.end.signal.aborted) throw session.end.signal.reason;
    session.verbs += 1;
    try {
      return await this.#untilGone(session, verb(session.device));
    } catch (thrown) {
      throw this.#judge(session, thrown);
    } finally {
      session.verbs -= 1;
    }
  }

  async restart(reason: string): Promise<void> {
    if (this.#closed) return;
    this.#attempt = 0;
    this.#teller.set({ state: "opening" }, reason);
    this.#round.abort(new Error(`restart: ${reason}`));
    await this.#teller.opened();
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#teller.set({
        state: "absent",
        fault: this.#fault("closed"),
        retryInMs: Number.POSITIVE_INFINITY,
      });
      this.#round.abort(new Error("closed"));
    }
    await this.#running;
  }

  // The loop

  async #run(): Promise<void> {
    // The caller's constructor and first watchers come before the first attempt.
    await Promise.resolve();
    while (!this.#closed) {
      this.#round = new AbortController();
      try {
        await this.#oneRound(this.#round.signal);
      } catch (thrown) {
        this.#options.log("kiosk.error", { where: `supervisor of ${this.part}`, message: String(thrown) });
        await this.#wait(this.#options.retryCapMs, this.#round.signal);
      }
    }
  }

  /** From one opening to the moment of the next; returns at once when `signal` aborts (restart, close). */
  async #oneRound(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const opened = await this.#open(signal);
    let fault = "fault" in opened ? opened.fault : null;
    let retryInMs = this.#nextWaitMs();
    if ("device" in opened) {
      const session: Session<D> = {
        device: opened.device,
        end: new AbortController(),
        verbs: 0,
        ask: () => {},
      };
      const since = clock.monotonicMs();
      const end = () => session.end.abort(new FaultError(this.#options.absentFault, "closed"));
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) end();
      fault = await this.#serve(session, signal);
      signal.removeEventListener("abort", end);
      if (clock.monotonicMs() - since >= this.#options.stableAfterMs) this.#attempt = 0;
      retryInMs = this.#nextWaitMs();
      if (!signal.aborted) this.#teller.set({ state: "absent", fault, retryInMs });
      this.#session = null;
      await this.#shut(opened.device);
    }
    if (signal.aborted) return;
    this.#attempt += 1;
    this.#teller.set({ state: "absent", fault: fault ?? this.#fault("lost"), retryInMs });
    this.#options.log("device.reopen", { device: this.part, attempt: this.#attempt, waitMs: retryInMs });
    await this.#wait(retryInMs, signal);
  }

  async #open(signal: AbortSignal): Promise<{ device: D } | { fault: Fault }> {
    const { clock, open, openWithinMs, absentFault } = this.#options;
    let arrived: D | null = null;
    let givenUp = false;
    const attempt = async (opening: AbortSignal): Promise<D> => {
      const device = await open(opening);
      if (givenUp) await this.#shut(device);
      else arrived = device;
      return device;
    };
    try {
      return { device: await withDeadline(clock, openWithinMs, `opening the ${this.part}`, attempt, signal) };
    } catch (thrown) {
      givenUp = true;
      // It arrived in the very instant in which the deadline passed.
      if (arrived !== null) await this.#shut(arrived);
      return { fault: toFault(thrown, absentFault) };
    }
  }

  /** Asks the device how it is until its wire fails; returns what ended it. Never throws. */
  async #serve(session: Session<D>, signal: AbortSignal): Promise<Fault> {
    const ended = session.end.signal;
    while (!ended.aborted) {
      const fault = await this.#askHealth(session);
      if (ended.aborted || signal.aborted) break;
      if (fault !== null && this.#isWire(fault)) return fault;
      this.#session = session;
      this.#teller.set(fault === null ? { state: "ready" } : { state: "faulted", fault });
      const hurry = new AbortController();
      const stop = () => hurry.abort(ended.reason);
      session.ask = stop;
      ended.addEventListener("abort", stop, { once: true });
      await this.#wait(this.#options.healthEveryMs, hurry.signal);
      ended.removeEventListener("abort", stop);
    }
    return toFault(ended.reason, this.#options.absentFault);
  }

  async #askHealth(session: Session<D>): Promise<Fault | null> {
    const { clock, healthWithinMs } = this.#options;
    const question = `health of the ${this.part}`;
    try {
      return await withDeadline(
        clock,
        healthWithinMs,
        question,
        () => session.device.health(),
        session.end.signal,
      );
    } catch (thrown) {
      // A long print may keep the health question waiting; that is no reason to cut the print.
      if (session.verbs > 0) return this.status.state === "faulted" ? this.status.fault : null;
      return this.#fault(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  /** Never throws; gives up a device that does not let go. */
  async #shut(device: D): Promise<void> {
    const { clock, closeWithinMs } = this.#options;
    try {
      await withDeadline(clock, closeWithinMs, `closing the ${this.part}`, () => device.close());
    } catch (thrown) {
      this.#options.log("kiosk.error", { where: `closing the ${this.part}`, message: String(thrown) });
    }
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal).catch(() => {});
  }

  #nextWaitMs(): number {
    const { retryFirstMs, retryCapMs } = this.#options;
    return Math.min(retryCapMs, retryFirstMs * 2 ** Math.min(this.#attempt, 20));
  }

  // Verbs

  /** The verb's own end is preferred (a print ends "in doubt"); one that hangs on a gone device is cut. */
  #untilGone<R>(session: Session<D>, verb: Promise<R>): Promise<R> {
    const { clock, closeWithinMs } = this.#options;
    const gone = session.end.signal;
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
  #judge(session: Session<D>, thrown: unknown): unknown {
    const told =
      thrown instanceof PortClosedError
        ? new FaultError(this.#options.absentFault, thrown.message, { cause: thrown })
        : thrown;
    if (!(told instanceof FaultError)) return told;
    if (this.#isWire(told)) session.end.abort(told);
    else if (FAULTS[told.code].part === this.part) session.ask();
    return told;
  }

  #isWire(fault: Fault): boolean {
    return fault.code === this.#options.absentFault || this.#options.wireFaults.includes(fault.code);
  }

  // Status

  #fault(detail: string): Fault {
    return { code: this.#options.absentFault, detail };
  }

  #absentError(): FaultError {
    const fault = "fault" in this.status ? this.status.fault : this.#fault("not open");
    return new FaultError(fault.code, fault.detail);
  }
}
