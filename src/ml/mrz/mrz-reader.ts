// How does the runtime get the letters of a card's machine-readable zone out of a camera's frames?
import { type WorkOptions, WorkProcess } from "../work-process.js";
import type { MrzAnswer, MrzTask } from "./mrz-process.js";
import type { ReadZone } from "./read-zone.js";

export interface MrzReader {
  /** Looks for a zone on one frame; `null` when there is none. Throws "paper.unreadable" or the signal's reason. */
  read(frame: Uint8Array, options?: WorkOptions): Promise<ReadZone | null>;
  /** Ends the process, and with it every picture. */
  close(): Promise<void>;
}

/** Nothing runs before the first frame. */
export const createMrzReader = (): MrzReader => {
  const work = new WorkProcess<MrzTask, MrzAnswer>({
    script: new URL("./mrz-process.js", import.meta.url),
    name: "reader of machine-readable zones",
    loss: "paper.unreadable",
  });
  return {
    read: async (frame, options = {}) => (await work.run({ frame }, options)).zone,
    close: () => work.end(),
  };
};
