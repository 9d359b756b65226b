// Which words, lines and text does a page have, once the recogniser's lines are put in order?
import type { SeenLine } from "../handwriting/reader.js";
import { mergeLines } from "../merge-lines.js";
import type { Script, TextLine, Word } from "../reader.js";
import { withoutOrnaments } from "./ornaments.js";
import { around, inReadingOrder, type Line } from "./reading-order.js";
import { handOdds, scriptsOf } from "./script.js";
import type { PageLook } from "./script-features.js";

/** A stretch of handwriting that a model looked at. */
export interface HandPlace {
  readonly box: Word["box"];
  readonly seen: SeenLine;
}

export interface PageLines {
  /** One row of text a line; without what was written by hand and is not read. */
  readonly text: string;
  /** In reading order; a stretch of handwriting that nothing here reads is one word of no text and no confidence. */
  readonly words: readonly (Word & { readonly line: number })[];
  readonly lines: readonly TextLine[];
  readonly hand: readonly HandPlace[];
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
  /** Of handwriting that a model looked at. */
  readonly seen?: SeenLine;
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

export interface LookAtHand {
  /** The whole of a stretch of handwriting, `printed` being the page's printed words. */
  stretch(box: Word["box"], printed: readonly Word["box"][]): Word["box"];
  /** Null: nothing here reads handwriting. */
  look(box: Word["box"]): Promise<SeenLine | null>;
}

/** What the recogniser made of a hand's letters is dropped: it knows print, and would guess. */
const handRun = async (run: Run, printed: readonly Word["box"][], hand: LookAtHand): Promise<Run> => {
  const box = hand.stretch(around(run.words.map((word) => word.box)), printed);
  const seen = await hand.look(box);
  const reading = seen?.read("text");
  const { text, confidence } = reading?.sure === true ? reading : { text: "", confidence: 0 };
  return { script: "hand", words: [{ text, confidence, box }], ...(seen === null ? {} : { seen }) };
};

const handOf = (seen: SeenLine | undefined): Pick<TextLine, "hand"> => {
  if (seen === undefined) return {};
  const { text, confidence, letters, sure } = seen.read("text");
  return { hand: sure ? { text, confidence, letters, sure } : { text: "", confidence, letters: [], sure } };
};

const pageOf = (ordered: readonly Run[]): PageLines => {
  const words = ordered.flatMap((run, index) => run.words.map((word) => ({ ...word, line: index })));
  let from = 0;
  const lines = ordered.map((run): TextLine => {
    const to = from + run.words.length;
    const box = around(run.words.map((word) => word.box));
    const made = { box, script: run.script, from, to, ...handOf(run.seen) };
    from = to;
    return made;
  });
  const rows = ordered.map((run) => run.words.map(({ text }) => text).join(" "));
  return {
    text: rows.filter((row) => row !== "").join("\n"),
    words,
    lines,
    hand: ordered.flatMap(({ words: [word], seen }) =>
      seen === undefined || word === undefined ? [] : [{ box: word.box, seen }],
    ),
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
  lookAtHand: LookAtHand,
): Promise<PageLines> => {
  const parted: Run[] = [];
  for (const line of inReadingOrder(mergeLines(withoutOrnaments(found)))) {
    const scripts = scriptsOf(
      line,
      line.map((word) => handOdds(word, look)),
    );
    parted.push(...runsOf(line, scripts));
  }
  const printed = parted.flatMap(({ script, words }) =>
    script === "print" ? words.map(({ box }) => box) : [],
  );
  const runs: Run[] = [];
  for (const run of parted) runs.push(run.script === "hand" ? await handRun(run, printed, lookAtHand) : run);
  return pageOf(runs);
};
