// Which marked cells of a coarse picture hang together?

export interface Blob {
  readonly cells: readonly number[];
  /** It reaches the picture's edge. */
  readonly atEdge: boolean;
}

/** Connected by sides; largest first. */
export const blobsOf = (marks: Uint8Array, columns: number): readonly Blob[] => {
  const rows = Math.floor(marks.length / columns);
  const seen = new Uint8Array(marks.length);
  const blobs: Blob[] = [];
  for (let start = 0; start < marks.length; start += 1) {
    if (marks[start] !== 1 || seen[start] === 1) continue;
    const cells = [start];
    seen[start] = 1;
    let atEdge = false;
    for (let next = 0; next < cells.length; next += 1) {
      const cell = cells[next] as number;
      const [x, y] = [cell % columns, Math.floor(cell / columns)];
      if (x === 0 || y === 0 || x === columns - 1 || y === rows - 1) atEdge = true;
      for (const [nx, ny] of [
        [x - 1, y],
        [x + 1, y],
        [x, y - 1],
        [x, y + 1],
      ] as const) {
        const other = ny * columns + nx;
        if (nx < 0 || ny < 0 || nx >= columns || ny >= rows || marks[other] !== 1 || seen[other] === 1)
          continue;
        seen[other] = 1;
        cells.push(other);
      }
    }
    blobs.push({ cells, atEdge });
  }
  return blobs.sort((a, b) => b.cells.length - a.cells.length);
};

/** Of the four directions from the blob, in how many there is a mark within `reach` cells of it. */
export const sidesWithMarks = (
  blob: Blob,
  marks: Uint8Array,
  { columns, reach }: { readonly columns: number; readonly reach: number },
): number => {
  const rows = Math.floor(marks.length / columns);
  const own = new Set(blob.cells);
  const found = [false, false, false, false];
  for (const cell of blob.cells) {
    const [x, y] = [cell % columns, Math.floor(cell / columns)];
    for (let d = 1; d <= reach; d += 1) {
      [
        [x - d, y],
        [x + d, y],
        [x, y - d],
        [x, y + d],
      ].forEach(([nx = 0, ny = 0], side) => {
        const other = ny * columns + nx;
        if (nx < 0 || ny < 0 || nx >= columns || ny >= rows || own.has(other)) return;
        if (marks[other] === 1) found[side] = true;
      });
    }
  }
  return found.filter(Boolean).length;
};
