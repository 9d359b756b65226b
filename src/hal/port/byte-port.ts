// What does a driver need of a serial line, a USB line printer, a socket or a test wire?

/**
 * A two-way stream of bytes. Failure contract: `write` rejects with `PortClosedError` once the wire is
 * gone and never hangs; after `onClose` has fired no data follows. Opening is the factory's job.
 */
export interface BytePort {
  /** Resolves when the bytes were handed to the wire (not when the device acted on them). */
  write(bytes: Uint8Array): Promise<void>;
  /** One listener per call; chunks arrive in order, with arbitrary boundaries. Returns the unsubscribe. */
  onData(listener: (chunk: Uint8Array) => void): () => void;
  /** Fires once; `reason` is null after a `close()` of ours. Returns the unsubscribe. */
  onClose(listener: (reason: Error | null) => void): () => void;
  /** Changes the line speed where the wire has one; a no-op elsewhere. Bits per second. */
  setBaudRate(baudRate: number): Promise<void>;
  close(): Promise<void>;
}

export class PortClosedError extends Error {
  override readonly name = "PortClosedError";
}

/**
 * Where a byte port is, as written in the board file:
 * `serial:PATH[:BAUD[:rtscts|:xonxoff]]`, `tcp:HOST:PORT`, `unix:PATH` (the simulated board), `file:PATH` (USB line printer).
 * By what it is, whatever its node is called today: `serial:usb=VID:PID[:SERIAL][@PORT][#INTERFACE][:BAUD…]` and
 * `file:usb-lp=VID:PID…`; PORT is the USB port as the kernel names it ("1-1.4") and tells equal adapters apart.
 */
export type PortAddress = string;
