// How do papers that were put into the scanner's slot become pages that the citizen can check?
import { type Fault, FaultError, toFault } from "../core/faults.js";
import type { CaptureWish, FedPapers } from "../flows/paper.js";
import { dropPage } from "../flows/personal.js";
import type { Supervised } from "../hal/device.js";
import type { Scanner } from "../hal/scanner/scanner.js";
import { type CaptureProgress, type PaperParts, readPage } from "./papers.js";

export interface SlotParts extends Pick<PaperParts, "reader" | "images"> {
  readonly scanner: Supervised<Scanner>;
}

/** False also while the scanner is away: then nobody is sent to its slot. */
export const slotServes = async ({ scanner }: Pick<SlotParts, "scanner">): Promise<boolean> =>
  scanner.status.state === "ready" && (await scanner.use(async (open) => open.fitted).catch(() => false));

export type FeedProgress = (sheet: number, ...of: Parameters<CaptureProgress>) => void;

/**
 * Feeds and reads sheet after sheet. What cut the batch (a jam, an unreadable sheet) comes with the pages before
 * it, and its sentence tells the citizen to take the papers back; throws only when there is no page at all.
 */
export const feedPapers = async (
  parts: SlotParts,
  wish: CaptureWish,
  onProgress: FeedProgress,
  signal: AbortSignal,
): Promise<FedPapers> => {
  const pages: FedPapers["pages"][number][] = [];
  onProgress(1, "taking", 0);
  const cut = await parts.scanner
    .use((scanner) =>
      scanner.scan(async ({ image, number }) => {
        const { page } = await readPage(
          parts,
          { image, wish, source: "scanner" },
          (...of) => onProgress(number, ...of),
          signal,
        );
        pages.push(page);
        onProgress(number + 1, "taking", 0);
      }, signal),
    )
    .then(
      (): Fault | null => null,
      (thrown: unknown) => {
        // Nobody will look at the pages of a batch that was cancelled.
        if (signal.aborted) pages.forEach(dropPage);
        if (signal.aborted || pages.length === 0 || !(thrown instanceof FaultError)) throw thrown;
        return toFault(thrown);
      },
    );
  return { pages, fault: cut };
};
