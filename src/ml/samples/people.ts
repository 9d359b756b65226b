// Who stands on the sample papers? Nobody: names are put together from lists by a seed.
import type { Random } from "./random.js";

/** Spread out as they are common: every second person is one of the first five. */
const FAMILY = [
  ..."Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split(
    " ",
  ),
  ..."An Bạch Cao Châu Chu Diệp Doãn Đàm Đào Đậu Đinh Đoàn Giang Hà Hứa Khổng Kiều La Lại Lâm Lục Lương".split(
    " ",
  ),
  ..."Lưu Mạc Mai Nghiêm Ninh Nông Ông Phùng Quách Tạ Tăng Thạch Thái Thân Thiều Tô Tôn Tống Trà Triệu".split(
    " ",
  ),
  ..."Trịnh Trương Từ Văn Vi Vương Y Lò Quàng Hồ Ksor Rơ Bling Arất".split(" "),
];
const MIDDLE_M = [
  ..."Văn Văn Đức Quang Minh Hữu Công Xuân Anh Bảo Bá Đăng Đình Duy Gia Hải Hoàng Huy Khắc Mạnh".split(" "),
  ..."Ngọc Nhật Phúc Quốc Sỹ Tấn Thành Thế Tiến Trọng Trung Tuấn Viết Việt Đức_Anh Hoàng_Minh".split(" "),
];
const MIDDLE_F = [
  ..."Thị Thị Thị Thị_Mỹ Ngọc Thu Thanh Kim Thị_Bích Thị_Kim Thị_Ngọc Thị_Thu Bảo Cẩm Diệu Hoài Hồng".split(
    " ",
  ),
  ..."Khánh Lan Mai Minh Mỹ Ngọc_Bảo Nhã Phương Quỳnh Thảo Thùy Tường Tú Uyên Xuân Ý Ánh".split(" "),
];
const GIVEN_M = [
  ..."Tuấn Dũng Hải Khôi Phước Sơn Thắng Việt Trường Nghĩa An Bách Bình Chiến Cường Đạt Độ Duẩn Giáp".split(
    " ",
  ),
  ..."Hậu Hiếu Hùng Hưng Khánh Khoa Kiên Kỳ Lâm Long Lộc Luận Mẫn Nhân Nhẫn Phát Phú Quân Quý Quyền".split(
    " ",
  ),
  ..."Sáng Tâm Thạch Thịnh Thuận Tiệp Toàn Trí Trung Tùng Tựu Vinh Vũ Vượng Xứng Ý".split(" "),
];
const GIVEN_F = [
  ..."Hằng Nguyệt Phượng Quỳnh Thảo Vân Yến Hạnh Tuyết Mỹ_Duyên Ái An Ánh Bích Châu Cúc Diễm Điệp".split(" "),
  ..."Dung Giang Hà Hậu Hiền Hoa Hòa Huệ Hường Khuê Lan Liên Linh Loan Lụa Mai Mận My Nga Ngân Nhàn".split(
    " ",
  ),
  ..."Nhung Nữ Oanh Phấn Quyên Sương Thắm Thủy Thư Tiên Trang Trinh Tú Uyên Vy Xoan Xuyến Ý_Nhi".split(" "),
];
const ETHNICITY = [
  ..."Kinh Kinh Kinh Kinh Kinh Kinh Cơ_Tu Tày Mường Thái Nùng Mông Dao Khmer Hoa Gia_Rai Ê_Đê".split(" "),
  ..."Ba_Na Xơ_Đăng Sán_Chay Cơ_Ho Chăm Sán_Dìu Hrê Ra_Glai Bru_-_Vân_Kiều Thổ Giáy Giẻ_Triêng Tà_Ôi".split(
    " ",
  ),
];

/** Code of the province in the 12-digit number, then the place from the smallest unit to the largest. */
const PLACE: readonly (readonly [code: string, ...place: string[]])[] = [
  // With districts, as on papers from before July 2025.
  ["049", "xã Bình Phú", "huyện Thăng Bình", "tỉnh Quảng Nam"],
  ["001", "phường Việt Hưng", "quận Long Biên", "thành phố Hà Nội"],
  ["001", "xã Tân Lập", "huyện Đan Phượng", "thành phố Hà Nội"],
  ["048", "phường Phước Mỹ", "quận Sơn Trà", "thành phố Đà Nẵng"],
  ["034", "xã Hòa Tiến", "huyện Hưng Hà", "tỉnh Thái Bình"],
  ["049", "thị trấn Hương An", "huyện Quế Sơn", "tỉnh Quảng Nam"],
  ["066", "xã Ea Kly", "huyện Krông Pắc", "tỉnh Đắk Lắk"],
  ["040", "xã Nghi Thạch", "thị xã Cửa Lò", "tỉnh Nghệ An"],
  ["014", "xã Chiềng Ngần", "thành phố Sơn La", "tỉnh Sơn La"],
  ["022", "phường Cẩm Trung", "thành phố Cẩm Phả", "tỉnh Quảng Ninh"],
  ["091", "xã Dương Hòa", "huyện Kiên Lương", "tỉnh Kiên Giang"],
  ["080", "xã Long Định", "huyện Cần Đước", "tỉnh Long An"],
  ["079", "phường 12", "quận Gò Vấp", "thành phố Hồ Chí Minh"],
  ["052", "xã Nhơn Hậu", "thị xã An Nhơn", "tỉnh Bình Định"],
  ["030", "phường Sao Đỏ", "thành phố Chí Linh", "tỉnh Hải Dương"],
  ["046", "xã Vinh Xuân", "huyện Phú Vang", "tỉnh Thừa Thiên Huế"],
  // Without districts, in the 34 provinces since.
  ["049", "xã Thăng Bình", "thành phố Đà Nẵng"],
  ["001", "phường Việt Hưng", "thành phố Hà Nội"],
  ["034", "xã Hưng Hà", "tỉnh Hưng Yên"],
  ["066", "xã Krông Pắc", "tỉnh Đắk Lắk"],
  ["092", "phường Ninh Kiều", "thành phố Cần Thơ"],
  ["068", "xã Đức Trọng", "tỉnh Lâm Đồng"],
  ["051", "xã Trà Bồng", "tỉnh Quảng Ngãi"],
  ["075", "phường Trấn Biên", "tỉnh Đồng Nai"],
  ["027", "phường Kinh Bắc", "tỉnh Bắc Ninh"],
  ["038", "xã Hoằng Hóa", "tỉnh Thanh Hóa"],
  ["010", "phường Sa Pa", "tỉnh Lào Cai"],
  ["045", "xã Khe Sanh", "tỉnh Quảng Trị"],
  ["096", "xã Năm Căn", "tỉnh Cà Mau"],
  ["086", "xã Tam Bình", "tỉnh Vĩnh Long"],
];

export type Sex = "Nam" | "Nữ";

export interface Person {
  readonly name: string;
  readonly sex: Sex;
  readonly ethnicity: string;
  readonly birth: { readonly year: number; readonly month: number; readonly day: number };
  /** From the smallest unit to the province; with a district on old papers, without one on new ones. */
  readonly place: readonly string[];
  /** 12 digits that obey the number's own rule: province, century and sex, year, six more. */
  readonly number: string;
}

/** Lists write two words as one so that they fit on a line. */
const spaced = (text: string): string => text.replaceAll("_", " ");

export const inventPlace = (random: Random): { readonly code: string; readonly place: readonly string[] } => {
  const [code, ...place] = random.pick(PLACE);
  return { code, place };
};

/** `home` puts several people in one village. */
export const inventPerson = (
  random: Random,
  sex: Sex,
  years: readonly [number, number],
  home: ReturnType<typeof inventPlace> = inventPlace(random),
): Person => {
  const given = sex === "Nam" ? random.pick(GIVEN_M) : random.pick(GIVEN_F);
  const middle = sex === "Nam" ? random.pick(MIDDLE_M) : random.pick(MIDDLE_F);
  const year = random.integer(years[0], years[1]);
  const century = (year >= 2000 ? 2 : 0) + (sex === "Nữ" ? 1 : 0);
  const serial = random.integer(0, 999_999).toString().padStart(6, "0");
  return {
    name: spaced(`${random.pick(FAMILY)} ${middle} ${given}`),
    sex,
    ethnicity: spaced(random.pick(ETHNICITY)),
    birth: { year, month: random.integer(1, 12), day: random.integer(1, 28) },
    place: home.place,
    number: `${home.code}${century}${(year % 100).toString().padStart(2, "0")}${serial}`,
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
