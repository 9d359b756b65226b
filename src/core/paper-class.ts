// Which papers does the kiosk know by name?

/** In the order of the catalogue of extractors (`src/ml/fields`). */
export const PAPER_CLASSES = [
  "birthCertificate",
  "diploma",
  "marriageCertificate",
  "householdConfirmation",
  "landUseCertificate",
  "drivingLicence",
  "vehicleRegistration",
  "healthInsuranceCard",
  "confirmationLetter",
  "decision",
] as const;

export type KnownPaperClass = (typeof PAPER_CLASSES)[number];

/** "unknown" is an answer: the paper is kept and sent, and nobody claims to have understood it. */
export type PaperClass = KnownPaperClass | "unknown";
