// Which papers can be laid on the tray without having one?
import { renderSamplePaper } from "../ml/samples/render.js";
import type { DockSample } from "./world.js";

export interface SamplePaperFile extends DockSample {
  readonly render: () => Promise<Uint8Array>;
}

/** Rendered with made-up people; "photo" means through the camera model, as a phone would take it. */
export const samplePapers = (): readonly SamplePaperFile[] => [
  {
    id: "birth-scan",
    title: "Birth certificate, scan",
    render: () => renderSamplePaper("birthCertificate", 11, { camera: false }),
  },
  {
    id: "diploma-scan",
    title: "Diploma, scan",
    render: () => renderSamplePaper("diploma", 12, { camera: false }),
  },
  {
    id: "birth-photo",
    title: "Birth certificate, phone photo",
    render: () => renderSamplePaper("birthCertificate", 13, { camera: true }),
  },
  {
    id: "diploma-photo",
    title: "Diploma, phone photo",
    render: () => renderSamplePaper("diploma", 14, { camera: true }),
  },
];
