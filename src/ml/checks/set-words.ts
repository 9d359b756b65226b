// Which words and digits of a page were set otherwise than their surroundings?
import type { TextLine, Word } from "../reader.js";
import { stepsOf } from "./baseline.js";
import type { Check } from "./check.js";
import { checkDigits } from "./digits.js";
import { oddFaces } from "./faces.js";
import { finding, say } from "./finding.js";
import { kinshipsOf, rememberingAlike } from "./kin.js";
import { oddRuns } from "./lettering.js";
import { lettersOn } from "./letters.js";
import type { Planes } from "./planes.js";
import { boxAround, type Segment, segmentsOf } from "./segments.js";

interface Doubted {
  readonly words: Segment;
  readonly verdict: "fail" | "unsure";
}

/** More than this come of the picture or of the form, not of a forger. */
const MOST = 3;

const softened = <T extends Doubted>(all: readonly T[]): readonly T[] =>
  all.length > MOST ? all.slice(0, MOST).map((one) => ({ ...one, verdict: "unsure" as const })) : all;

const meet = (a: Doubted, b: Doubted): boolean => a.words.some((word) => b.words.includes(word));

/** Two weak reasons for the same words are a strong one. */
const confirmed = <T extends Doubted>(one: T, others: readonly Doubted[]): T["verdict"] =>
  others.some((other) => meet(one, other)) ? "fail" : one.verdict;

export const checkSetting = (
  planes: Planes,
  words: readonly Word[],
  lines: readonly TextLine[],
): readonly Check[] => {
  const letters = lettersOn(planes, words);
  const alike = rememberingAlike(letters);
  const faces = oddFaces(kinshipsOf(letters, { alike, strangers: () => false }), letters, alike);
  const digits = checkDigits(planes, words, faces);
  // Cards have fields of several faces and sizes on one line, and half as many pixels a letter.
  if (planes.isCard) return digits;
  const lineOf = new Map(
    lines.flatMap(({ from, to }, line) =>
      Array.from({ length: to - from }, (_, i) => [from + i, line] as const),
    ),
  );
  const kinships = kinshipsOf(letters, {
    alike,
    strangers: (a, b) => lineOf.get(a.word) === lineOf.get(b.word),
  });
  const segments = segmentsOf(words, lines);
  const runs = softened(oddRuns(segments, kinships, { letters, alike }));
  const steps = softened(stepsOf(segments, letters));
  const textOf = (own: Segment): string => own.map((word) => words[word]?.text ?? "").join(" ");
  const boxOf = (own: Segment) => boxAround(own.flatMap((word) => words[word]?.box ?? []));
  return [
    ...digits,
    ...runs.map((run) =>
      finding(
        "word.font",
        confirmed(run, steps),
        say(
          `“${textOf(run.words)}” in bằng kiểu chữ khác với các chữ bên cạnh.`,
          `“${textOf(run.words)}” is printed in other letters than the words beside it.`,
        ),
        boxOf(run.words),
      ),
    ),
    ...steps.map((step) =>
      finding(
        "word.pasted",
        confirmed(step, runs),
        say(
          `“${textOf(step.words)}” không đứng cùng hàng với các chữ bên cạnh.`,
          `“${textOf(step.words)}” does not stand on the line of the words beside it.`,
        ),
        boxOf(step.words),
      ),
    ),
  ];
};
