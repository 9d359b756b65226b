// At which other line speed does a printer answer that is silent at the one it was given?
import type { BytePort } from "../port/byte-port.js";
import type { PrinterLink } from "./link.js";

/** What DIP switches and set-up slips of receipt printers offer, most common first. */
const SPEEDS = [9_600, 19_200, 38_400, 115_200, 57_600] as const;
const ANSWER_MS = 150;

/**
 * Null when none is. Leaves the line at the last speed tried: its owner closes it. The few bytes that a
 * printer reads at a wrong speed wait in its line buffer and are dropped by the next initialisation.
 */
export const answeringSpeed = async (
  link: PrinterLink,
  port: BytePort,
  taken: number,
): Promise<number | null> => {
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
