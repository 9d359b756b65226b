// What is printed on a sample paper, and where?
import { birthCertificate } from "./papers/birth-certificate.js";
import { confirmationLetter } from "./papers/confirmation-letter.js";
import { decision } from "./papers/decision.js";
import { diploma } from "./papers/diploma.js";
import { drivingLicence } from "./papers/driving-licence.js";
import { healthInsuranceCard } from "./papers/health-insurance-card.js";
import { householdConfirmation } from "./papers/household-confirmation.js";
import { landUseCertificate } from "./papers/land-use-certificate.js";
import { marriageCertificate } from "./papers/marriage-certificate.js";
import type { SampleKind, SamplePaper } from "./papers/sheet.js";
import { vehicleRegistration } from "./papers/vehicle-registration.js";
import { type Random, seededRandom } from "./random.js";

export { type Item, paperText, type SampleFont, type SampleKind, type SamplePaper } from "./papers/sheet.js";

const PAPERS: Readonly<Record<SampleKind, (random: Random) => SamplePaper>> = {
  birthCertificate,
  diploma,
  marriageCertificate,
  householdConfirmation,
  landUseCertificate,
  drivingLicence,
  vehicleRegistration,
  healthInsuranceCard,
  confirmationLetter,
  decision,
};

/** Apart, so that the same seed does not put one person on every paper. */
const SEED_STEP = 7_000;

/** Lays out one paper of an invented person. The same seed gives the same paper. */
export const layOutPaper = (kind: SampleKind, seed: number): SamplePaper =>
  PAPERS[kind](seededRandom(seed + Object.keys(PAPERS).indexOf(kind) * SEED_STEP));
