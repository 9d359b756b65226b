// Who stands on the sample papers? Nobody: names are put together from lists by a seed.
import type { Random } from "./random.js";

const FAMILY = [
  "Nguyễn",
  "Trần",
  "Lê",
  "Phạm",
  "Hoàng",
  "Vũ",
  "Đặng",
  "Bùi",
  "Đỗ",
  "Hồ",
  "Ngô",
  "Dương",
] as const;
const MIDDLE_M = ["Văn", "Đức", "Quang", "Minh", "Hữu", "Công", "Xuân"] as const;
const MIDDLE_F = ["Thị", "Thị Mỹ", "Ngọc", "Thu", "Thanh", "Kim", "Thị Bích"] as const;
const GIVEN_M = ["Tuấn", "Dũng", "Hải", "Khôi", "Phước", "Sơn", "Thắng", "Việt", "Trường", "Nghĩa"] as const;
const GIVEN_F = [
  "Hằng",
  "Nguyệt",
  "Phượng",
  "Quỳnh",
  "Thảo",
  "Vân",
  "Yến",
  "Hạnh",
  "Tuyết",
  "Mỹ Duyên",
] as const;
const ETHNICITY = ["Kinh", "Kinh", "Kinh", "Cơ Tu", "Tày", "Mường", "Thái"] as const;
const PLACE = [
  ["xã Bình Phú", "huyện Thăng Bình", "tỉnh Quảng Nam"],
  ["phường Việt Hưng", "quận Long Biên", "thành phố Hà Nội"],
  ["xã Tân Lập", "huyện Đan Phượng", "thành phố Hà Nội"],
  ["phường Phước Mỹ", "quận Sơn Trà", "thành phố Đà Nẵng"],
  ["xã Hòa Tiến", "huyện Hưng Hà", "tỉnh Thái Bình"],
  ["thị trấn Hương An", "huyện Quế Sơn", "tỉnh Quảng Nam"],
] as const;

export type Sex = "Nam" | "Nữ";

export interface Person {
  readonly name: string;
  readonly sex: Sex;
  readonly ethnicity: string;
  readonly birth: { readonly year: number; readonly month: number; readonly day: number };
  /** Ward, district, province. */
  readonly place: readonly [string, string, string];
  /** 12 digits that obey the number's own rule: province, century and sex, year, six more. */
  readonly number: string;
}

export const inventPerson = (random: Random, sex: Sex, years: readonly [number, number]): Person => {
  const given = sex === "Nam" ? random.pick(GIVEN_M) : random.pick(GIVEN_F);
  const middle = sex === "Nam" ? random.pick(MIDDLE_M) : random.pick(MIDDLE_F);
  const year = random.integer(years[0], years[1]);
  const century = (year >= 2000 ? 2 : 0) + (sex === "Nữ" ? 1 : 0);
  const serial = random.integer(0, 999_999).toString().padStart(6, "0");
  return {
    name: `${random.pick(FAMILY)} ${middle} ${given}`,
    sex,
    ethnicity: random.pick(ETHNICITY),
    birth: { year, month: random.integer(1, 12), day: random.integer(1, 28) },
    place: random.pick(PLACE),
    number: `0${random.pick(["01", "48", "49", "34"])}${century}${(year % 100).toString().padStart(2, "0")}${serial}`,
  };
};

const DIGIT = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"] as const;

const tens = (value: number): string => {
  const ten = Math.floor(value / 10);
  const one = value % 10;
  if (ten === 0) return DIGIT[one] ?? "";
  const head = ten === 1 ? "mười" : `${DIGIT[ten]} mươi`;
  if (one === 0) return head;
  // Spoken Vietnamese: 1 after "mươi" is "mốt", 5 after any ten is "lăm".
  const last = one === 1 && ten > 1 ? "mốt" : one === 5 ? "lăm" : (DIGIT[one] ?? "");
  return `${head} ${last}`;
};

const yearInWords = (year: number): string => {
  const rest = year % 1000;
  const hundred = Math.floor(rest / 100);
  const low = rest % 100;
  const head = `${DIGIT[Math.floor(year / 1000)]} nghìn`;
  if (rest === 0) return head;
  const tail = low === 0 ? "" : low < 10 ? ` linh ${DIGIT[low]}` : ` ${tens(low)}`;
  return `${head} ${DIGIT[hundred]} trăm${tail}`;
};

/** "mười lăm" for 15, 0 … 99. */
export const numberInWords = tens;

/** "Ngày mười lăm tháng ba năm hai nghìn không trăm mười sáu", as registrars write it. */
export const dateInWords = (date: Person["birth"]): string =>
  `Ngày ${tens(date.day)} tháng ${tens(date.month)} năm ${yearInWords(date.year)}`;

const two = (value: number): string => value.toString().padStart(2, "0");
export const dateInDigits = (date: Person["birth"]): string =>
  `${two(date.day)}/${two(date.month)}/${date.year}`;
export const isoDate = (date: Person["birth"]): string => `${date.year}-${two(date.month)}-${two(date.day)}`;
