// How is one answer of a check written down?
import type { Bilingual } from "../../core/faults.js";
import type { Box } from "../reader.js";
import type { CheckId } from "./catalogue.js";
import type { Check } from "./check.js";

export const say = (vi: string, en: string): Bilingual => ({ vi, en });

/** On the page under check; who has several pages puts their number in. */
export const finding = (
  id: CheckId,
  verdict: Check["verdict"],
  sentence: Bilingual,
  box: Box | null = null,
): Check => ({ id, verdict, sentence, page: 0, box });

const RANK = { fail: 0, unsure: 1, pass: 2 } as const;

/** The gravest first, else as found; "pass" only for checks in which nothing else was found. */
export const sorted = (checks: readonly Check[]): readonly Check[] => {
  const doubted = new Set(checks.filter(({ verdict }) => verdict !== "pass").map(({ id }) => id));
  return checks
    .filter(({ id, verdict }) => verdict !== "pass" || !doubted.has(id))
    .toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
};
