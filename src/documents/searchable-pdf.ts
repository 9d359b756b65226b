// How do read pages become one PDF whose text can be searched and copied?
import { createHash } from "node:crypto";
import { FaultError } from "../core/faults.js";
import { buildPdf, openTextFont } from "./build-pdf.js";
import { placePage } from "./page-content.js";
import type { ScanPage } from "./scan.js";
import { plainXmp } from "./xmp.js";

const TITLE = { vi: "Giấy tờ đã quét", en: "Scanned papers" } as const;

/** PDF/A-2b of the pictures alone, each with its words, invisible, where they stand; no band, no seal. */
export const pagesToPdf = async (pages: readonly ScanPage[], atMs = Date.now()): Promise<Uint8Array> => {
  if (pages.length === 0) throw new FaultError("document.notMade", "there is no page");
  const identity = createHash("sha256").update(String(atMs));
  for (const { jpeg } of pages) identity.update(jpeg);
  return buildPdf({
    pages: pages.map((page) => ({ placed: placePage(page, false), band: "", notice: null })),
    font: openTextFont(),
    xmp: plainXmp({ title: TITLE, createdAtMs: atMs, tool: "motcua" }),
    identity: identity.digest("hex"),
  });
};
