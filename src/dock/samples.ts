// Which papers can be laid on the tray or put into the slot without having one?
import type { KnownPaperClass } from "../core/paper-class.js";
import { fillByHand } from "../ml/samples/handwritten-form.js";
import { layOutPaper } from "../ml/samples/papers.js";
import { seededRandom } from "../ml/samples/random.js";
import { renderPage, renderSamplePaper, scanDpi, scanJpeg } from "../ml/samples/render.js";
import type { DockSample } from "./world.js";

export interface SamplePaperFile extends DockSample {
  readonly render: () => Promise<Uint8Array>;
}

const sample = (kind: KnownPaperClass, id: string, title: string, seed: number): SamplePaperFile => ({
  id,
  title,
  render: () => renderSamplePaper(kind, seed, { camera: id.endsWith("-photo") }),
});

/** A blank that somebody filled in with a pen. */
const byHand = (kind: KnownPaperClass, id: string, title: string, seed: number): SamplePaperFile => ({
  id,
  title,
  render: async () => {
    const blank = layOutPaper(kind, seed);
    const { paper } = fillByHand(blank, seededRandom(seed));
    return scanJpeg(await renderPage(paper, scanDpi(paper)));
  },
});

/** Rendered with made-up people; "photo" means through the camera model, as a phone would take it. */
export const samplePapers = (): readonly SamplePaperFile[] => [
  sample("birthCertificate", "birth-scan", "Birth certificate, scan", 11),
  sample("diploma", "diploma-scan", "Diploma, scan", 12),
  sample("birthCertificate", "birth-photo", "Birth certificate, phone photo", 13),
  sample("diploma", "diploma-photo", "Diploma, phone photo", 14),
  sample("marriageCertificate", "marriage-scan", "Marriage certificate, scan", 15),
  sample("householdConfirmation", "household-scan", "Household confirmation, scan", 16),
  sample("landUseCertificate", "land-scan", "Land-use certificate, scan", 17),
  sample("drivingLicence", "driving-scan", "Driving licence, scan", 18),
  sample("vehicleRegistration", "vehicle-scan", "Vehicle registration, scan", 19),
  sample("healthInsuranceCard", "health-scan", "Health-insurance card, scan", 20),
  sample("confirmationLetter", "letter-scan", "Confirmation letter, scan", 21),
  sample("decision", "decision-scan", "Decision, scan", 22),
  byHand("birthCertificate", "birth-hand", "Birth certificate, filled in by hand", 23),
];
