// Which papers are known?
import { BIRTH_CERTIFICATE } from "./papers/birth-certificate.js";
import { CONFIRMATION_LETTER } from "./papers/confirmation-letter.js";
import { DECISION } from "./papers/decision.js";
import { DIPLOMA } from "./papers/diploma.js";
import { DRIVING_LICENCE } from "./papers/driving-licence.js";
import { HEALTH_INSURANCE_CARD } from "./papers/health-insurance-card.js";
import { HOUSEHOLD_CONFIRMATION } from "./papers/household-confirmation.js";
import { LAND_USE_CERTIFICATE } from "./papers/land-use-certificate.js";
import { MARRIAGE_CERTIFICATE } from "./papers/marriage-certificate.js";
import { VEHICLE_REGISTRATION } from "./papers/vehicle-registration.js";
import type { PaperRule } from "./rule.js";

/** In the order of the classes' own list (`src/core/paper-class.ts`). */
export const PAPERS: readonly PaperRule[] = [
  BIRTH_CERTIFICATE,
  DIPLOMA,
  MARRIAGE_CERTIFICATE,
  HOUSEHOLD_CONFIRMATION,
  LAND_USE_CERTIFICATE,
  DRIVING_LICENCE,
  VEHICLE_REGISTRATION,
  HEALTH_INSURANCE_CARD,
  CONFIRMATION_LETTER,
  DECISION,
];
