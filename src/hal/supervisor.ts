// How does one device come back by itself, without the others or the process noticing?
//
// One loop a device: open → ask its health now and then → (the wire failed) close → wait → open again.
// Invariants: at most one device object is in service at a time, and the next is opened only after the one
// before has let go or was given up; nothing here rejects unobserved; every wait has a bound or ends with
// `close`; a fault of one device never reaches another; quarantine ends by itself when the device holds, and
// at once by `restart` or when it is plugged in anew.
import { EventEmitter, setMaxListeners } from "node:events";
import { withDeadline } from "../core/clock.js";
import { type Fault, FaultError, type Part, toFault } from "../core/faults.js";
import type { Device, DeviceState, DeviceStatus, Supervised } from "./device.js";
import { Flaps } from "./flaps.js";
import { Session } from "./session.js";
import { StatusTeller } from "./status-teller.js";
import { PATIENCE, type PlugEvent, type SuperviseOptions, wireFaultsOf } from "./supervision.js";

export { onEachOpen } from "./on-each-open.js";
export type { Patience, PlugEvent, PlugWatch, SuperviseOptions } from "./supervision.js";

export type SupervisedDevice<D extends Device> = Supervised<D> & {
  /** Ends the loop and closes the device. Safe to call twice; never throws; bounded by `closeWithinMs`. */
  close(): Promise<void>;
};

type Settings<D extends Device> = Required<SuperviseOptions<D>>;

/** Opens the device at once and keeps it open. */
export const supervise = <D extends Device>(options: SuperviseOptions<D>): SupervisedDevice<D> =>
  new Supervisor(options);

/** A device object, and what ends its time. */
interface Arrived<D> {
  readonly device: D;
  readonly end: AbortController;
}

class Supervisor<D extends Device> implements SupervisedDevice<D> {
  readonly part: Part;
  readonly #options: Settings<D>;
  readonly #teller: StatusTeller;
  readonly #flaps: Flaps;
  readonly #unplug: () => void;
  readonly #running: Promise<void>;
  #session: Session<D> | null = null;
  #round = new AbortController();
  #nap = new AbortController();
  #attempt = 0;
  #quarantined = false;
  /** When it was lost or pulled last, or the start. */
  #goneMs: number;
  #dueMs: number;
  #closed = false;

  constructor(options: SuperviseOptions<D>) {
    this.part = options.part;
    this.#options = { ...PATIENCE, wireFaults: wireFaultsOf(options.part), ...options };
    const { part, log, clock, graceMs, flapLimit, plugs } = this.#options;
    this.#teller = new StatusTeller({ part, log, clock, graceMs });
    this.#flaps = new Flaps(flapLimit);
    this.#goneMs = clock.monotonicMs();
    this.#dueMs = this.#goneMs;
    this.#unplug = plugs((event) => this.#onPlug(event));
    this.#running = this.#run();
  }

  get status(): DeviceStatus {
    return this.#teller.status;
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  watch(callback: (status: DeviceStatus) => void): () => void {
    return this.#teller.watch(callback);
  }

  async use<R>(verb: (device: D) => Promise<R>): Promise<R> {
    await this.#teller.settled();
    const session = this.#session;
    if (session === null) throw this.#absentError();
    if (session.end.signal.aborted) throw session.end.signal.reason;
    return session.use(verb);
  }

  async restart(reason: string): Promise<void> {
    if (this.#closed) return;
    this.#release(reason);
    this.#teller.set({ state: "opening" }, "inconclusive", reason);
    this.#round.abort(new Error(`restart: ${reason}`));
    await this.#teller.opened();
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#unplug();
      this.#tellAbsent(this.#fault("closed"), Number.POSITIVE_INFINITY);
      this.#teller.endGrace();
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
    // A plug that is heard from here on ends this round's nap, also one that has not begun.
    this.#nap = new AbortController();
    const opened = await this.#open(signal);
    const fault = "device" in opened ? await this.#serveAndShut(opened, signal) : opened.fault;
    if (signal.aborted) return;
    const retryInMs = this.#nextWaitMs();
    this.#attempt += 1;
    this.#tellAbsent(fault, retryInMs);
    this.#options.log("device.reopen", { device: this.part, attempt: this.#attempt, waitMs: retryInMs });
    await this.#wait(retryInMs, AbortSignal.any([signal, this.#nap.signal]));
  }

  async #open(signal: AbortSignal): Promise<Arrived<D> | { fault: Fault }> {
    const { clock, open, openWithinMs, absentFault } = this.#options;
    this.#waitsFor(openWithinMs);
    let arrived: D | null = null;
    let givenUp = false;
    const attempt = async (opening: AbortSignal): Promise<Arrived<D>> => {
      const device = await open(opening);
      const end = new AbortController();
      // One for each verb under way, and nothing bounds how many callers wait for a slow device.
      setMaxListeners(0, end.signal);
      this.#hearErrors(device, end);
      if (givenUp) await this.#shut(device);
      else arrived = device;
      return { device, end };
    };
    try {
      return await withDeadline(clock, openWithinMs, `opening the ${this.part}`, attempt, signal);
    } catch (thrown) {
      givenUp = true;
      // It arrived in the very instant in which the deadline passed.
      if (arrived !== null) await this.#shut(arrived);
      return { fault: toFault(thrown, absentFault) };
    }
  }

  /** One device object from its arrival to its release; returns what ended it. */
  async #serveAndShut({ device, end }: Arrived<D>, signal: AbortSignal): Promise<Fault> {
    const { clock, stableAfterMs, absentFault } = this.#options;
    const session = new Session(device, end, this.#options);
    const sinceMs = clock.monotonicMs();
    const close = () => end.abort(new FaultError(absentFault, "closed"));
    signal.addEventListener("abort", close, { once: true });
    if (signal.aborted) close();
    const fault = await this.#serve(session, signal);
    signal.removeEventListener("abort", close);
    const now = clock.monotonicMs();
    this.#goneMs = now;
    if (now - sinceMs >= stableAfterMs) this.#attempt = 0;
    if (!signal.aborted) {
      // A line that opens and never answers (its device is switched off) costs nothing and is not flapping.
      if (this.#session !== null) this.#countLoss(now);
      this.#tellAbsent(fault, this.#nextWaitMs());
    }
    this.#session = null;
    await this.#shut(device);
    return fault;
  }

  /** Asks the device how it is until its wire fails; returns what ended it. Never throws. */
  async #serve(session: Session<D>, signal: AbortSignal): Promise<Fault> {
    const { clock, healthEveryMs, healthWithinMs, graceMs, stableAfterMs } = this.#options;
    const ended = session.end.signal;
    const openedMs = clock.monotonicMs();
    while (!ended.aborted) {
      this.#waitsFor(healthWithinMs);
      const { fault, proven } = await session.askHealth(() => this.#standing());
      if (ended.aborted || signal.aborted) break;
      const now = clock.monotonicMs();
      if (fault !== null && session.isWire(fault)) {
        // One that never answered is not in service yet.
        if (proven || this.#session === null) return fault;
        session.unansweredSinceMs ??= now;
        if (now - session.unansweredSinceMs >= graceMs) return fault;
        this.#teller.set(this.status, "inconclusive", fault.detail);
      } else {
        if (this.#quarantined && now - openedMs >= stableAfterMs) this.#release("it holds");
        session.unansweredSinceMs = null;
        this.#session = session;
        this.#teller.set(fault === null ? { state: "ready" } : { state: "faulted", fault }, "connected");
      }
      const unsure = session.unansweredSinceMs !== null;
      const pauseMs = unsure ? Math.min(healthEveryMs, graceMs / 3) : healthEveryMs;
      this.#waitsFor(pauseMs);
      await session.untilNextQuestion(pauseMs);
    }
    return toFault(ended.reason, this.#options.absentFault);
  }

  /** A device that is an emitter and has an error that nobody listens to would end the process (events(3)). */
  #hearErrors(device: D, end: AbortController): void {
    if (!(device instanceof EventEmitter)) return;
    device.on("error", (error: unknown) => {
      const { code, detail } = toFault(error, this.#options.absentFault);
      end.abort(new FaultError(code, detail, { cause: error }));
    });
  }

  /** Never throws; gives up a device that does not let go. */
  async #shut(device: D): Promise<void> {
    const { clock, closeWithinMs } = this.#options;
    this.#waitsFor(closeWithinMs);
    try {
      await withDeadline(clock, closeWithinMs, `closing the ${this.part}`, () => device.close());
    } catch (thrown) {
      this.#options.log("kiosk.error", { where: `closing the ${this.part}`, message: String(thrown) });
    }
  }

  #waitsFor(ms: number): void {
    this.#dueMs = this.#options.clock.monotonicMs() + ms;
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    this.#waitsFor(ms);
    await this.#options.clock.sleep(ms, signal).catch(() => {});
  }

  #nextWaitMs(): number {
    const { retryFirstMs, retryCapMs, quarantineRetryMs, retryJitter, random } = this.#options;
    const wholeMs = this.#quarantined
      ? quarantineRetryMs
      : Math.min(retryCapMs, retryFirstMs * 2 ** Math.min(this.#attempt, 20));
    return Math.round(wholeMs * (1 - retryJitter * random()));
  }

  // Quarantine and plugs

  #countLoss(nowMs: number): void {
    if (!this.#flaps.lost(nowMs) || this.#quarantined) return;
    const { log, flapLimit, quarantineRetryMs } = this.#options;
    this.#quarantined = true;
    log("device.quarantined", {
      device: this.part,
      losses: flapLimit.losses,
      retryInMs: quarantineRetryMs,
    });
  }

  #release(reason: string): void {
    this.#attempt = 0;
    this.#flaps.forget();
    if (!this.#quarantined) return;
    this.#quarantined = false;
    this.#options.log("device.released", { device: this.part, reason });
  }

  #onPlug(event: PlugEvent): void {
    if (this.#closed) return;
    const { clock, graceMs, log } = this.#options;
    if (event === "gone") {
      this.#goneMs = clock.monotonicMs();
      this.#session?.ask();
      return;
    }
    if (this.#session !== null) return;
    // What comes back within a glitch's time is the flapping itself; only a hand takes longer.
    if (this.#quarantined && clock.monotonicMs() - this.#goneMs < graceMs) return;
    log("device.plugged", { device: this.part });
    if (this.#quarantined) this.#release("plugged in anew");
    this.#attempt = 0;
    this.#nap.abort(new Error("plugged in"));
  }

  // Status

  #tellAbsent(fault: Fault, retryInMs: number): void {
    const absent: DeviceState = { state: "absent", fault, retryInMs, quarantined: this.#quarantined };
    this.#teller.set(absent, "disconnected");
  }

  #standing(): Fault | null {
    return this.status.state === "faulted" ? this.status.fault : null;
  }

  #fault(detail: string): Fault {
    return { code: this.#options.absentFault, detail };
  }

  #absentError(): FaultError {
    const { code, detail, why } = "fault" in this.status ? this.status.fault : this.#fault("not open");
    return new FaultError(code, detail, why === undefined ? {} : { why });
  }
}
