// What do closed lists of administrative papers hold?

/** The 54 groups of Decision 121-TCTK/PPCĐ of 1979, with the writings that registers use beside them. */
export const ETHNIC_GROUPS: readonly string[] = [
  "Kinh, Tày, Thái, Hoa, Khmer, Khơ-me, Khơ me, Mường, Nùng, Mông, HMông, H'Mông, Hmông, Dao, Gia Rai, Gia-rai",
  "Jrai, Ngái, Ê Đê, Ê-đê, Ba Na, Ba-na, Xơ Đăng, Xơ-đăng, Sán Chay, Cơ Ho, Cơ-ho, Chăm, Sán Dìu, Hrê, Mnông",
  "M'Nông, Ra Glai, Ra-glai, Xtiêng, Bru - Vân Kiều, Bru-Vân Kiều, Vân Kiều, Thổ, Giáy, Cơ Tu, Cơ-tu, Giẻ Triêng",
  "Giẻ-triêng, Mạ, Khơ Mú, Khơ-mú, Co, Tà Ôi, Tà-ôi, Chơ Ro, Chơ-ro, Kháng, Xinh Mun, Hà Nhì, Chu Ru, Chu-ru, Lào",
  "La Chí, La Ha, Phù Lá, La Hủ, Lự, Lô Lô, Chứt, Mảng, Pà Thẻn, Cơ Lao, Cống, Bố Y, Si La, Pu Péo, Brâu, Ơ Đu",
  "Rơ Măm",
].flatMap((row) => row.split(", "));

/** What stands on papers of people in Vietnam most; any other is read and looked at by the citizen. */
export const NATIONALITIES: readonly string[] = ["Việt Nam", "VIỆT NAM", "Lào", "Campuchia", "Trung Quốc"];

/** Religions that the state recognises, and "none". */
export const RELIGIONS: readonly string[] = [
  "Không",
  "Phật giáo",
  "Công giáo",
  "Thiên Chúa giáo",
  "Tin Lành",
  "Cao Đài",
  "Phật giáo Hòa Hảo",
  "Hồi giáo",
  "Tịnh độ cư sĩ Phật hội",
  "Bà La Môn",
];

/** Circular 22/2021/TT-BGDĐT and Circular 08/2021/TT-BGDĐT. */
export const GRADES: readonly string[] = [
  "Xuất sắc",
  "Giỏi",
  "Khá",
  "Trung bình khá",
  "Trung bình",
  "Đạt",
  "Yếu",
];
