// At which other line speed does a printer answer that is silent at the one it was given?
import { FaultError } from "../../core/faults.js";
import { DEFAULT_BAUD_RATE, parseAddress } from "../port/address.js";
import type { BytePort, PortAddress } from "../port/byte-port.js";
import type { PrinterLink } from "./link.js";

/** What DIP switches and set-up slips of receipt printers offer, most common first. */
const SPEEDS = [9_600, 19_200, 38_400, 115_200, 57_600] as const;
const ANSWER_MS = 150;

/**
 * Null when none is. Leaves the line at the last speed tried: its owner closes it. The few bytes that a
 * printer reads at a wrong speed wait in its line buffer and are dropped by the next initialisation.
 */
const answeringSpeed = async (link: PrinterLink, port: BytePort, taken: number): Promise<number | null> => {
  for (const speed of SPEEDS.filter((other) => other !== taken)) {
    try {
      await port.setBaudRate(speed);
      // Two answers: one byte of noise looks like a status one time in eight.
      await link.ask(1, ANSWER_MS);
      await link.ask(4, ANSWER_MS);
      await link.assertPrinter(0);
      return speed;
    } catch {
      // Not this one; also a speed that the adapter can not run.
    }
  }
  return null;
};

/** Tells a technician the number to write into kiosk.toml; null where there is none, or no speed at all. */
export const otherSpeed = async (line: {
  readonly link: PrinterLink;
  readonly port: BytePort;
  readonly address: PortAddress;
}): Promise<FaultError | null> => {
  const { link, port, address } = line;
  const place = parseAddress(address);
  if (place.kind !== "serial") return null;
  const taken = place.baudRate ?? DEFAULT_BAUD_RATE;
  const found = await answeringSpeed(link, port, taken);
  if (found === null) return null;
  const detail = `silent at ${taken} bit/s, it answers at ${found} bit/s`;
  return new FaultError("printer.silent", detail, { why: { kind: "wrongSpeed", at: address } });
};
