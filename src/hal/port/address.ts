// What does a port address of the board file mean?
import type { PortAddress } from "./byte-port.js";

export const DEFAULT_BAUD_RATE = 115_200;

export type FlowControl = "none" | "rtscts" | "xonxoff";

export type ParsedAddress =
  | {
      readonly kind: "serial";
      readonly path: string;
      readonly baudRate: number | null;
      readonly flowControl: FlowControl;
    }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "file"; readonly path: string };

const FORMS = "serial:PATH[:BAUD[:rtscts|:xonxoff]], tcp:HOST:PORT, unix:PATH or file:PATH";

const wrong = (address: string, why: string): Error =>
  new Error(`port address "${address}" ${why}; right is ${FORMS}`);

// Only a last part that is all digits is a speed: names under /dev/serial/by-path contain colons themselves.
const SERIAL = /^(.+?)(?::(\d+)(?::(rtscts|xonxoff))?)?$/;

const parseSerial = (address: string, rest: string): ParsedAddress => {
  const [, path = "", baud, flow] = SERIAL.exec(rest) ?? [];
  if (!path.startsWith("/")) throw wrong(address, "needs an absolute path");
  if (/:(rtscts|xonxoff)$/.test(path)) throw wrong(address, "needs the speed before the flow control");
  const baudRate = baud === undefined ? null : Number(baud);
  if (baudRate !== null && (baudRate < 300 || baudRate > 4_000_000))
    throw wrong(address, `has the speed ${baudRate}, outside 300 … 4000000 bits a second`);
  return {
    kind: "serial",
    path,
    baudRate,
    flowControl: flow === "rtscts" || flow === "xonxoff" ? flow : "none",
  };
};

const parseTcp = (address: string, rest: string): ParsedAddress => {
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9A-Fa-f:.%\w]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(rest) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined) throw wrong(address, "needs a host and a port number");
  if (port < 1 || port > 65_535) throw wrong(address, `has the port number ${port}, outside 1 … 65535`);
  return { kind: "tcp", host, port };
};

/** Throws an `Error` that names the address, what is wrong with it and what would be right. */
export const parseAddress = (address: PortAddress): ParsedAddress => {
  const colon = address.indexOf(":");
  const kind = colon < 0 ? address : address.slice(0, colon);
  const rest = colon < 0 ? "" : address.slice(colon + 1);
  switch (kind) {
    case "serial":
      return parseSerial(address, rest);
    case "tcp":
      return parseTcp(address, rest);
    case "unix":
    case "file":
      if (!rest.startsWith("/")) throw wrong(address, "needs an absolute path");
      return { kind, path: rest };
    default:
      throw wrong(address, `is of the unknown kind "${kind}"`);
  }
};
