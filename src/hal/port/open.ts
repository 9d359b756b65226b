// Which wire does an address of the board file open?
import { DEFAULT_BAUD_RATE, type Place, parseAddress } from "./address.js";
import type { BytePort, PortAddress } from "./byte-port.js";
import { openFile } from "./file.js";
import { openTcp } from "./tcp.js";
import { openUnix } from "./unix.js";
import { resolveUsb, SYSTEM_ROOTS, type SystemRoots, type UsbNodeKind } from "./usb-nodes.js";

export interface OpenPortOptions {
  /** Used for a serial line whose address names no speed. Bits per second; 115200 when left out. */
  readonly baudRate?: number;
  readonly roots?: SystemRoots;
}

/** A USB device is looked up anew at each opening: after a replug it may be another node. */
const pathOf = (place: Place, kind: UsbNodeKind, roots: SystemRoots = SYSTEM_ROOTS): string =>
  "path" in place ? place.path : resolveUsb(kind, place.usb, roots);

/**
 * Opens the wire. Rejects with an `Error` that names the path and the errno when it can not be opened,
 * or what is wrong with the address, and mostly with a `CausedError`; the driver knows which fault that is.
 */
export const openPort = async (address: PortAddress, options: OpenPortOptions = {}): Promise<BytePort> => {
  const parsed = parseAddress(address);
  switch (parsed.kind) {
    case "serial": {
      // Loaded on need: the native add-on costs start-up time and a kiosk without serial lines has none.
      const { openSerial } = await import("./serial.js");
      return openSerial({
        path: pathOf(parsed, "tty", options.roots),
        baudRate: parsed.baudRate ?? options.baudRate ?? DEFAULT_BAUD_RATE,
        flowControl: parsed.flowControl,
      });
    }
    case "tcp":
      return openTcp(parsed.host, parsed.port);
    case "unix":
      return openUnix(parsed.path);
    case "file":
      return openFile(pathOf(parsed, "lp", options.roots));
  }
};
