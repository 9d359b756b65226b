// What does the process do that draws a scan's pages and hashes them?
import { serveProcess } from "../ml/serve-process.js";
import type { Scan } from "./scan.js";
import { drawScan, prepareSeal } from "./scan-pdf.js";
import type { SignaturePlace } from "./signing.js";

export interface MakeTask {
  readonly scan: Scan;
  readonly sealed: boolean;
}

export interface MadeScan {
  readonly pdf: Uint8Array;
  /** Null: no seal was wanted. */
  readonly seal: (SignaturePlace & { readonly digest: Uint8Array }) | null;
}

serveProcess<MakeTask, MadeScan>({
  fallback: "document.notMade",
  act: async ({ scan, sealed }) => {
    const pdf = await drawScan(scan);
    if (!sealed) return { pdf, seal: null };
    const prepared = prepareSeal(pdf, scan);
    return { pdf: prepared.pdf, seal: { byteRange: prepared.byteRange, digest: prepared.digest } };
  },
});
