// Which words, lines and text does a page have, once the recogniser's lines are put in order?
import { mergeLines } from "../merge-lines.js";
import type { Script, TextLine, Word } from "../reader.js";
import type { HandReading } from "./handwriting.js";
import { withoutOrnaments } from "./ornaments.js";
import { around, inReadingOrder, type Line } from "./reading-order.js";
import { handOdds, scriptsOf } from "./script.js";
import type { PageLook } from "./script-features.js";

export interface PageLines {
  /** One row of text a line; without what was written by hand and is not read. */
  readonly text: string;
  /** In reading order; a stretch of handwriting that nothing here reads is one word of no text and no confidence. */
  readonly words: readonly (Word & { readonly line: number })[];
  readonly lines: readonly TextLine[];
  /** 0 … 1, weighted by the length of the words. */
  readonly meanConfidence: number;
}

const meanOf = (words: readonly Word[]): number => {
  const length = words.reduce((sum, { text }) => sum + text.length, 0);
  return length === 0
    ? 0
    : words.reduce((sum, { text, confidence }) => sum + text.length * confidence, 0) / length;
};

interface Run {
  readonly script: Script;
  readonly words: Line;
}

/** Neighbours of one script together; printed words of no text are ink that was no writing. */
const runsOf = (line: Line, scripts: readonly Script[]): readonly Run[] => {
  const runs: { script: Script; words: Word[] }[] = [];
  line.forEach((word, index) => {
    const script = scripts[index] ?? "print";
    if (script === "print" && word.text === "") return;
    const last = runs.at(-1);
    if (last?.script === script) last.words.push(word);
    else runs.push({ script, words: [word] });
  });
  return runs;
};

export type ReadHand = (box: Word["box"]) => Promise<HandReading | null>;

/** What the recogniser made of a hand's letters is dropped: it knows print, and would guess. */
const handWord = async ({ words }: Run, readHand: ReadHand): Promise<Word> => {
  const box = around(words.map((word) => word.box));
  const reading = await readHand(box);
  return { text: reading?.text ?? "", confidence: reading?.confidence ?? 0, box };
};

const pageOf = (ordered: readonly Run[]): PageLines => {
  const words = ordered.flatMap((run, index) => run.words.map((word) => ({ ...word, line: index })));
  let from = 0;
  const lines = ordered.map((run): TextLine => {
    const to = from + run.words.length;
    const made = { box: around(run.words.map(({ box }) => box)), script: run.script, from, to };
    from = to;
    return made;
  });
  const rows = ordered.map((run) => run.words.map(({ text }) => text).join(" "));
  return {
    text: rows.filter((row) => row !== "").join("\n"),
    words,
    lines,
    meanConfidence: meanOf(words),
  };
};

/** `found` are the recogniser's lines; all is taken for print. */
export const layOutLines = (found: readonly Line[]): PageLines =>
  pageOf(inReadingOrder(mergeLines(withoutOrnaments(found))).map((words) => ({ script: "print", words })));

/** The same with print told from handwriting: a line with both becomes a line of each, in reading order. */
export const layOutScripts = async (
  found: readonly Line[],
  look: PageLook,
  readHand: ReadHand,
): Promise<PageLines> => {
  const runs: Run[] = [];
  for (const line of inReadingOrder(mergeLines(withoutOrnaments(found)))) {
    const scripts = scriptsOf(
      line,
      line.map((word) => handOdds(word, look)),
    );
    for (const run of runsOf(line, scripts))
      runs.push(run.script === "hand" ? { ...run, words: [await handWord(run, readHand)] } : run);
  }
  return pageOf(runs);
};
