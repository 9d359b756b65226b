// How sure is the kiosk of a card after reading it?
import type { IdentityLevel } from "../procedures/procedure.js";
import type { CheckName } from "./checks.js";
import type { CardReading } from "./citizen-card.js";

const passed = (reading: CardReading, wanted: CheckName): boolean =>
  reading.checks.some(({ name, verdict }) => name === wanted && verdict === "passed");

/**
 * The highest level that the reading alone supports; the face match is somebody else's. A chip whose issuer is
 * not trusted proves only that it opened with its own key.
 */
export const levelOf = (reading: CardReading): IdentityLevel => {
  if (!passed(reading, "passiveAuthentication")) return "chipRead";
  return passed(reading, "chipAuthentication") ? "notCloned" : "genuine";
};
