// Which day does a date in Vietnamese words name?
//
// Registrars write the date of birth twice, in digits and in words, so that nobody changes one of them unseen.
import { isoDate } from "../../core/dates.js";

/** Lower case without marks: what survives a poor reading best. "mười" and "mươi" are told apart by their place. */
const fold = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("đ", "d")
    .replaceAll(/[^a-z]+/g, " ")
    .trim();

const UNITS: Readonly<Record<string, number>> = {
  khong: 0,
  mot: 1,
  hai: 2,
  ba: 3,
  bon: 4,
  tu: 4,
  nam: 5,
  lam: 5,
  nham: 5,
  sau: 6,
  bay: 7,
  tam: 8,
  chin: 9,
};

/** 0 … 99: "mười lăm", "hai mươi mốt", "hai mốt", "linh sáu", "mồng năm". */
const below100 = (words: readonly string[]): number | null => {
  const plain = words.filter((word) => !["linh", "le", "mong", "mung"].includes(word));
  const values = plain.map((word) => (word === "muoi" ? 10 : (UNITS[word] ?? null)));
  const [a, b, c] = values;
  if (values.length > 3 || values.length === 0 || values.includes(null)) return null;
  if (values.length === 1) return a ?? null;
  // "mười lăm"; "hai mươi", "hai mốt"; "hai mươi mốt".
  if (values.length === 2) return a === 10 ? 10 + (b ?? 0) : (a ?? 0) * 10 + (b === 10 ? 0 : (b ?? 0));
  return b === 10 ? (a ?? 0) * 10 + (c ?? 0) : null;
};

/** "hai nghìn không trăm mười sáu", "một nghìn chín trăm chín mươi chín", "hai nghìn". */
const yearOf = (words: readonly string[]): number | null => {
  const [thousand, nghin, ...rest] = words;
  if (thousand === undefined || !["nghin", "ngan"].includes(nghin ?? "")) return null;
  const base = (UNITS[thousand] ?? 0) * 1000;
  if (rest.length === 0) return base;
  const tram = rest.indexOf("tram");
  const low = rest.slice(tram + 1);
  const hundred = tram < 0 ? 0 : UNITS[rest[0] ?? ""];
  const ones = low.length === 0 ? 0 : below100(low);
  // "hai nghìn không trăm" alone is no year: the rest of it was not read.
  if (hundred === undefined || ones === null || (hundred === 0 && low.length === 0)) return null;
  return base + hundred * 100 + ones;
};

const NUMBER_WORDS = new Set([...Object.keys(UNITS), "muoi", "linh", "le", "tram", "nghin", "ngan"]);

/** The words of a year, up to the first that is none of a number's; nine are the most that a year has. */
const yearWords = (text: string): readonly string[] => {
  const words = text.split(" ").slice(0, 9);
  const end = words.findIndex((word) => !NUMBER_WORDS.has(word));
  return end < 0 ? words : words.slice(0, end);
};

/** yyyy-MM-dd of the first date in words that the text has; null when there is none, or no such day. */
export const dateFromWords = (text: string): string | null => {
  const found = /\b((?:[a-z]+ ){1,5}?)thang ((?:[a-z]+ ){1,3}?)nam ((?:mot|hai) (?:nghin|ngan)\b.*)/.exec(
    fold(text),
  );
  if (found === null) return null;
  const [, dayText = "", monthText = "", yearText = ""] = found;
  const before = dayText.trim().split(" ");
  const label = before.lastIndexOf("ngay");
  const day = below100(before.slice(label + 1));
  // October is "tháng mười", January also "giêng", December also "chạp".
  const monthWords = monthText.trim().split(" ");
  const month = monthWords[0] === "gieng" ? 1 : monthWords[0] === "chap" ? 12 : below100(monthWords);
  const year = yearOf(yearWords(yearText));
  return day === null || month === null || year === null ? null : isoDate(year, month, day);
};
