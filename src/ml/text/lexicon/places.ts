// Which provinces and cities does Vietnam have, and which had it before July 2025?
//
// Papers keep the names of the day they were issued on. Communes are not here: an operator's own list comes in
// through `makeLexicon`.

/** Resolution 202/2025/QH15 of the National Assembly: 6 cities and 28 provinces. */
export const PROVINCES_SINCE_2025: readonly string[] = [
  ...["Hà Nội", "Huế", "Hải Phòng", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ"],
  ...["Cao Bằng", "Tuyên Quang", "Điện Biên", "Lai Châu", "Sơn La", "Lào Cai", "Thái Nguyên", "Lạng Sơn"],
  ...["Quảng Ninh", "Bắc Ninh", "Phú Thọ", "Hưng Yên", "Ninh Bình", "Thanh Hóa", "Nghệ An", "Hà Tĩnh"],
  ...["Quảng Trị", "Quảng Ngãi", "Gia Lai", "Khánh Hòa", "Lâm Đồng", "Đắk Lắk", "Đồng Nai", "Tây Ninh"],
  ...["Vĩnh Long", "Đồng Tháp", "An Giang", "Cà Mau"],
];

/** Of the 63 until then, those whose names went; and Thừa Thiên Huế, which had become Huế in January 2025. */
export const PROVINCES_BEFORE_2025: readonly string[] = [
  ...["Hà Giang", "Bắc Kạn", "Yên Bái", "Hòa Bình", "Bắc Giang", "Vĩnh Phúc", "Hải Dương", "Thái Bình"],
  ...["Hà Nam", "Nam Định", "Quảng Bình", "Thừa Thiên Huế", "Quảng Nam", "Bình Định", "Phú Yên"],
  ...["Ninh Thuận", "Bình Thuận", "Kon Tum", "Đắk Nông", "Bình Phước", "Bình Dương"],
  ...["Bà Rịa - Vũng Tàu", "Long An", "Tiền Giang", "Bến Tre", "Trà Vinh", "Hậu Giang", "Sóc Trăng"],
  ...["Kiên Giang", "Bạc Liêu"],
];
