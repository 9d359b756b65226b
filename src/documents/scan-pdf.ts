// How does a scan become the PDF that the kiosk hands in, sealed or not?
import { FaultError } from "../core/faults.js";
import { buildPdf, openTextFont } from "./build-pdf.js";
import { buildCms, sealRoom } from "./cms.js";
import { bandContent, placePage } from "./page-content.js";
import { qrModules } from "./qr.js";
import type { Scan, SealingKey } from "./scan.js";
import { prepareSignature } from "./sign.js";
import type { PreparedSignature } from "./signing.js";
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

const SEAL_FIELD = "KioskSeal";

/** Where the seal goes: the officer's signatures follow in updates of their own. */
export const prepareSeal = (unsealed: Uint8Array, scan: Scan, reserveBytes: number): PreparedSignature =>
  prepareSignature(unsealed, {
    fieldName: SEAL_FIELD,
    signer: scan.kiosk.id,
    reason: "Quét tại máy, không thay đổi (scanned at this kiosk, unchanged; not a certified copy)",
    location: scan.kiosk.place.vi,
    signedAtMs: scan.scannedAt.epochMs,
    reserveBytes,
  });

/**
 * PDF/A-2b of the scan, with the device's seal (PAdES B-B) when there is a key for it.
 * Throws `FaultError` "document.notMade" or "keys.unusable".
 */
export const makeScanPdf = async (scan: Scan, seal: SealingKey | null): Promise<Uint8Array> => {
  const unsealed = await drawScan(scan);
  if (seal === null) return unsealed;
  const prepared = prepareSeal(unsealed, scan, sealRoom(seal));
  return prepared.finish((await buildCms(prepared.digest, seal)).cms);
};
