// What of the recogniser's words is a rule, a border or an ornament and no writing?
import type { Word } from "../reader.js";
import type { Line } from "./reading-order.js";

/** Upright rules beside lines and between columns; no paper says anything by them. */
const RULE = /^[|¦]+$/;
/** Of the page's median word: a border's pattern is read as a row of letters far lower than any print. */
const LOW = 0.4;
/** And nobody is sure of it. */
const UNSURE = 0.3;

const middleHeight = (words: readonly Word[]): number =>
  words.map(({ box }) => box.h).sort((a, b) => a - b)[words.length >> 1] ?? 0;

/** Words of no text stay: they are writing that nothing reads. */
export const withoutOrnaments = (found: readonly Line[]): readonly Line[] => {
  const letter = middleHeight(found.flat());
  const isOrnament = ({ text, confidence, box }: Word): boolean =>
    RULE.test(text) || (text !== "" && box.h < LOW * letter && confidence < UNSURE);
  return found.map((line) => line.filter((word) => !isOrnament(word))).filter((line) => line.length > 0);
};
