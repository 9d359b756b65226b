// How is an amount of money said in words?
import type { Bilingual } from "./faults.js";

const VI_DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
const EN_SMALL = [
  ...["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"],
  ...["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
];
const EN_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const EN_GROUPS = ["", "thousand", "million", "billion", "trillion"];
const VI_GROUPS = ["", "nghìn", "triệu"];
const BILLION = 1_000_000_000;

/** After a ten, one, four and five have other words: hai mươi mốt, hai mươi tư, mười lăm. */
const viUnit = (unit: number, tens: number): string => {
  if (unit === 1 && tens > 1) return "mốt";
  if (unit === 4 && tens > 1) return "tư";
  return unit === 5 && tens > 0 ? "lăm" : (VI_DIGITS[unit] ?? "");
};

/** 1 … 999; `whole`: a larger group stands before it, so that its empty hundreds are said, too. */
const viGroup = (value: number, whole: boolean): string[] => {
  const [hundreds, tens, unit] = [Math.floor(value / 100), Math.floor(value / 10) % 10, value % 10];
  return [
    ...(hundreds > 0 || whole ? [VI_DIGITS[hundreds] ?? "", "trăm"] : []),
    ...(tens === 0
      ? unit > 0 && (hundreds > 0 || whole)
        ? ["linh"]
        : []
      : tens === 1
        ? ["mười"]
        : [VI_DIGITS[tens] ?? "", "mươi"]),
    ...(unit > 0 ? [viUnit(unit, tens)] : []),
  ];
};

const viWords = (value: number, whole: boolean): string[] => {
  if (value >= BILLION) {
    const rest = value % BILLION;
    return [...viWords(Math.floor(value / BILLION), whole), "tỷ", ...(rest === 0 ? [] : viWords(rest, true))];
  }
  const words: string[] = [];
  for (const place of [2, 1, 0]) {
    const group = Math.floor(value / 1000 ** place) % 1000;
    if (group === 0) continue;
    words.push(...viGroup(group, whole || words.length > 0), ...(place > 0 ? [VI_GROUPS[place] ?? ""] : []));
  }
  return words;
};

const enGroup = (value: number): string[] => {
  const [hundreds, rest] = [Math.floor(value / 100), value % 100];
  const tens = EN_TENS[Math.floor(rest / 10)] ?? "";
  const small =
    rest < 20 ? (EN_SMALL[rest] ?? "") : rest % 10 === 0 ? tens : `${tens}-${EN_SMALL[rest % 10]}`;
  return [...(hundreds > 0 ? [EN_SMALL[hundreds] ?? "", "hundred"] : []), ...(rest > 0 ? [small] : [])];
};

const enWords = (value: number): string[] =>
  [4, 3, 2, 1, 0].flatMap((place) => {
    const group = Math.floor(value / 1000 ** place) % 1000;
    return group === 0 ? [] : [...enGroup(group), ...(place > 0 ? [EN_GROUPS[place] ?? ""] : [])];
  });

/** Whole đồng, 0 … 999,999,999,999,999. */
export const amountInWords = (amountVnd: number): Bilingual => {
  const [vi, en] = amountVnd === 0 ? [["không"], ["zero"]] : [viWords(amountVnd, false), enWords(amountVnd)];
  return { vi: `${vi.join(" ")} đồng`, en: `${en.join(" ")} đồng` };
};

/** "15.000 đồng", "15,000 đồng". */
export const amountInFigures = (amountVnd: number): Bilingual => {
  const grouped = (sign: string) => String(amountVnd).replace(/\B(?=(\d{3})+$)/g, sign);
  return { vi: `${grouped(".")} đồng`, en: `${grouped(",")} đồng` };
};
