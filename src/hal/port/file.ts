// How is a device file, such as a USB line printer's /dev/usb/lp0, written and read?
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { BytePort } from "./byte-port.js";
import { errnoOf, openError } from "./open-error.js";
import { Wire } from "./wire.js";

/**
 * usblp has poll(2), but Node can not poll a character device, and a blocking read would hold a thread
 * of the pool for good and make close() hang: so non-blocking, asked again this often.
 */
const ASK_AGAIN_MS = 20;
const READ_BYTES = 256;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class FileWire implements BytePort {
  readonly #handle: FileHandle;
  readonly #wire: Wire;
  readonly #reading: Promise<void>;
  #writing: Promise<void> = Promise.resolve();

  constructor(handle: FileHandle, wire: Wire) {
    this.#handle = handle;
    this.#wire = wire;
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    while (this.#wire.open) {
      try {
        const { bytesRead } = await this.#handle.read(buffer, 0, READ_BYTES, null);
        if (bytesRead > 0) {
          this.#wire.deliver(buffer.slice(0, bytesRead));
          continue;
        }
      } catch (error) {
        if (errnoOf(error) !== "EAGAIN") this.#wire.end(error as Error);
      }
      await pause(ASK_AGAIN_MS);
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice();
    const mine = this.#writing.then(() => this.#write(copy));
    this.#writing = mine.catch(() => {});
    return mine;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let sent = 0;
    while (sent < bytes.length) {
      if (!this.#wire.open) throw this.#wire.closedError();
      try {
        const { bytesWritten } = await this.#handle.write(bytes, sent, bytes.length - sent, null);
        sent += bytesWritten;
        if (bytesWritten === 0) await pause(ASK_AGAIN_MS);
      } catch (error) {
        // A printer that is out of paper or busy takes no bytes: that is waiting, not the end of the wire.
        if (errnoOf(error) === "EAGAIN") {
          await pause(ASK_AGAIN_MS);
          continue;
        }
        this.#wire.end(error as Error);
        throw this.#wire.closedError(error);
      }
    }
    if (!this.#wire.open) throw this.#wire.closedError();
  }

  onData(listener: (chunk: Uint8Array) => void): () => void {
    return this.#wire.onData(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return this.#wire.onClose(listener);
  }

  async setBaudRate(): Promise<void> {}

  async close(): Promise<void> {
    this.#wire.end(null);
    await this.#reading;
    await this.#writing;
    // The device may be gone already; there is nothing left to release then.
    await this.#handle.close().catch(() => {});
  }
}

export const openFile = async (path: string): Promise<BytePort> => {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (cause) {
    throw openError({ at: path, errno: errnoOf(cause), message: (cause as Error).message, cause });
  }
  // A file that a wrong path made, or a disk: every byte would be "written" and nothing printed.
  const about = await handle.stat();
  if (about.isCharacterDevice() || about.isFIFO()) return new FileWire(handle, new Wire(path));
  await handle.close();
  throw openError({ at: path, errno: "ENOTTY", message: "it is a file, not a device" });
};
