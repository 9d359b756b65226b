// What stands at the far end of the printer's wire on the simulated board?
//
// A printer as the ESC/POS reference describes it, with its bad habits: real-time commands act even inside
// image data, an image cut in the middle eats what follows, and a freed knife waits for DLE ENQ.
import { type Clock, SystemClock } from "../../core/clock.js";
import type { BytePort } from "../port/byte-port.js";
import { EscPosInterpreter } from "./escpos-interpreter.js";
import type { SimControl } from "./far-ends.js";
import { PaperRoll } from "./paper-roll.js";
import { RealTimeScanner } from "./real-time-scanner.js";

/** The receive buffer, drained as fast as the head prints. */
export interface SimBuffer {
  readonly bytes: number;
  /**
   * What keeps the host from overrunning it. "xonxoff": bytes on the line, also when off-line. "line": the
   * wire takes no more than `freeBytes` (RTS/CTS, a TCP window, a bulk endpoint). "none": what does not fit is lost.
   */
  readonly flow: "xonxoff" | "line" | "none";
}

export interface PrinterSimOptions {
  readonly widthDots: 384 | 576;
  /** "generic": no process id, no automatic status back, no DLE ENQ. */
  readonly model: "epson" | "generic";
  /** Left out: as fast as the bytes come. */
  readonly rowsPerSecond?: number;
  /** Left out: room for everything. */
  readonly buffer?: SimBuffer;
  /** The time in which rows take theirs; the machine's when left out. */
  readonly clock?: Clock;
}

const bit = (on: boolean, mask: number): number => (on ? mask : 0);
const BUSY_CHECK_MS = 5;
const REAL_TIME_BYTES = 3;
const XON = 0x11;
const XOFF = 0x13;
/** XOFF with this part of the buffer free, XON with that: a host needs a while to obey. */
const STOP_AT_FREE = 0.5;
const GO_AT_FREE = 0.75;

export class PrinterSim {
  readonly control: SimControl["printer"];
  /** Dots that acted as real-time commands; a careful driver keeps it at 0. */
  strayRealTimeCommands = 0;
  /** Bytes that came when the buffer was full; flow control keeps it at 0. */
  lostBytes = 0;
  readonly #options: PrinterSimOptions;
  readonly #roll: PaperRoll;
  readonly #interpreter: EscPosInterpreter;
  readonly #scanner: RealTimeScanner;
  #port: BytePort | null = null;
  #paper: "enough" | "low" | "out" = "enough";
  #coverOpen = false;
  #jammed = false;
  #cutterError = false;
  #hot = false;
  #broken = false;
  #fed = false;
  #stalled = false;
  #stopped = false;
  #plugged = true;
  #autoStatus = false;
  #lastAutoStatus = "";
  #triggers: { rows: number; readonly action: () => void }[] = [];
  readonly #atCut = new Map<"before" | "after", () => void>();
  #nextRowAtMs = 0;
  readonly #clock: Clock;
  #timer: unknown = null;

  constructor(options: PrinterSimOptions) {
    this.#options = options;
    this.#clock = options.clock ?? new SystemClock({ floorMs: 0, synchronised: () => true });
    this.#roll = new PaperRoll(options.widthDots);
    this.#interpreter = this.#makeInterpreter();
    this.#scanner = new RealTimeScanner({
      status: (n) => this.#say(this.#realTimeStatus(n)),
      recover: (clear) => this.#recover(clear),
    });
    this.control = this.#makeControl();
  }

  /** The kiosk plugs in, perhaps again: paper, buffer and a half-received image are as they were. */
  attach(port: BytePort): void {
    // The far end of a real line is the same one each time.
    if (this.#port === port) return;
    this.#port = port;
    port.onData((chunk) => {
      if (this.#port === port && this.#plugged) this.#receive(chunk);
    });
    port.onClose(() => {
      if (this.#port !== port) return;
      this.#port = null;
      this.#roll.markDamaged();
    });
  }

  /** An error that only switching off and on clears: supply voltage, head, board. */
  setBroken(on: boolean): void {
    this.#change(() => {
      if (on) this.#roll.markDamaged();
      this.#broken = on;
    });
  }

  /** A person holds the feed button: off-line without an error. */
  holdFeedButton(on: boolean): void {
    this.#change(() => {
      this.#fed = on;
    });
  }

  /** The board hangs: it says that it is well, and prints nothing. */
  stall(on: boolean): void {
    this.#stalled = on;
    this.#work();
  }

  /** Room in the receive buffer. */
  get freeBytes(): number {
    const { buffer } = this.#options;
    return buffer === undefined ? Number.POSITIVE_INFINITY : buffer.bytes - this.#interpreter.pendingBytes;
  }

  /** Run once, at the next cut. */
  atCut(when: "before" | "after", action: () => void): void {
    this.#atCut.set(when, action);
  }

  /** Off and on: buffer and modes are gone. */
  powerCycle(): void {
    this.#roll.markDamaged();
    this.#interpreter.clear();
    this.#autoStatus = false;
    this.#stopped = false;
  }

  /** What waits for rows that were never burnt is called off. */
  dropTriggers(): void {
    this.#triggers = [];
    this.#atCut.clear();
  }

  /** Ends the wait of a slow head; for the end of a test or of the simulated board. */
  dispose(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#port = null;
  }

  #makeInterpreter(): EscPosInterpreter {
    return new EscPosInterpreter({
      rowBytes: Math.ceil(this.#options.widthDots / 8),
      ready: () => !this.#offline && !this.#stalled && this.#headFree(),
      burn: (row) => this.#burn(row),
      feed: (rows) => this.#roll.feed(rows),
      cut: () => this.#cut(),
      setAutoStatus: (on) => this.#setAutoStatus(on),
      answerProcessId: (id) => {
        if (this.#options.model === "epson") this.#say(Uint8Array.of(0x37, 0x22, ...id, 0));
      },
      transmitStatus: () => this.#say(Uint8Array.of(bit(this.#paper === "low", 0x03))),
      strayRealTimeCommand: () => {
        this.strayRealTimeCommands += 1;
      },
    });
  }

  #makeControl(): SimControl["printer"] {
    const roll = this.#roll;
    return {
      setPaper: (level) => {
        if (level === "out" && this.#paper !== "out") roll.runOut();
        this.#change(() => {
          this.#paper = level;
        });
      },
      setCover: (open) =>
        this.#change(() => {
          if (open) roll.markDamaged();
          // Closing the cover sends a freed knife home, on every model.
          if (!open && !this.#jammed) this.#cutterError = false;
          this.#coverOpen = open;
        }),
      jam: (on) =>
        this.#change(() => {
          this.#jammed = on;
          if (!on && this.#options.model === "generic") this.#cutterError = false;
        }),
      overheat: (on) =>
        this.#change(() => {
          this.#hot = on;
        }),
      setPlugged: (plugged) => {
        if (!plugged) roll.markDamaged();
        this.#plugged = plugged;
      },
      afterRows: (rows, action) => {
        this.#triggers.push({ rows, action });
      },
      get slips() {
        return roll.slips;
      },
      onSlip: (listener) => roll.onSlip(listener),
      clearSlips: () => {
        roll.slips.length = 0;
      },
    };
  }

  get #offline(): boolean {
    const error = this.#cutterError || this.#hot || this.#broken;
    return this.#coverOpen || this.#paper === "out" || this.#fed || error;
  }

  /** The real-time commands of a chunk act at their place in it: what came before is in the buffer already. */
  #receive(chunk: Uint8Array): void {
    let start = 0;
    chunk.forEach((byte, index) => {
      if (!this.#scanner.ends(byte)) return;
      const command = Math.max(start, index + 1 - REAL_TIME_BYTES);
      this.#buffer(chunk.slice(start, command));
      // Acted upon also with a full buffer, and then not kept.
      if (this.freeBytes >= REAL_TIME_BYTES) this.#buffer(chunk.slice(command, index + 1));
      start = index + 1;
      this.#work();
      this.#scanner.act();
    });
    if (start < chunk.length) this.#buffer(chunk.slice(start));
    this.#work();
  }

  #buffer(bytes: Uint8Array): void {
    // What is printed at once needs no room.
    this.#interpreter.work();
    let taken = 0;
    while (taken < bytes.length && this.freeBytes > 0) {
      const piece = bytes.slice(taken, taken + this.freeBytes);
      this.#interpreter.receive(piece);
      this.#interpreter.work();
      taken += piece.length;
    }
    this.lostBytes += bytes.length - taken;
  }

  #work(): void {
    this.#interpreter.work();
    this.#tellFlow();
  }

  #tellFlow(): void {
    const { buffer } = this.#options;
    if (buffer?.flow !== "xonxoff") return;
    const free = this.freeBytes / buffer.bytes;
    const stop = this.#offline || free < (this.#stopped ? GO_AT_FREE : STOP_AT_FREE);
    if (stop === this.#stopped) return;
    this.#stopped = stop;
    this.#say(Uint8Array.of(stop ? XOFF : XON));
  }

  #burn(row: Uint8Array): void {
    this.#roll.burn(row);
    const { rowsPerSecond } = this.#options;
    if (rowsPerSecond !== undefined)
      this.#nextRowAtMs =
        Math.max(this.#nextRowAtMs, this.#clock.monotonicMs() - BUSY_CHECK_MS) + 1_000 / rowsPerSecond;
    for (const trigger of this.#triggers) trigger.rows -= 1;
    const due = this.#triggers.filter((trigger) => trigger.rows <= 0);
    this.#triggers = this.#triggers.filter((trigger) => trigger.rows > 0);
    for (const trigger of due) trigger.action();
  }

  #headFree(): boolean {
    if (this.#options.rowsPerSecond === undefined || this.#clock.monotonicMs() >= this.#nextRowAtMs)
      return true;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = null;
      this.#work();
    }, BUSY_CHECK_MS);
    return false;
  }

  #cut(): void {
    this.#runAtCut("before");
    if (this.#jammed) {
      this.#roll.markDamaged();
      this.#cutterError = true;
      this.#reportChange();
    } else this.#roll.cut();
    this.#runAtCut("after");
  }

  #runAtCut(when: "before" | "after"): void {
    const action = this.#atCut.get(when);
    this.#atCut.delete(when);
    action?.();
  }

  #recover(clear: boolean): void {
    if (this.#options.model === "generic" || !this.#cutterError) return;
    if (clear) this.#interpreter.clear();
    this.#change(() => {
      this.#cutterError = this.#jammed;
    });
  }

  #change(apply: () => void): void {
    apply();
    this.#reportChange();
    this.#work();
  }

  #realTimeStatus(n: number): Uint8Array {
    const out = this.#paper === "out";
    const causes: Readonly<Record<number, number>> = {
      1: bit(this.#offline, 0x08),
      2:
        bit(this.#coverOpen, 0x04) |
        bit(this.#fed, 0x08) |
        bit(out, 0x20) |
        bit(this.#cutterError || this.#hot || this.#broken, 0x40),
      3: bit(this.#cutterError, 0x08) | bit(this.#broken, 0x20) | bit(this.#hot, 0x40),
      4: bit(out || this.#paper === "low", 0x0c) | bit(out, 0x60),
    };
    return Uint8Array.of(0x12 | (causes[n] ?? 0));
  }

  #setAutoStatus(on: boolean): void {
    if (this.#options.model === "generic") return;
    this.#autoStatus = on;
    this.#lastAutoStatus = "";
    this.#reportChange();
  }

  #reportChange(): void {
    if (!this.#autoStatus) return;
    const out = this.#paper === "out";
    const bytes = Uint8Array.of(
      0x10 | bit(this.#offline, 0x08) | bit(this.#coverOpen, 0x20) | bit(this.#fed, 0x40),
      bit(this.#cutterError, 0x08) | bit(this.#broken, 0x20) | bit(this.#hot, 0x40),
      bit(out || this.#paper === "low", 0x03) | bit(out, 0x0c),
      0x0f,
    );
    if (bytes.join() === this.#lastAutoStatus) return;
    this.#lastAutoStatus = bytes.join();
    this.#say(bytes);
  }

  #say(bytes: Uint8Array): void {
    if (!this.#plugged) return;
    // A kiosk that hung up does not hear it; the printer does not mind.
    this.#port?.write(bytes).catch(() => {});
  }
}
