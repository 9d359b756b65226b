// How sure is the kiosk of a person after the card and the face were looked at?
import { FaultError } from "../core/faults.js";
import type { IdentityLevel } from "../procedures/procedure.js";
import type { CheckName } from "./checks.js";
import type { CardReading, CheckVerdict } from "./citizen-card.js";

const verdictOf = (reading: CardReading, wanted: CheckName): CheckVerdict | undefined =>
  reading.checks.find(({ name }) => name === wanted)?.verdict;

/** The proofs that the chip is no copy: one of them is enough, and none may fail. */
const CHIP_PROOFS = ["chipAuthentication", "activeAuthentication"] as const satisfies readonly CheckName[];

/** What the face room found; "unsure" is for an officer. */
export interface FaceFinding {
  readonly match: "same" | "different" | "unsure";
  readonly live: boolean;
}

/**
 * The highest level that a reading and a face support. A chip whose issuer is not trusted proves only that it opened
 * with its own key; a face that matches the portrait of a chip that may be a copy proves nothing more.
 */
export const levelOf = (reading: CardReading, face?: FaceFinding): IdentityLevel => {
  if (verdictOf(reading, "passiveAuthentication") !== "passed") return "chipRead";
  const proofs = CHIP_PROOFS.map((name) => verdictOf(reading, name));
  if (proofs.includes("failed")) return "chipRead";
  if (!proofs.includes("passed")) return "genuine";
  return face?.match === "same" && face.live ? "holderPresent" : "notCloned";
};

/** Why the card must not be served at any level, in words; `null` when nothing speaks against it. */
export const refusalOf = (reading: CardReading): FaultError | null => {
  const failed = (wanted: CheckName) =>
    reading.checks.find(({ name, verdict }) => name === wanted && verdict === "failed");
  const forged = failed("passiveAuthentication");
  if (forged !== undefined)
    return new FaultError("card.forged", `passive authentication failed: ${forged.evidence}`);
  for (const name of CHIP_PROOFS) {
    const copied = failed(name);
    const what = name === "chipAuthentication" ? "chip authentication" : "active authentication";
    if (copied !== undefined)
      return new FaultError("card.forged", `a copy: ${what} failed: ${copied.evidence}`);
  }
  const other = failed("qrAgainstChip");
  return other === undefined ? null : new FaultError("card.mismatch", `QR and chip ${other.evidence}`);
};
