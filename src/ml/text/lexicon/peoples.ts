// Which ethnic groups and nationalities may a paper name?

/** The 54 groups of the General Statistics Office's list (Decision 121-TCTK/PPCĐ, 1979), with common spellings. */
export const ETHNIC_GROUPS: readonly string[] = [
  ...["Kinh", "Tày", "Thái", "Mường", "Khmer", "Khơ Me", "Hoa", "Nùng", "Mông", "Hmông", "Dao", "Gia Rai"],
  ...["Ê Đê", "Ba Na", "Sán Chay", "Chăm", "Cơ Ho", "Xơ Đăng", "Sán Dìu", "Hrê", "Ra Glai", "Mnông", "Thổ"],
  ...["Xtiêng", "Khơ Mú", "Bru Vân Kiều", "Cơ Tu", "Giáy", "Tà Ôi", "Mạ", "Gié Triêng", "Co", "Chơ Ro"],
  ...["Xinh Mun", "Hà Nhì", "Chu Ru", "Lào", "La Chí", "Kháng", "Phù Lá", "La Hủ", "La Ha", "Pà Thẻn"],
  ...["Lự", "Ngái", "Chứt", "Lô Lô", "Mảng", "Cơ Lao", "Bố Y", "Cống", "Si La", "Pu Péo", "Rơ Măm"],
  ...["Brâu", "Ơ Đu"],
];

export const NATIONALITIES: readonly string[] = [
  ...["Việt Nam", "Lào", "Campuchia", "Trung Quốc", "Đài Loan", "Hàn Quốc", "Nhật Bản", "Hoa Kỳ", "Pháp"],
  ...["Đức", "Anh", "Nga", "Úc", "Thái Lan", "Ấn Độ", "Canada", "Singapore", "Malaysia"],
];
