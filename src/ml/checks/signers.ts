// Which papers are signed and sealed, and where on a page does somebody sign?
import type { KnownPaperClass, PaperClass } from "../../core/paper-class.js";
import { fold } from "../fields/match.js";
import type { TextLine } from "../reader.js";
import type { PageInput } from "./page-checks.js";

/** Papers that are worth nothing without a red seal. Insurance cards and land titles bear it elsewhere or in print. */
export const SEALED: ReadonlySet<PaperClass> = new Set<KnownPaperClass>([
  "birthCertificate",
  "diploma",
  "marriageCertificate",
  "householdConfirmation",
  "confirmationLetter",
  "decision",
]);

/** Who signs, as printed over the signature. */
const SIGNERS =
  /\b(chu tich|giam doc|hieu truong|truong phong|pho truong|truong cong an|nguoi ky|uy vien|vien truong|bi thu|chanh an|thu truong|tong giam doc|rector|director|president)\b|^(kt|tm|tl|tuq|q)\b/;

/** The lines that say who signs, below the page's head. */
export const signerLines = ({ lines, words, page }: PageInput): readonly TextLine[] =>
  lines.filter(({ from, to, box }) => {
    if (box.y < page.height * 0.3 || to - from > 8) return false;
    const text = words
      .slice(from, to)
      .map((word) => word.text)
      .join(" ");
    return SIGNERS.test(fold(text));
  });
