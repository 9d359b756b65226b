// What do people write into a form?
//
// Every line is invented by a seed: no register, no paper of a real person.
import { PLACES } from "../../../core/places.js";
import { PROVINCES } from "../../../core/provinces.js";
import { ALPHABET } from "../../handwriting/alphabet.js";
import type { HandKind } from "../../handwriting/kinds.js";
import { dateInWords, inventPerson, inventPlace, numberInWords } from "../../samples/people.js";
import type { Random } from "../../samples/random.js";
import { FAMILY_NAMES, GIVEN_NAMES } from "../../text/lexicon/names.js";
import { PHRASES, WORDS } from "../../text/lexicon/papers.js";
import { ETHNIC_GROUPS, NATIONALITIES } from "../../text/lexicon/peoples.js";
import { isSyllable } from "../../text/syllable.js";
import { CLOSINGS, HAMLETS, MINORITY_NAMES, OCCUPATIONS, REASONS, RELATIONS, STREETS } from "./phrases.js";

/**
 * "number" is any run of digits, which no rule of an authority helps to read; "rare" are syllables made to show the
 * letters that sentences seldom have.
 */
export const KINDS = [
  ...(["name", "address", "date", "number", "citizenNumber", "phone", "money", "words"] as const),
  ...(["sentence", "occupation", "relation", "people", "rare"] as const),
];
export type Kind = (typeof KINDS)[number];

/** As what a field of a form that holds such a text is read. */
export const FIELD_KINDS: Readonly<Record<Kind, HandKind>> = {
  name: "name",
  address: "place",
  date: "date",
  number: "digits",
  citizenNumber: "citizenNumber",
  phone: "phone",
  money: "money",
  words: "words",
  sentence: "text",
  occupation: "text",
  relation: "text",
  people: "text",
  rare: "text",
};

export interface WrittenText {
  readonly kind: Kind;
  /** Composed (NFC), of the alphabet only, without white space at its ends. */
  readonly text: string;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const chance = (random: Random, share: number): boolean => random.next() < share;
const two = (value: number): string => value.toString().padStart(2, "0");
const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.integer(0, 9)).join("");

const name = (random: Random): string => {
  const given = Array.from({ length: random.integer(1, 3) }, () => capital(random.pick(GIVEN_NAMES)));
  const draw = random.next();
  const whole =
    draw < 0.4
      ? [capital(random.pick(FAMILY_NAMES)), ...given].join(" ")
      : draw < 0.9
        ? inventPerson(random, random.next() < 0.5 ? "Nam" : "Nữ", [1935, 2015]).name
        : random.pick(MINORITY_NAMES);
  const style = random.next();
  return style < 0.3 ? whole.toUpperCase() : style < 0.36 ? whole.toLowerCase() : whole;
};

const houseNumber = (random: Random): string => {
  const plain = String(random.integer(1, 480));
  const draw = random.next();
  if (draw < 0.6) return plain;
  if (draw < 0.85) return `${plain}/${random.integer(1, 90)}`;
  return `${plain}${random.pick([..."ABCD"])}`;
};

const inventedCommune = (random: Random): string =>
  `${capital(random.pick(GIVEN_NAMES))} ${capital(random.pick(GIVEN_NAMES))}`;

const address = (random: Random): string => {
  const { place } = inventPlace(random);
  const parts: string[] = [];
  if (chance(random, 0.35))
    parts.push(`${chance(random, 0.5) ? "Số " : ""}${houseNumber(random)} ${random.pick(STREETS)}`);
  if (chance(random, 0.55))
    parts.push(
      random
        .pick(HAMLETS)
        .replace("#", () => String(random.integer(1, 14)))
        .replace("*", () => inventedCommune(random)),
    );
  if (chance(random, 0.5)) parts.push(...place);
  else
    parts.push(
      `${random.pick(["xã", "phường", "thị trấn", "Xã", "Phường", "P.", "X."])} ${inventedCommune(random)}`,
      random.pick(PLACES).name,
    );
  // A line of a form holds about forty letters: longer addresses go on the next one.
  const kept: string[] = [];
  for (const part of parts) {
    if (kept.length > 0 && [...kept, part].join(", ").length > 44) break;
    kept.push(part);
  }
  const short = kept
    .join(chance(random, 0.12) ? " - " : chance(random, 0.1) ? "," : ", ")
    .replace(/[Tt]hành phố /g, (found) =>
      chance(random, 0.4) ? random.pick(["TP. ", "TP ", "Tp. "]) : found,
    )
    .replace(/[Tt]ỉnh /g, (found) => (chance(random, 0.3) ? "T. " : found));
  return short;
};

const date = (random: Random): string => {
  const [day, month, year] = [random.integer(1, 31), random.integer(1, 12), random.integer(1925, 2035)];
  const styles: readonly (() => string)[] = [
    () => `${two(day)}/${two(month)}/${year}`,
    () => `${day}/${month}/${year}`,
    () => `${two(day)}-${two(month)}-${chance(random, 0.5) ? year : two(year % 100)}`,
    () => `${two(day)}.${two(month)}.${year}`,
    () => `${day} / ${month} / ${year}`,
    () => `${random.pick(["ngày", "Ngày"])} ${day} tháng ${month} năm ${year}`,
    () => `ngày ${two(day)} tháng ${two(month)} năm ${year}`,
    () => `${day} tháng ${month} năm ${year}`,
    () => `tháng ${month} năm ${year}`,
    () => `${two(month)}/${year}`,
    () => String(year),
    () => `${two(day)} ${two(month)} ${year}`,
  ];
  return random.pick(styles)();
};

const spacedDigits = (random: Random, whole: string): string => {
  const draw = random.next();
  if (draw < 0.7) return whole;
  if (draw < 0.9) return whole.replace(/(\d{3})(?=\d)/g, "$1 ");
  return [...whole].join(" ");
};

const number = (random: Random): string => {
  const draw = random.next();
  const long = digits(random, draw < 0.6 ? 12 : draw < 0.8 ? 9 : random.integer(1, 11));
  return spacedDigits(random, draw < 0.6 && chance(random, 0.7) ? `0${long.slice(1)}` : long);
};

/** As the authority gives it out (core/citizen-number.ts); one out of six still writes the nine digits of before. */
const citizenNumber = (random: Random): string => {
  if (chance(random, 1 / 6)) return spacedDigits(random, digits(random, 9));
  const year = random.integer(1930, 2025);
  const century = (year < 2000 ? 0 : 2) + random.integer(0, 1);
  const place = random.pick([...PROVINCES.keys()]);
  return spacedDigits(random, `${place}${century}${two(year % 100)}${digits(random, 6)}`);
};

const phone = (random: Random): string => {
  const whole = `0${random.pick(["3", "5", "7", "8", "9", "24", "28", "236"])}${digits(random, 8)}`.slice(
    0,
    11,
  );
  const draw = random.next();
  if (draw < 0.5) return whole.slice(0, 10);
  const split = whole
    .slice(0, 10)
    .replace(/^(\d{4})(\d{3})(\d{3})$/, random.pick(["$1.$2.$3", "$1 $2 $3", "$1-$2-$3"]));
  return draw < 0.9 ? split : `+84 ${whole.slice(1, 10)}`;
};

const money = (random: Random): string => {
  const amount = random.integer(1, 999) * 10 ** random.integer(3, 6);
  const dotted = String(amount).replace(/\B(?=(\d{3})+$)/g, chance(random, 0.85) ? "." : ",");
  return `${dotted}${random.pick(["", "", "đ", " đ", " đồng", " VNĐ", "đ/tháng"])}`;
};

const inWords = (random: Random): string => {
  const [day, month, year] = [random.integer(1, 28), random.integer(1, 12), random.integer(1930, 2035)];
  if (chance(random, 0.35)) return dateInWords({ day, month, year });
  const head = `${numberInWords(random.integer(1, 99))} ${random.pick(["triệu", "nghìn", "trăm nghìn", "trăm triệu", "tỷ"])}`;
  const tail = chance(random, 0.5) ? ` ${numberInWords(random.integer(1, 99))} nghìn` : "";
  return capital(`${head}${tail} đồng${chance(random, 0.4) ? random.pick([" chẵn", " chẵn.", "./."]) : ""}`);
};

const sentence = (random: Random): string => {
  const start = chance(random, 0.6) ? random.pick(REASONS) : random.pick(PHRASES);
  const words = `${start}${chance(random, 0.4) ? ` ${random.pick(CLOSINGS)}` : ""}`.split(" ");
  // A long sentence runs over the line: any piece of it may stand on one.
  const length = Math.min(words.length, random.integer(3, 11));
  const from = chance(random, 0.6) ? 0 : random.integer(0, words.length - length);
  const piece = words
    .slice(from, from + length)
    .join(" ")
    .slice(0, 60)
    .trim();
  return chance(random, 0.8) ? capital(piece) : piece;
};

const ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x w f j z w f j z".split(
  " ",
);
const ENDS = ["", "", "", "c", "ch", "m", "n", "ng", "nh", "p", "t", "i", "u", "o", "y"];

/** Any accented letter as often as any other, where possible inside a syllable that exists. */
const rare = (random: Random): string => {
  const vowels = [...ALPHABET].filter((c) => /\p{Ll}/u.test(c) && /^[aeiouy]/.test(c.normalize("NFD")));
  const syllable = (): string => {
    let made = "";
    for (let attempt = random.integer(0, 6); attempt >= 0; attempt -= 1) {
      made = `${random.pick(ONSETS)}${random.pick(vowels)}${random.pick(ENDS)}`;
      if (isSyllable(made)) break;
    }
    return made;
  };
  const marks = [...":;()'\"+%&?!*="];
  const word = (): string => {
    const draw = random.next();
    if (draw < 0.1) return digits(random, random.integer(1, 4));
    if (draw < 0.2) return `${syllable()}${random.pick(marks)}`;
    if (draw < 0.28) return `(${syllable()})`;
    if (draw < 0.36) return capital(random.pick(WORDS));
    const made = syllable();
    return draw < 0.65 ? made.toUpperCase() : draw < 0.78 ? capital(made) : made;
  };
  return Array.from({ length: random.integer(1, 5) }, word).join(" ");
};

const people = (random: Random): string =>
  random.pick([random.pick(ETHNIC_GROUPS), random.pick(NATIONALITIES), "Nam", "Nữ", "Không", "Kinh", "Có"]);

const MAKERS: Readonly<Record<Kind, (random: Random) => string>> = {
  name,
  address,
  date,
  number,
  citizenNumber,
  phone,
  money,
  words: inWords,
  sentence,
  occupation: (random) => random.pick(OCCUPATIONS),
  relation: (random) => random.pick(RELATIONS),
  people,
  rare,
};

/** Of a hundred lines; digits decide matches, so they come often. */
const SHARES: Readonly<Record<Kind, number>> = {
  name: 20,
  address: 18,
  date: 13,
  number: 5,
  citizenNumber: 5,
  phone: 4,
  money: 4,
  words: 5,
  sentence: 12,
  occupation: 2,
  relation: 1,
  people: 2,
  rare: 9,
};

const KNOWN = new Set(ALPHABET);

const drawKind = (random: Random): Kind => {
  let rest = random.next() * 100;
  for (const kind of KINDS) {
    rest -= SHARES[kind];
    if (rest < 0) return kind;
  }
  return "rare";
};

/** One line as somebody would write it; the same state of `random` gives the same line. */
export const writtenText = (random: Random, only?: Kind): WrittenText => {
  const kind = only ?? drawKind(random);
  const text = [...MAKERS[kind](random).normalize("NFC")]
    .filter((letter) => KNOWN.has(letter))
    .join("")
    .replace(/ +/g, " ")
    .trim();
  return { kind, text: text === "" ? "Không" : text };
};
