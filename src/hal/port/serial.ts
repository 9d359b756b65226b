// How is a serial line opened and spoken to?
import { SerialPort } from "serialport";
import type { FlowControl } from "./address.js";
import type { BytePort } from "./byte-port.js";
import { openError } from "./open-error.js";
import { Wire } from "./wire.js";

export interface SerialOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly flowControl: FlowControl;
}

// The native binding gives strerror's text without its errno; a driver and a technician want the name.
const ERRNO_BY_TEXT: readonly (readonly [text: string, errno: string])[] = [
  ["No such file or directory", "ENOENT"],
  ["Permission denied", "EACCES"],
  ["Cannot lock port", "EBUSY"],
  ["Device or resource busy", "EBUSY"],
  ["Inappropriate ioctl for device", "ENOTTY"],
  ["No such device or address", "ENXIO"],
  ["No such device", "ENODEV"],
  ["Input/output error", "EIO"],
  ["Is a directory", "EISDIR"],
  ["Not a directory", "ENOTDIR"],
  ["Operation not permitted", "EPERM"],
  ["Too many open files", "EMFILE"],
  ["Too many levels of symbolic links", "ELOOP"],
  ["Invalid argument", "EINVAL"],
];

const failure = (at: string, cause: Error): Error => {
  const { message } = cause;
  const errno = ERRNO_BY_TEXT.find(([text]) => message.includes(text))?.[1] ?? "EUNKNOWN";
  // The binding's own words for a speed that the driver refuses; setting one is also where a file is found out.
  const kind = errno !== "ENOTTY" && /baud rate/i.test(message) ? ("baudRate" as const) : null;
  return openError({ at, errno, message, cause, ...(kind === null ? {} : { kind }) });
};

const UV_READABLE = 1;
const UV_WRITABLE = 2;

interface Poller {
  poll(events?: number): void;
  listenerCount(event: "readable" | "writable"): number;
}

/**
 * @serialport/bindings-cpp 13 asks libuv for the newest wish only (poller.cpp: uv_poll_start with `events`, not
 * `this->events`): a write that flow control holds is forgotten when the next read is waited for, and goes on
 * only when a byte comes in. So each wish is asked for together with the one that is still open.
 */
const pollForBoth = (port: SerialPort): void => {
  const { poller } = (port.port ?? {}) as { readonly poller?: Poller };
  if (poller === undefined) return;
  const poll = poller.poll.bind(poller);
  poller.poll = (events = 0) =>
    poll(
      events |
        (poller.listenerCount("readable") > 0 ? UV_READABLE : 0) |
        (poller.listenerCount("writable") > 0 ? UV_WRITABLE : 0),
    );
};

/** A line that went away is known within this, also when nobody writes. */
const ALIVE_EVERY_MS = 250;

class SerialWire implements BytePort {
  readonly #port: SerialPort;
  readonly #wire: Wire;
  readonly #alive: NodeJS.Timeout;

  constructor(port: SerialPort, wire: Wire) {
    this.#port = port;
    this.#wire = wire;
    pollForBoth(port);
    port.on("data", (chunk: Buffer) => wire.deliver(chunk));
    this.#alive = setInterval(() => this.#askIfAlive(), ALIVE_EVERY_MS);
    wire.onClose(() => clearInterval(this.#alive));
    // An unplugged adapter closes with its disconnect error; a read error without a close would hang us.
    port.on("error", (error: Error) => this.#lost(error));
    port.on("close", (error: Error | null | undefined) => wire.end(error ?? wire.closedError()));
  }

  /**
   * A hung-up line can make the binding read 0 bytes for ever, without a close. Asking for the modem lines
   * disturbs nothing (a new bit rate would throw buffered bytes away): EIO is a line that is gone, ENOTTY one
   * without modem lines.
   */
  #askIfAlive(): void {
    if (!this.#port.isOpen) return;
    this.#port.get((error) => {
      if (error?.message.includes("Input/output error") === true) this.#lost(error);
    });
  }

  #lost(error: Error): void {
    this.#wire.end(error);
    if (this.#port.isOpen) this.#port.close(() => {});
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#wire.handOver((done) => {
      this.#port.write(Buffer.from(bytes), done);
    });
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    return this.#wire.onData(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return this.#wire.onClose(listener);
  }

  setBaudRate(baudRate: number): Promise<void> {
    return this.#wire.handOver((done) => this.#port.update({ baudRate }, done));
  }

  async close(): Promise<void> {
    this.#wire.end(null);
    if (!this.#port.isOpen) return;
    // What still waits in the kernel must not hold the close up when the other side has stopped the flow.
    await new Promise<void>((resolve) => this.#port.flush(() => resolve()));
    await new Promise<void>((resolve) => this.#port.close(() => resolve()));
  }
}

const tryOpen = (options: SerialOptions): Promise<SerialPort> => {
  const { path, baudRate, flowControl } = options;
  const port = new SerialPort({
    path,
    baudRate,
    autoOpen: false,
    rtscts: flowControl === "rtscts",
    xon: flowControl === "xonxoff",
    xoff: flowControl === "xonxoff",
  });
  return new Promise((resolve, reject) => {
    port.open((error) => (error ? reject(error) : resolve(port)));
  });
};

/** A start bit is still found in the middle of each bit at this much too fast or too slow. */
const SPEED_TOLERANCE = 0.04;

/** A driver that can not run a speed does not refuse it: it writes the one that it took back (termios(3)). */
const assertSpeed = async (port: SerialPort, { path, baudRate }: SerialOptions): Promise<void> => {
  const taken = await port.port?.getBaudRate().catch(() => null);
  const rate = taken?.baudRate ?? baudRate;
  if (rate <= 0 || Math.abs(rate / baudRate - 1) <= SPEED_TOLERANCE) return;
  await new Promise<void>((resolve) => port.close(() => resolve()));
  const message = `asked for ${baudRate} baud, it runs at ${rate}`;
  throw openError({ at: path, errno: "EINVAL", message, kind: "baudRate" });
};

/** A read that was under way at the close keeps the lock for an instant longer: the same line, opened again. */
const LOCK_TRIES = 5;
const LOCK_PAUSE_MS = 20;

export const openSerial = async (options: SerialOptions): Promise<BytePort> => {
  for (let tries = 1; ; tries++) {
    try {
      const port = await tryOpen(options);
      await assertSpeed(port, options);
      return new SerialWire(port, new Wire(options.path));
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (tries >= LOCK_TRIES || !error.message.includes("Cannot lock port"))
        throw failure(options.path, error);
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    }
  }
};
