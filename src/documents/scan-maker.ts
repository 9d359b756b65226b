// How does the runtime get a sealed PDF of ten pages without standing still for it?
//
// Pages are drawn and hashed in a process of their own; only the hash is signed here, where the key is.
import { FaultError } from "../core/faults.js";
import { WorkProcess } from "../ml/work-process.js";
import { buildCms, sealRoom } from "./cms.js";
import type { Scan, SealingKey } from "./scan.js";
import type { MadeScan, MakeTask } from "./scan-maker-process.js";
import { placeCms } from "./sign.js";

export interface ScanMaker {
  /** As `makeScanPdf`. Rejects with `FaultError` "document.notMade" or "keys.unusable", or with the signal's reason. */
  make(scan: Scan, seal: SealingKey | null, options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /** Ends the process, and with it every pixel that it held. The next scan starts another. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

const MAKING = {
  script: new URL("./scan-maker-process.js", import.meta.url),
  name: "process that makes PDFs",
  loss: "document.notMade",
} as const;

export const createScanMaker = (): ScanMaker => {
  const work = new WorkProcess<MakeTask, MadeScan>(MAKING);
  let closed = false;
  return {
    async make(scan, seal, { signal } = {}) {
      if (closed) throw new FaultError("runtime.internal", "the scan maker is closed");
      const task = { scan, sealRoom: seal === null ? null : sealRoom(seal) };
      const made = await work.run(task, signal === undefined ? {} : { signal });
      // A copy of its own: what came from the process lies in the middle of a message's memory.
      const pdf = new Uint8Array(made.pdf);
      if (seal === null || made.seal === null) return pdf;
      const { cms } = await buildCms(made.seal.digest, seal);
      placeCms(pdf, made.seal, cms);
      return pdf;
    },
    forget: () => work.end(),
    async close() {
      closed = true;
      await work.end();
    },
  };
};
