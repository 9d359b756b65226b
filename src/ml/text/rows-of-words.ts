// Which words stand side by side, whatever order they were read in?
import type { Word } from "../reader.js";

/** From top to bottom, each row from left to right. A word is in a row when it overlaps half of its height. */
export const rowsOfWords = <W extends Pick<Word, "box">>(words: readonly W[]): readonly (readonly W[])[] => {
  const rows: { top: number; bottom: number; readonly words: W[] }[] = [];
  const middle = ({ box }: W): number => box.y + box.h / 2;
  for (const word of [...words].sort((a, b) => middle(a) - middle(b))) {
    const { y, h } = word.box;
    const row = rows
      .slice(-3)
      .find(({ top, bottom }) => Math.min(bottom, y + h) - Math.max(top, y) > Math.min(h, bottom - top) / 2);
    if (row === undefined) rows.push({ top: y, bottom: y + h, words: [word] });
    else row.words.push(word);
  }
  return rows.map((row) => row.words.sort((a, b) => a.box.x - b.box.x));
};
