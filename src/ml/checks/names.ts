// Do two writings of a Vietnamese name mean the same person's name?
//
// A name is typed by many hands over a life: with the tone on another vowel, with i for y, without marks, in
// capitals, turned around by a foreign form, or as the south says what the north says otherwise. Each of these is
// a variant with its reason; what none of them explains is another name.
import type { Bilingual } from "../../core/faults.js";
import { say } from "./finding.js";

export interface NameMatch {
  readonly result: "same" | "variant" | "different";
  /** Why the writings differ though the name may be one; null for "same", and for "different" without more to say. */
  readonly reason: Bilingual | null;
  /** Different, but by one mark or letter: perhaps a slip of the reading. */
  readonly near: boolean;
}

/** Grave, acute, hook, tilde, dot: the tones, apart from the letters that they stand on. */
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;

const wordsOf = (name: string): readonly string[] =>
  name
    .normalize("NFC")
    .toLocaleLowerCase("vi")
    .replaceAll(/[’‘ʼ`´]/g, "'")
    .replaceAll(/[^\p{L}\p{M}'.]+/gu, " ")
    .replaceAll(/\.(?=\S)/g, ". ")
    .trim()
    .split(" ")
    .filter((word) => /\p{L}/u.test(word));

/** The letters, then the tone: "hoà" and "hòa" are one. */
const toneLast = (word: string): string => {
  const apart = word.normalize("NFD");
  const tone = apart.match(TONES)?.join("") ?? "";
  return apart.replaceAll(TONES, "").normalize("NFC") + tone;
};

/** Final y after a consonant or "qu" was written i by the spelling reforms of the 1980s: Lý and Lí, Quý and Quí. */
const withoutY = (word: string): string =>
  toneLast(word).replace(/^(qu|[bcdđghklmnprstvx]+)y(?=\p{M}*$)/u, "$1i");

const withoutStroke = (word: string): string => withoutY(word).replaceAll("đ", "d");

/** One Chinese name read two ways, north and south (the south avoided the names of lords). */
const REGIONAL = [
  ["hoàng", "huỳnh"],
  ["vũ", "võ"],
  ["phúc", "phước"],
  ["cảnh", "kiểng"],
  ["tùng", "tòng"],
  ["nhân", "nhơn"],
  ["bảo", "bửu"],
  ["cương", "cang"],
  ["nhật", "nhựt"],
  ["phượng", "phụng"],
  ["chính", "chánh"],
  ["sinh", "sanh"],
  ["tính", "tánh"],
  ["đan", "đơn"],
  ["trường", "tràng"],
  ["lĩnh", "lãnh"],
  ["thái", "thới"],
  ["chu", "châu"],
  ["tông", "tôn"],
] as const;

const NORTHERN = new Map(REGIONAL.map(([north, south]) => [withoutY(south), withoutY(north)]));

const inOneRegion = (word: string): string => NORTHERN.get(withoutY(word)) ?? withoutY(word);

const withoutMarks = (word: string): string =>
  word.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("đ", "d");

const isUnmarked = (words: readonly string[]): boolean => words.every((word) => withoutMarks(word) === word);

interface Spelling {
  readonly key: (word: string) => string;
  readonly reason: Bilingual | null;
}

/** From what is no difference at all to the widest. */
const SPELLINGS: readonly Spelling[] = [
  { key: toneLast, reason: null },
  { key: withoutY, reason: say("khác chính tả cũ i/y", "an old spelling, i for y") },
  { key: withoutStroke, reason: say("khác chữ Đ và D", "Đ or D") },
  {
    key: inOneRegion,
    reason: say("cách đọc theo vùng (Hoàng/Huỳnh, Vũ/Võ)", "a regional form (Hoàng/Huỳnh, Vũ/Võ)"),
  },
];

const UNMARKED: Spelling = {
  key: withoutMarks,
  reason: say("một bên viết không dấu", "one is written without marks"),
};

/** Families of nine in ten Vietnamese; a further one in a name is a spouse's or the other parent's. */
const FAMILIES = new Set(
  "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn trịnh trương lâm mai đào cao lương hà tô tạ thái châu quách vương lưu tăng phùng kiều triệu la"
    .split(" ")
    .map(withoutY),
);

type Words = readonly string[];

const equal = (a: Words, b: Words): boolean => a.length === b.length && a.every((word, i) => word === b[i]);

const isInOrderIn = (short: Words, long: Words): boolean => {
  let next = 0;
  for (const word of long) if (word === short[next]) next += 1;
  return next === short.length;
};

interface Shape {
  readonly holds: (a: Words, b: Words) => boolean;
  readonly reason: Bilingual | null;
}

const byLength = (a: Words, b: Words): readonly [short: Words, long: Words] =>
  a.length <= b.length ? [a, b] : [b, a];

const hasFurtherFamily = (a: Words, b: Words): boolean => {
  const [short, long] = byLength(a, b);
  if (short.length < 2 || long.length !== short.length + 1) return false;
  return [0, 1].some((at) => FAMILIES.has(withoutY(long[at] ?? "")) && equal(short, long.toSpliced(at, 1)));
};

const lacksMiddle = (a: Words, b: Words): boolean => {
  const [short, long] = byLength(a, b);
  return (
    short.length >= 2 &&
    short.length < long.length &&
    short[0] === long[0] &&
    short.at(-1) === long.at(-1) &&
    isInOrderIn(short, long)
  );
};

const isInitialOf = (one: string, other: string): boolean =>
  one.endsWith(".") && other.startsWith(one[0] ?? "");

const hasInitials = (a: Words, b: Words): boolean =>
  a.length === b.length &&
  a.at(-1) === b.at(-1) &&
  a.every((word, i) => word === b[i] || isInitialOf(word, b[i] ?? "") || isInitialOf(b[i] ?? "", word));

const SHAPES: readonly Shape[] = [
  { holds: (a, b) => equal(a, b) || a.join("") === b.join(""), reason: null },
  {
    holds: (a, b) => a.length > 1 && equal(a.toSorted(), b.toSorted()),
    reason: say("cùng các chữ nhưng khác thứ tự", "the same words in another order"),
  },
  {
    holds: hasFurtherFamily,
    reason: say("thêm một họ, như sau khi kết hôn", "a further family name, as after a marriage"),
  },
  { holds: lacksMiddle, reason: say("thiếu chữ đệm", "a middle name is missing") },
  { holds: hasInitials, reason: say("viết tắt chữ đầu", "written with initials") },
];

/** True when one letter or mark at most was changed, left out or added. */
const isNear = (a: string, b: string): boolean => {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let from = 0;
  while (from < short.length && short[from] === long[from]) from += 1;
  let tail = 0;
  while (tail < short.length - from && short[short.length - 1 - tail] === long[long.length - 1 - tail])
    tail += 1;
  return long.length - from - tail <= 1;
};

/** Case, blanks and the place of the tone make no difference. Symmetric. */
export const compareNames = (one: string, other: string): NameMatch => {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  if (a.length === 0 || b.length === 0)
    return { result: a.length === b.length ? "same" : "different", reason: null, near: false };
  const spellings = isUnmarked(a) !== isUnmarked(b) ? [...SPELLINGS, UNMARKED] : SPELLINGS;
  for (const shape of SHAPES) {
    for (const { key, reason } of spellings) {
      if (!shape.holds(a.map(key), b.map(key))) continue;
      const why = shape.reason ?? reason;
      return { result: why === null ? "same" : "variant", reason: why, near: false };
    }
  }
  const near = withoutMarks(a.join(" ")) === withoutMarks(b.join(" ")) || isNear(a.join(" "), b.join(" "));
  return {
    result: "different",
    reason: near ? say("chỉ khác một dấu hoặc một chữ", "only a mark or a letter differs") : null,
    near,
  };
};
