// Which kind of paper is it, or none that is known?
//
// A heading alone proves nothing (a letter may speak of a birth certificate), and a heading lost in glare refutes
// nothing: heading, phrases and labels each bear witness, and the best must be clearly ahead of the second.
import type { KnownPaperClass, PaperClass } from "../../core/paper-class.js";
import { findLabels, labelsOf } from "./labels.js";
import type { Segment } from "./layout.js";
import { findAll, fold, slipsAllowed } from "./match.js";
import { PAPERS } from "./papers.js";
import type { PaperRule } from "./rule.js";

export interface ClassScore {
  readonly paperClass: KnownPaperClass;
  readonly title: number;
  readonly echoes: number;
  readonly labels: number;
  readonly total: number;
}

export interface Classified {
  readonly paperClass: PaperClass;
  /** Best first. */
  readonly scores: readonly ClassScore[];
}

/** A heading read without a slip has 4, and up to 1 more for being long. */
const TITLE = 4;
const LONG_TITLE = 24;
const MOST_ECHOES = 3;
const ALL_LABELS = 4;
/** A heading and something else, or nearly everything else. */
const ENOUGH = 5.5;
/** Without a heading at least so many of the paper's own phrases. */
const ECHOES_WITHOUT_TITLE = 2;
const AHEAD = 1;
const AHEAD_IF_EXPECTED = 0.5;
/** Of the line's letters. */
const TITLE_SHARE = 0.6;
const CAPITAL_SHARE = 0.7;

/** Headings of papers that have the same labels and are something else: applications and the like. */
const OTHER_TITLES = [
  "tờ khai",
  "đơn",
  "phiếu",
  "hợp đồng",
  "giấy ủy quyền",
  "giấy mời",
  "giấy chứng tử",
  "giấy báo tử",
  "trích lục khai tử",
  "biên bản",
  "thông báo",
  "sơ yếu lý lịch",
  "bản cam kết",
].map(fold);

const EVIDENCE = new Map(
  PAPERS.map((rule) => [rule, { titles: rule.titles.map(fold), echoes: rule.echoes.map(fold) }]),
);

const isCapitals = (text: string): boolean => {
  const letters = text.match(/\p{L}/gu) ?? [];
  return letters.filter((letter) => /\p{Lu}/u.test(letter)).length >= CAPITAL_SHARE * letters.length;
};

const lettersOf = (words: readonly string[]): number => words.join("").length;

interface Heading {
  readonly folded: readonly string[];
  readonly text: string;
}

/** Lines in capitals; a heading may be parted by wide blanks, so only their words count. */
const headingsOf = (segments: readonly Segment[]): readonly Heading[] =>
  segments
    .filter(({ script }) => script === "print")
    .map(({ tokens, folded }) => ({ folded, text: tokens.map(({ text }) => text).join(" ") }))
    .filter(({ text }) => isCapitals(text));

const titleScore = (headings: readonly Heading[], title: string): number =>
  Math.max(
    0,
    ...headings.flatMap(({ folded }) =>
      findAll(folded, title, Math.floor(title.length / 5)).map(({ from, to, distance }) => {
        const share = lettersOf(folded.slice(from, to)) / Math.max(1, lettersOf(folded));
        if (share < TITLE_SHARE) return 0;
        return TITLE * (1 - (2 * distance) / title.length) + Math.min(1, title.length / LONG_TITLE);
      }),
    ),
  );

const isOtherPaper = (headings: readonly Heading[]): boolean =>
  headings.some(({ folded }) =>
    OTHER_TITLES.some((title) =>
      findAll(folded, title, title.length < 10 ? 0 : 1).some(({ from }) => from === 0),
    ),
  );

const scoreOf = (segments: readonly Segment[], headings: readonly Heading[], rule: PaperRule): ClassScore => {
  const { titles, echoes: phrases } = EVIDENCE.get(rule) ?? { titles: [], echoes: [] };
  const title = Math.max(0, ...titles.map((text) => titleScore(headings, text)));
  const echoes = phrases.filter((phrase) =>
    segments.some(({ folded }) => findAll(folded, phrase, slipsAllowed(phrase)).length > 0),
  ).length;
  const found = new Set(
    findLabels(segments, labelsOf(rule)).flatMap(({ label, distance }) =>
      distance <= 1 ? label.fields.map(({ key }) => key) : [],
    ),
  );
  const labelled = rule.fields.filter(({ anchors }) => anchors !== undefined).length;
  const witness = Math.min(MOST_ECHOES, echoes);
  const labels = (ALL_LABELS * found.size) / Math.max(1, labelled);
  return { paperClass: rule.paperClass, title, echoes, labels, total: title + witness + labels };
};

const isEnough = ({ title, echoes, total }: ClassScore): boolean =>
  total >= ENOUGH && (title > 0 || echoes >= ECHOES_WITHOUT_TITLE);

/** `expect` only spares the best some of its lead; it makes no other paper the best. */
export const classify = (
  segments: readonly Segment[],
  expect: KnownPaperClass | "any" = "any",
): Classified => {
  const headings = headingsOf(segments);
  const scores = PAPERS.map((rule) => scoreOf(segments, headings, rule)).sort((a, b) => b.total - a.total);
  const [best, second] = scores;
  if (best === undefined || !isEnough(best)) return { paperClass: "unknown", scores };
  const ahead = best.paperClass === expect ? AHEAD_IF_EXPECTED : AHEAD;
  const isClear = second === undefined || best.total - second.total >= ahead;
  // An application for a paper has that paper's labels and even its name.
  if (!isClear || isOtherPaper(headings)) return { paperClass: "unknown", scores };
  return { paperClass: best.paperClass, scores };
};
