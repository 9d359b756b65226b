// Into which province did an old one go?
//
// Resolution 202/2025/QH15 of 12 June 2025 made 34 provinces and cities of 63; older divisions went before it. A
// paper keeps the name of its day and stays valid.

/** Name before 1 July 2025 → name after; what is not here kept its name and was joined with nobody or by others. */
const OF_2025: Readonly<Record<string, string>> = {
  "Hà Giang": "Tuyên Quang",
  "Yên Bái": "Lào Cai",
  "Bắc Kạn": "Thái Nguyên",
  "Hòa Bình": "Phú Thọ",
  "Vĩnh Phúc": "Phú Thọ",
  "Bắc Giang": "Bắc Ninh",
  "Thái Bình": "Hưng Yên",
  "Hải Dương": "Hải Phòng",
  "Hà Nam": "Ninh Bình",
  "Nam Định": "Ninh Bình",
  "Quảng Bình": "Quảng Trị",
  "Thừa Thiên Huế": "Huế",
  "Quảng Nam": "Đà Nẵng",
  "Kon Tum": "Quảng Ngãi",
  "Bình Định": "Gia Lai",
  "Ninh Thuận": "Khánh Hòa",
  "Đắk Nông": "Lâm Đồng",
  "Bình Thuận": "Lâm Đồng",
  "Phú Yên": "Đắk Lắk",
  "Bà Rịa - Vũng Tàu": "Hồ Chí Minh",
  "Bình Dương": "Hồ Chí Minh",
  "Bình Phước": "Đồng Nai",
  "Long An": "Tây Ninh",
  "Sóc Trăng": "Cần Thơ",
  "Hậu Giang": "Cần Thơ",
  "Bến Tre": "Vĩnh Long",
  "Trà Vinh": "Vĩnh Long",
  "Tiền Giang": "Đồng Tháp",
  "Bạc Liêu": "Cà Mau",
  "Kiên Giang": "An Giang",
};

/** Provinces that were divided or joined between 1976 and 2008, with where their parts are today. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  "Hà Tây": ["Hà Nội"],
  "Hà Sơn Bình": ["Hà Nội", "Phú Thọ"],
  "Vĩnh Phú": ["Phú Thọ"],
  "Hà Bắc": ["Bắc Ninh"],
  "Bắc Thái": ["Thái Nguyên"],
  "Hà Tuyên": ["Tuyên Quang"],
  "Hoàng Liên Sơn": ["Lào Cai"],
  "Hải Hưng": ["Hải Phòng", "Hưng Yên"],
  "Nam Hà": ["Ninh Bình"],
  "Hà Nam Ninh": ["Ninh Bình"],
  "Nghệ Tĩnh": ["Nghệ An", "Hà Tĩnh"],
  "Bình Trị Thiên": ["Quảng Trị", "Huế"],
  "Quảng Nam - Đà Nẵng": ["Đà Nẵng"],
  "Nghĩa Bình": ["Quảng Ngãi", "Gia Lai"],
  "Phú Khánh": ["Đắk Lắk", "Khánh Hòa"],
  "Thuận Hải": ["Khánh Hòa", "Lâm Đồng"],
  "Gia Lai - Kon Tum": ["Gia Lai", "Quảng Ngãi"],
  "Sông Bé": ["Hồ Chí Minh", "Đồng Nai"],
  "Cửu Long": ["Vĩnh Long"],
  "Minh Hải": ["Cà Mau"],
};

/** Lower case, no marks, no blanks or hyphens: how printers differ most. */
export const placeKey = (name: string): string =>
  name
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("đ", "d")
    .replaceAll(/[^a-z0-9]/g, "");

const SUCCESSORS: ReadonlyMap<string, readonly string[]> = new Map(
  [
    ...Object.entries(OF_2025).map(([old, now]): [string, readonly string[]] => [old, [now]]),
    ...Object.entries(BEFORE),
  ].map(([old, now]) => [placeKey(old), now]),
);

/** Where a province, by its key, is today, as keys; itself when it kept its name. */
export const provinceToday = (key: string): readonly string[] => SUCCESSORS.get(key)?.map(placeKey) ?? [key];
