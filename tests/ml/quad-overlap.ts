// How much do two quads have in common?
import type { Point, Quad } from "../../src/ml/page/homography.js";

const area = (points: readonly Point[]): number =>
  Math.abs(
    points.reduce((sum, p, i) => {
      const q = points[(i + 1) % points.length] ?? p;
      return sum + p.x * q.y - q.x * p.y;
    }, 0) / 2,
  );

/** The part of a polygon inside a clockwise quad (Sutherland & Hodgman 1974). */
const clipped = (polygon: readonly Point[], quad: Quad): readonly Point[] =>
  quad.reduce<readonly Point[]>((left, a, i) => {
    const b = quad[((i + 1) % 4) as 0];
    const depth = (p: Point): number => (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
    return left.flatMap((p, k) => {
      const q = left[(k + 1) % left.length] ?? p;
      const [dp, dq] = [depth(p), depth(q)];
      const t = dp / (dp - dq);
      const cross = dp >= 0 !== dq >= 0 ? [{ x: p.x + t * (q.x - p.x), y: p.y + t * (q.y - p.y) }] : [];
      return dp >= 0 ? [p, ...cross] : cross;
    });
  }, polygon);

/** Intersection over union, 0 … 1; both clockwise. */
export const overlap = (a: Quad, b: Quad): number => {
  const common = area(clipped(a, b));
  return common / (area(a) + area(b) - common);
};
