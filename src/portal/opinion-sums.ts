// What may be shown of the opinions on results, so that few answers do not become somebody's answer?
import type { PortalDb } from "./db/portal-db.js";
import { addFaces, type Faces, facesCount, NO_FACES } from "./ratings.js";

/** Fewer answers than these are added to the others, and not shown while the others are as few. */
export const FEWEST_SHOWN = 5;

export interface OpinionSums {
  /** yyyy-MM, both included: opinions are counted by whole months. */
  readonly months: { readonly from: string; readonly to: string };
  /** Of all that is shown below. */
  readonly all: Faces;
  readonly procedures: readonly { readonly code: string; readonly faces: Faces }[];
  /** Procedures with few answers, together. */
  readonly others: Faces;
}

/** Days as yyyy-MM-dd. */
export const opinionsOver = (
  db: PortalDb,
  period: { readonly from: string; readonly to: string },
): OpinionSums => {
  const months = { from: period.from.slice(0, 7), to: period.to.slice(0, 7) };
  const rows = db
    .prepare(`SELECT procedure_code AS code, stars, sum(count) AS count FROM result_opinions
      WHERE month BETWEEN ? AND ? GROUP BY procedure_code, stars ORDER BY procedure_code`)
    .all(months.from, months.to) as { code: string; stars: number; count: number }[];
  const sums = new Map<string, Faces>();
  for (const { code, stars, count } of rows) {
    const one = NO_FACES.map((_, place) => (place === stars - 1 ? Number(count) : 0)) as unknown as Faces;
    sums.set(code, addFaces(sums.get(code) ?? NO_FACES, one));
  }
  const shown = [...sums].filter(([, faces]) => facesCount(faces) >= FEWEST_SHOWN);
  const few = [...sums].filter(([, faces]) => facesCount(faces) < FEWEST_SHOWN);
  const together = few.reduce((sum, [, faces]) => addFaces(sum, faces), NO_FACES);
  // One procedure alone among the others would be known by what the others are not.
  const others = facesCount(together) >= FEWEST_SHOWN && few.length > 1 ? together : NO_FACES;
  return {
    months,
    all: shown.reduce((sum, [, faces]) => addFaces(sum, faces), others),
    procedures: shown.map(([code, faces]) => ({ code, faces })),
    others,
  };
};
