// How does a scan become the PDF that the kiosk hands in, sealed or not?
import { FaultError } from "../core/faults.js";
import { buildPdf, openTextFont } from "./build-pdf.js";
import { bandContent, placePage } from "./page-content.js";
import { qrModules } from "./qr.js";
import type { Scan } from "./scan.js";
import { drawNotice } from "./stamp.js";
import { bandLines } from "./wording.js";
import { scanXmp } from "./xmp.js";

/** PDF/A-2b with the notice on every page, unsigned. Throws `FaultError` "document.notMade". */
export const drawScan = async (scan: Scan): Promise<Uint8Array> => {
  if (scan.pages.length === 0) throw new FaultError("document.notMade", "there is no page");
  const font = openTextFont();
  const qr = scan.lookupCode === null ? null : await qrModules(scan.lookupCode);
  const pages = scan.pages.map((page, index) => {
    const placed = placePage(page, true);
    return {
      placed,
      band: bandContent(placed, bandLines(scan, index + 1), font, qr),
      notice: placed.notice === null ? null : drawNotice(font, placed.notice),
    };
  });
  const identity = `${scan.submission} ${scan.kiosk.id} ${scan.scannedAt.epochMs} ${scan.pages.length}`;
  return buildPdf({ pages, font, xmp: scanXmp(scan), identity });
};
