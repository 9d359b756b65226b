// How does a switch that the kernel reports as an input device (a jack that tells of its plug) look like a pin?
//
// The "pin" is the switch's code (linux/input-event-codes.h): 2 is SW_HEADPHONE_INSERT. Events are the kernel's
// `struct input_event`; on a 64-bit machine 24 bytes: two longs of time, type, code, value. What a switch is at the
// start only an ioctl tells, which Node does not have: until its first event it counts as off.
import { closeSync, constants, openSync, readSync } from "node:fs";
import { causeOfErrno } from "../../core/causes.js";
import type { Clock } from "../../core/clock.js";
import { FaultError } from "../../core/faults.js";
import { errnoOf } from "../port/open-error.js";
import type { Level, LineBus } from "./line-bus.js";

const EVENT_BYTES = 24;
const TYPE_AT = 16;
const CODE_AT = 18;
const VALUE_AT = 20;
/** input-event-codes.h */
const EV_SYN = 0;
const SYN_DROPPED = 3;
const EV_SW = 5;
const EVENTS_A_LOOK = 64;
/** A waiting read would hold one of the four threads that all files share: the device is looked at instead. */
const LOOK_EVERY_MS = 50;
/** A USB sound card that was pulled comes back under the same name. */
const REOPEN_EVERY_MS = 2_000;

/** Throws `FaultError` "lines.absent" when there is no such device, or no permission to read it. */
export const openEvdevBus = (path: string, clock: Clock): LineBus => {
  try {
    return new EvdevBus(path, clock, openDevice(path));
  } catch (cause) {
    const why = causeOfErrno(errnoOf(cause), path);
    const { message } = cause as Error;
    throw new FaultError("lines.absent", `${path}: ${message} (group input?)`, {
      cause,
      ...(why === null ? {} : { why }),
    });
  }
};

const openDevice = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);

class EvdevBus implements LineBus {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #levels = new Map<number, Level>();
  readonly #listeners = new Set<(offset: number, level: Level) => void>();
  readonly #buffer = Buffer.alloc(EVENT_BYTES * EVENTS_A_LOOK);
  /** Null while the device is away: its switches are off, and the other chips of the board go on. */
  #file: number | null;
  #timer: unknown;
  #open = true;

  constructor(path: string, clock: Clock, file: number) {
    this.#path = path;
    this.#clock = clock;
    this.#file = file;
    this.#timer = clock.setTimeout(() => this.#look(), LOOK_EVERY_MS);
  }

  get open(): boolean {
    return this.#open;
  }

  async claimInput(offset: number): Promise<Level> {
    const level = this.#levels.get(offset) ?? 0;
    this.#levels.set(offset, level);
    return level;
  }

  async claimOutput(): Promise<void> {
    throw new Error(`${this.#path} is an input device: it has no outputs`);
  }

  async read(offset: number): Promise<Level> {
    if (!this.#open) throw new Error("the input device is closed");
    return this.#levels.get(offset) ?? 0;
  }

  async set(): Promise<void> {
    throw new Error(`${this.#path} is an input device: it has no outputs`);
  }

  onEdge(listener: (offset: number, level: Level) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#clock.clearTimeout(this.#timer);
    this.#listeners.clear();
    this.#letGo();
  }

  #look(): void {
    if (!this.#open) return;
    if (this.#file === null) this.#reopen();
    else this.#drain(this.#file);
    const again = this.#file === null ? REOPEN_EVERY_MS : LOOK_EVERY_MS;
    this.#timer = this.#clock.setTimeout(() => this.#look(), again);
  }

  #drain(file: number): void {
    try {
      for (;;) {
        const bytes = readSync(file, this.#buffer, 0, this.#buffer.length, null);
        for (let at = 0; at + EVENT_BYTES <= bytes; at += EVENT_BYTES) this.#event(at);
        if (bytes < this.#buffer.length) return;
      }
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "EAGAIN") return;
      // ENODEV: it was pulled. Off is the careful answer.
      this.#letGo();
      this.#allOff();
    }
  }

  #event(at: number): void {
    const type = this.#buffer.readUInt16LE(at + TYPE_AT);
    const code = this.#buffer.readUInt16LE(at + CODE_AT);
    // The kernel lost events: what the switches are now nobody knows.
    if (type === EV_SYN && code === SYN_DROPPED) this.#allOff();
    else if (type === EV_SW) this.#turn(code, this.#buffer.readInt32LE(at + VALUE_AT) === 0 ? 0 : 1);
  }

  #turn(code: number, level: Level): void {
    const before = this.#levels.get(code);
    if (before === undefined || before === level) return;
    this.#levels.set(code, level);
    for (const listener of [...this.#listeners]) listener(code, level);
  }

  #allOff(): void {
    for (const code of [...this.#levels.keys()]) this.#turn(code, 0);
  }

  #letGo(): void {
    if (this.#file === null) return;
    try {
      closeSync(this.#file);
    } catch {
      // It left with its device.
    }
    this.#file = null;
  }

  #reopen(): void {
    try {
      this.#file = openDevice(this.#path);
    } catch {
      // Still away.
    }
  }
}
