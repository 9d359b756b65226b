// What is printed to see that a printer prints well?
import { renderLayout } from "./layout.js";
import type { DotBitmap } from "./printer.js";

export const testSlip = (
  widthDots: number,
  { kioskId, atMs }: { readonly kioskId: string; readonly atMs: number },
): Promise<DotBitmap> =>
  renderLayout(
    [
      {
        kind: "text",
        text: `${kioskId} ${new Date(atMs).toISOString()}`,
        size: "normal",
        align: "centre",
        bold: true,
      },
    ],
    widthDots,
  );
