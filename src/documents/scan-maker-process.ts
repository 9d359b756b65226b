// What does the process do that draws a scan's pages and hashes them?
import { serveProcess } from "../ml/serve-process.js";
import type { Scan } from "./scan.js";
import { drawScan, prepareSeal } from "./scan-pdf.js";
import type { SignaturePlace } from "./signing.js";

export interface MakeTask {
  readonly scan: Scan;
  /** Bytes for the seal; null: none is wanted. */
  readonly sealRoom: number | null;
}

export interface MadeScan {
  readonly pdf: Uint8Array;
  /** Null: no seal was wanted. */
  readonly seal: (SignaturePlace & { readonly digest: Uint8Array }) | null;
}

serveProcess<MakeTask, MadeScan>({
  fallback: "document.notMade",
  act: async ({ scan, sealRoom }) => {
    const pdf = await drawScan(scan);
    if (sealRoom === null) return { pdf, seal: null };
    const prepared = prepareSeal(pdf, scan, sealRoom);
    return { pdf: prepared.pdf, seal: { byteRange: prepared.byteRange, digest: prepared.digest } };
  },
});
