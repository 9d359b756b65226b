// What does a port address of the board file mean?
import { CausedError } from "../../core/causes.js";
import type { PortAddress } from "./byte-port.js";
import { parseSelector } from "./usb-nodes.js";

export const DEFAULT_BAUD_RATE = 115_200;

export type FlowControl = "none" | "rtscts" | "xonxoff";

/** A path, or the USB device behind which the path is looked up at each opening. */
export type Place = { readonly path: string } | { readonly usb: string };

export type ParsedAddress =
  | (Place & {
      readonly kind: "serial";
      readonly baudRate: number | null;
      readonly flowControl: FlowControl;
    })
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  | (Place & { readonly kind: "file" });

const FORMS =
  "serial:PATH[:BAUD[:rtscts|:xonxoff]], serial:usb=VID:PID[:SERIAL][@PORT][#INTERFACE][:BAUD…], " +
  "file:PATH, file:usb-lp=VID:PID…, tcp:HOST:PORT or unix:PATH";

const wrong = (address: string, why: string): Error =>
  new CausedError(`port address "${address}" ${why}; right is ${FORMS}`, { kind: "badAddress", at: address });

// Only a last part that is all digits is a speed: names under /dev/serial/by-path contain colons themselves.
const SERIAL = /^(.+?)(?::(\d+)(?::(rtscts|xonxoff))?)?$/;

// A serial number may be all digits ("0001" of a CP2102): a third part is a speed where lines run at it.
const USUAL_SPEEDS: ReadonlySet<string> = new Set(
  [
    300, 600, 1200, 2400, 4800, 9600, 14_400, 19_200, 28_800, 38_400, 57_600, 76_800, 115_200, 128_000,
    230_400,
  ]
    .concat([250_000, 256_000, 460_800, 500_000, 576_000, 921_600, 1e6, 1_152_000, 1.5e6, 2e6, 2.5e6, 3e6])
    .map(String),
);
const USB = /^usb=([^:]*:[^:@#]*)(.*)$/;

const splitUsb = (rest: string): readonly [selector: string, speed: string] => {
  const [, ids = "", tail = ""] = USB.exec(rest) ?? [];
  const [, serial = "", place = "", speed = ""] =
    /^(:[^:@#]+)?((?:@[^:#]+)?(?:#[^:]+)?)((?::.*)?)$/.exec(tail) ?? [];
  const isSpeed = place === "" && USUAL_SPEEDS.has(serial.slice(1)) && !/^:\d/.test(speed);
  return isSpeed ? [ids, serial + speed] : [ids + serial + place, speed];
};

const parsePlace = (address: string, rest: string, prefix: "usb=" | "usb-lp="): Place => {
  if (rest.startsWith(prefix)) {
    const usb = rest.slice(prefix.length);
    if (parseSelector(usb) === null)
      throw wrong(address, "needs vendor and product as four hexadecimal digits each after usb=");
    return { usb };
  }
  if (!rest.startsWith("/")) throw wrong(address, "needs an absolute path");
  return { path: rest };
};

const parseSerial = (address: string, rest: string): ParsedAddress => {
  const [selector, speed] = rest.startsWith("usb=") ? splitUsb(rest) : ["", rest];
  const isUsb = rest.startsWith("usb=");
  // The same rule finds the speed behind a selector as behind a path.
  const [, path = "", baud, flow] = SERIAL.exec(isUsb ? `/${speed}` : speed) ?? [];
  if (isUsb && path !== "/") throw wrong(address, `has "${speed}" where a speed would be right`);
  const place = parsePlace(address, isUsb ? `usb=${selector}` : path, "usb=");
  if (/:(rtscts|xonxoff)$/.test(path)) throw wrong(address, "needs the speed before the flow control");
  const baudRate = baud === undefined ? null : Number(baud);
  if (baudRate !== null && (baudRate < 300 || baudRate > 4_000_000))
    throw wrong(address, `has the speed ${baudRate}, outside 300 … 4000000 bits a second`);
  return {
    kind: "serial",
    ...place,
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
    case "file":
      return { kind, ...parsePlace(address, rest, "usb-lp=") };
    case "unix":
      if (!rest.startsWith("/")) throw wrong(address, "needs an absolute path");
      return { kind, path: rest };
    default:
      throw wrong(address, `is of the unknown kind "${kind}"`);
  }
};
