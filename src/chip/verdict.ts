// What can a check answer, and in which words?
import type { CheckVerdict } from "./citizen-card.js";

export interface Verdict {
  readonly verdict: CheckVerdict;
  /** Technical, without any value of the holder. */
  readonly evidence: string;
}

export const passed = (evidence: string): Verdict => ({ verdict: "passed", evidence });
export const failed = (evidence: string): Verdict => ({ verdict: "failed", evidence });
export const notTrusted = (evidence: string): Verdict => ({ verdict: "notTrusted", evidence });
export const notSupported = (evidence: string): Verdict => ({ verdict: "notSupported", evidence });
export const notDone = (evidence: string): Verdict => ({ verdict: "notDone", evidence });
