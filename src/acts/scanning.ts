// How does each paper become one file that says where and when it was scanned?
//
// A PDF with the device's seal when the kiosk has one, without it otherwise. When no PDF can be made, the pictures
// go as they are: an application is not lost for its wrapping.
import type { Clock } from "../core/clock.js";
import { type Bilingual, toFault } from "../core/faults.js";
import type { Log } from "../core/log.js";
import { Pii } from "../core/pii.js";
import type { Scan, ScanPage, SealingKey } from "../documents/scan.js";
import type { ScanMaker } from "../documents/scan-maker.js";
import type { CapturedPage } from "../flows/paper.js";
import type { Store } from "../store/store.js";
import type { Page } from "../sync/protocol/submission.js";

export interface ScanningParts {
  readonly maker: ScanMaker;
  /** Null: this kiosk has no certificate for its seal. */
  readonly sealKey: () => SealingKey | null;
  readonly kiosk: Scan["kiosk"];
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<Store, "journal">;
}

export interface ScanOrder {
  readonly submission: string;
  readonly paperId: string;
  readonly title: Bilingual;
  readonly pages: readonly CapturedPage[];
  readonly lookupCode: string;
}

const scanPage = (page: CapturedPage): ScanPage => ({
  jpeg: page.jpeg.reveal(),
  widthPx: page.widthPx,
  heightPx: page.heightPx,
  dpi: page.dpi,
  words: page.words.reveal(),
});

const picture = ({ jpeg }: CapturedPage): Pii<Page> =>
  jpeg.map((bytes) => ({ mediaType: "image/jpeg", bytes }));

/** The documents of one paper: one PDF, or else its pictures. Rejects with the signal only. */
export const documentsOf = async (
  parts: ScanningParts | null,
  order: ScanOrder,
  signal: AbortSignal,
): Promise<readonly Pii<Page>[]> => {
  const { submission, paperId, pages } = order;
  if (pages.length === 0) return [];
  if (parts === null) return pages.map(picture);
  const { maker, kiosk, clock, log, store } = parts;
  const told = { submission, paper: paperId, pages: pages.length };
  try {
    const seal = parts.sealKey();
    const wall = clock.wall();
    const scan: Scan = {
      title: order.title,
      pages: pages.map(scanPage),
      kiosk,
      scannedAt: { epochMs: wall.epochMs, trust: wall.trust },
      submission,
      lookupCode: order.lookupCode,
    };
    const pdf = await maker.make(scan, seal, { signal });
    log("submission.scan", { ...told, made: seal === null ? "unsealed" : "sealed" });
    return [new Pii<Page>({ mediaType: "application/pdf", bytes: pdf })];
  } catch (thrown) {
    signal.throwIfAborted();
    const { code, detail } = toFault(thrown);
    // The details of a program error may quote what stood on the paper.
    log("submission.scan", {
      ...told,
      made: "pictures",
      detail: code === "runtime.internal" ? code : detail,
    });
    const intent = store.journal.intent("scan", submission, { paper: paperId, pages: pages.length });
    store.journal.outcome(intent, "failed", code);
    return pages.map(picture);
  }
};
