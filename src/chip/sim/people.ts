// Who are the invented citizens whose cards the simulated world is full of?
//
// INVARIANT: nobody here is real. Names are drawn word by word from common ones, the six serial digits start with
// 9999 to stay out of the way of issued numbers, and a seed always gives the same person.

import type { Sex } from "../../core/citizen-number.js";
import { isoDate, toCompactDate, toMrzDate } from "../../core/dates.js";
import { checkDigit, transliterate } from "../../core/mrz.js";
import { PROVINCES } from "../../core/provinces.js";
import { expiryByAge, NO_EXPIRY_MRZ } from "../age-rule.js";

export interface MadeUpPerson {
  readonly number: string;
  /** Nine digits, or "" for the young who never had the old card. */
  readonly oldNumber: string;
  readonly fullName: string;
  /** yyyy-MM-dd, like the other dates. */
  readonly birthDate: string;
  readonly sex: Sex;
  readonly nationality: string;
  readonly ethnicity: string;
  readonly religion: string;
  readonly placeOfOrigin: string;
  readonly placeOfResidence: string;
  readonly identifyingMarks: string;
  readonly issueDate: string;
  /** "" for a card without expiry. */
  readonly expiryDate: string;
  readonly fatherName: string;
  readonly motherName: string;
  /** "" when unmarried. */
  readonly spouseName: string;
}

const FAMILY = [
  "Nguyễn",
  "Trần",
  "Lê",
  "Phạm",
  "Hoàng",
  "Huỳnh",
  "Phan",
  "Vũ",
  "Võ",
  "Đặng",
  "Bùi",
  "Đỗ",
  "Hồ",
];
const MIDDLE: Readonly<Record<Sex, readonly string[]>> = {
  Nam: ["Văn", "Hữu", "Đức", "Công", "Quang", "Minh", "Thành", "Xuân Trường"],
  Nữ: ["Thị", "Thị Ngọc", "Thị Thanh", "Thu", "Thị Hồng", "Bích", "Thị Phương Thảo"],
};
const GIVEN: Readonly<Record<Sex, readonly string[]>> = {
  Nam: ["An", "Bình", "Cường", "Dũng", "Đạt", "Hiếu", "Khánh", "Lộc", "Nghĩa", "Phúc", "Sơn", "Tuấn", "Ưởng"],
  Nữ: ["Ánh", "Diễm", "Hạnh", "Huệ", "Lan", "Mỹ", "Nhung", "Oanh", "Quỳnh", "Trâm", "Uyên", "Vượng", "Yến"],
};
const ETHNICITY = [
  "Kinh",
  "Kinh",
  "Kinh",
  "Kinh",
  "Tày",
  "Thái",
  "Mường",
  "Khmer",
  "Cơ Tu",
  "H'Mông",
  "Ê Đê",
];
const RELIGION = ["Không", "Không", "Không", "Phật giáo", "Công giáo", "Cao Đài"];
/** Ward or commune and province: two tiers, as administration is since 1 July 2025. */
const PLACES = [
  "Phường Việt Hưng, Thành phố Hà Nội",
  "Xã Thăng Bình, Thành phố Đà Nẵng",
  "Phường Hải Châu, Thành phố Đà Nẵng",
  "Phường Thuận Hóa, Thành phố Huế",
  "Phường Ninh Kiều, Thành phố Cần Thơ",
  "Phường Sài Gòn, Thành phố Hồ Chí Minh",
  "Phường Thành Vinh, Tỉnh Nghệ An",
  "Phường Hạc Thành, Tỉnh Thanh Hóa",
  "Phường Buôn Ma Thuột, Tỉnh Đắk Lắk",
  "Phường Rạch Giá, Tỉnh An Giang",
  "Xã Mèo Vạc, Tỉnh Tuyên Quang",
  "Phường Quy Nhơn, Tỉnh Gia Lai",
];
const STREETS = ["Hoa Sữa", "Lúa Mới", "Cây Đa", "Bến Nước", "Đồng Xanh", "Sông Quê"];
const HAMLETS = ["Thôn Tre Xanh", "Xóm Giếng Cổ", "Tổ dân phố số 7", "Bản Suối Trong"];
const MARKS = [
  "Nốt ruồi cách 1 cm dưới trước cánh mũi trái",
  "Sẹo chấm cách 2 cm trên sau đuôi mắt phải",
  "Nốt ruồi cách 0,5 cm sau cánh mũi phải",
];
const NO_MARKS = "Không có";

/** mulberry32: small, fast, and the same on every machine. */
const generator = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

class Lot {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = generator(seed);
  }

  between(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.between(0, choices.length - 1)];
    if (chosen === undefined) throw new Error("nothing to draw from");
    return chosen;
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  day(firstYear: number, lastYear: number): string {
    return (
      isoDate(this.between(firstYear, lastYear), this.between(1, 12), this.between(1, 28)) ?? "2000-01-01"
    );
  }
}

const nameOf = (lot: Lot, sex: Sex, family = lot.of(FAMILY)): string =>
  `${family} ${lot.of(MIDDLE[sex])} ${lot.of(GIVEN[sex])}`;

const numberOf = (lot: Lot, birthDate: string, sex: Sex): string => {
  const year = Number(birthDate.slice(0, 4));
  const centuryAndSex = Math.floor((year - 1900) / 100) * 2 + (sex === "Nam" ? 0 : 1);
  const serial = `9999${String(lot.between(0, 99)).padStart(2, "0")}`;
  return `${lot.of([...PROVINCES.keys()])}${centuryAndSex}${birthDate.slice(2, 4)}${serial}`;
};

/** First chip cards were issued in January 2021. The expiry is late enough for years of rehearsals. */
const validDates = (lot: Lot): Pick<MadeUpPerson, "birthDate" | "issueDate" | "expiryDate"> => {
  for (;;) {
    const birthDate = lot.day(1938, 2009);
    const issueDate = lot.day(2021, 2025);
    const expiryDate = expiryByAge(birthDate, issueDate);
    const oldEnough = Number(issueDate.slice(0, 4)) - Number(birthDate.slice(0, 4)) > 14;
    if (oldEnough && (expiryDate === "" || expiryDate >= "2034-01-01"))
      return { birthDate, issueDate, expiryDate };
  }
};

/** The person that belongs to `seed`, the same every time. */
export const madeUpPerson = (seed: number): MadeUpPerson => {
  const lot = new Lot(seed);
  const dates = validDates(lot);
  const sex = lot.of<Sex>(["Nam", "Nữ"]);
  const family = lot.of(FAMILY);
  const bornYear = Number(dates.birthDate.slice(0, 4));
  const place = lot.of(PLACES);
  return {
    ...dates,
    number: numberOf(lot, dates.birthDate, sex),
    oldNumber:
      bornYear < 2003 && lot.chance(0.7) ? `99${String(lot.between(0, 9_999_999)).padStart(7, "0")}` : "",
    fullName: nameOf(lot, sex, family),
    sex,
    nationality: "Việt Nam",
    ethnicity: lot.of(ETHNICITY),
    religion: lot.of(RELIGION),
    placeOfOrigin: lot.of(PLACES),
    placeOfResidence: `Số ${lot.between(1, 320)} đường ${lot.of(STREETS)}, ${lot.of(HAMLETS)}, ${place}`,
    identifyingMarks: lot.chance(0.8) ? lot.of(MARKS) : NO_MARKS,
    fatherName: nameOf(lot, "Nam", family),
    motherName: nameOf(lot, "Nữ"),
    spouseName: bornYear < 1998 && lot.chance(0.7) ? nameOf(lot, sex === "Nam" ? "Nữ" : "Nam") : "",
  };
};

/** What the QR on the person's card says. */
export const cardQrText = (person: MadeUpPerson): string =>
  [
    person.number,
    person.oldNumber,
    person.fullName,
    toCompactDate(person.birthDate),
    person.sex,
    person.placeOfResidence,
    toCompactDate(person.issueDate),
  ].join("|");

const withCheck = (text: string): string => text + checkDigit(text);

/** yyMMdd of the person's card. */
export const mrzExpiry = (person: MadeUpPerson): string =>
  person.expiryDate === "" ? NO_EXPIRY_MRZ : toMrzDate(person.expiryDate);

/** The three lines of 30 characters on the back of the card. */
export const mrzLines = (person: MadeUpPerson): readonly [string, string, string] => {
  const one = `IDVNM${withCheck(person.number.slice(3))}${person.number}<<${checkDigit(person.number)}`;
  const birth = withCheck(toMrzDate(person.birthDate));
  const expiry = withCheck(mrzExpiry(person));
  const optional = "<".repeat(11);
  const composite = checkDigit(one.slice(5) + birth + expiry + optional);
  const two = `${birth}${person.sex === "Nam" ? "M" : "F"}${expiry}VNM${optional}${composite}`;
  const [family = "", ...given] = transliterate(person.fullName).split(" ");
  const three = `${family}<<${given.join("<")}`.slice(0, 30).padEnd(30, "<");
  return [one, two, three];
};
