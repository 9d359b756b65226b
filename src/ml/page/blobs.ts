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

/** Whether there are marks within `reach` cells to the left and to the right of the blob, in its own rows. */
export const betweenMarks = (
  blob: Blob,
  marks: Uint8Array,
  { columns, reach }: { readonly columns: number; readonly reach: number },
): boolean => {
  const own = new Set(blob.cells);
  const marked = (cell: number, step: 1 | -1): boolean => {
    const x = cell % columns;
    for (let d = 1; d <= reach && x + d * step >= 0 && x + d * step < columns; d += 1)
      if (marks[cell + d * step] === 1 && !own.has(cell + d * step)) return true;
    return false;
  };
  return blob.cells.some((cell) => marked(cell, -1)) && blob.cells.some((cell) => marked(cell, 1));
};
