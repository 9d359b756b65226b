// Which wire does an address of the board file open?
import { DEFAULT_BAUD_RATE, parseAddress } from "./address.js";
import type { BytePort, PortAddress } from "./byte-port.js";
import { openFile } from "./file.js";
import { openTcp } from "./tcp.js";
import { openUnix } from "./unix.js";

export interface OpenPortOptions {
  /** Used for a serial line whose address names no speed. Bits per second; 115200 when left out. */
  readonly baudRate?: number;
}

/**
 * Opens the wire. Rejects with a plain `Error` that names the path and the errno when it can not be
 * opened, or what is wrong with the address; the driver knows which fault that is.
 */
export const openPort = async (address: PortAddress, options: OpenPortOptions = {}): Promise<BytePort> => {
  const parsed = parseAddress(address);
  switch (parsed.kind) {
    case "serial": {
      // Loaded on need: the native add-on costs start-up time and a kiosk without serial lines has none.
      const { openSerial } = await import("./serial.js");
      return openSerial({
        path: parsed.path,
        baudRate: parsed.baudRate ?? options.baudRate ?? DEFAULT_BAUD_RATE,
        flowControl: parsed.flowControl,
      });
    }
    case "tcp":
      return openTcp(parsed.host, parsed.port);
    case "unix":
      return openUnix(parsed.path);
    case "file":
      return openFile(parsed.path);
  }
};
