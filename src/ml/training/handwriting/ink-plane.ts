// How much of each pixel does a polygon cover?
//
// Signed area is accumulated along each edge and summed from left to right, so an edge costs only the pixels that
// it crosses. Where outlines of one direction overlap the sum exceeds one and is cut: that is the non-zero rule as
// far as letters need it.

export class InkPlane {
  readonly #area: Float32Array;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.#area = new Float32Array(width * height + 2);
  }

  /** A closed polygon in pixels, y downwards: x0, y0, x1, y1, … */
  polygon(points: ArrayLike<number>): void {
    const n = points.length;
    let x0 = points[n - 2] ?? 0;
    let y0 = points[n - 1] ?? 0;
    for (let i = 0; i < n; i += 2) {
      const x1 = points[i] as number;
      const y1 = points[i + 1] as number;
      this.#edge(x0, y0, x1, y1);
      x0 = x1;
      y0 = y1;
    }
  }

  /** A pen of round tip drawn along x0, y0, x1, y1, …; every piece runs the same way round, so pieces may overlap. */
  stroke(points: readonly number[], widthPx: number): void {
    const r = widthPx / 2;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i] as number, points[i + 1] as number];
      const disc: number[] = [];
      for (let k = 0; k < 10; k += 1)
        disc.push(x + r * Math.cos((k * Math.PI) / 5), y + r * Math.sin((k * Math.PI) / 5));
      this.polygon(disc);
      if (i + 3 >= points.length) break;
      const [dx, dy] = [(points[i + 2] as number) - x, (points[i + 3] as number) - y];
      const length = Math.hypot(dx, dy);
      if (length < 1e-6) continue;
      const [nx, ny] = [(-dy / length) * r, (dx / length) * r];
      this.polygon([x - nx, y - ny, x + dx - nx, y + dy - ny, x + dx + nx, y + dy + ny, x + nx, y + ny]);
    }
  }

  /** 0 … 1 a pixel. */
  coverage(): Float32Array {
    const { width, height } = this;
    const covered = new Float32Array(width * height);
    for (let y = 0, at = 0; y < height; y += 1) {
      let sum = 0;
      for (let x = 0; x < width; x += 1, at += 1) {
        sum += this.#area[at] as number;
        covered[at] = Math.min(1, Math.abs(sum));
      }
    }
    return covered;
  }

  #edge(ax: number, ay: number, bx: number, by: number): void {
    if (ay === by) return;
    const down = ay < by ? 1 : -1;
    const [x0, y0, x1, y1] = down === 1 ? [ax, ay, bx, by] : [bx, by, ax, ay];
    if (y1 <= 0 || y0 >= this.height) return;
    const slope = (x1 - x0) / (y1 - y0);
    let x = y0 < 0 ? x0 - y0 * slope : x0;
    const last = Math.min(this.height, Math.ceil(y1));
    for (let row = Math.max(0, Math.floor(y0)); row < last; row += 1) {
      const dy = Math.min(row + 1, y1) - Math.max(row, y0);
      const next = x + slope * dy;
      this.#row(row, [Math.min(x, next), Math.max(x, next)], down * dy);
      x = next;
    }
  }

  /** Spreads one row's part of an edge over the pixels between its ends. */
  #row(row: number, [left, right]: readonly [number, number], amount: number): void {
    const { width } = this;
    const area = this.#area;
    if (left >= width) return;
    const base = row * width;
    if (right <= 0) {
      area[base] = (area[base] as number) + amount;
      return;
    }
    const first = Math.max(0, Math.floor(left));
    const last = Math.min(width - 1, Math.ceil(right) - 1);
    const span = right - left;
    let before = 0;
    for (let px = first; px <= last; px += 1) {
      // Of the edge's pieces: those left of this pixel cover it whole, the piece inside it on the average.
      const from = Math.max(left, px);
      const to = Math.min(right, px + 1);
      const until = span < 1e-6 ? 1 : (to - left) / span;
      const part = span < 1e-6 ? 1 : (to - from) / span;
      const covered = until - part + part * (px + 1 - (from + to) / 2);
      area[base + px] = (area[base + px] as number) + amount * (covered - before);
      before = covered;
    }
    if (last + 1 < width) area[base + last + 1] = (area[base + last + 1] as number) + amount * (1 - before);
  }
}
