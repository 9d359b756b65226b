// Which doubts can the kiosk have about a paper, and what is each called?
import type { Bilingual } from "../../core/faults.js";

const title = (vi: string, en: string): Bilingual => ({ vi, en });

/** In the order in which an officer reads them: what is written, how it looks, how papers agree. */
export const CHECKS = {
  "mrz.digits": title("Số kiểm tra của vùng đọc máy", "Check digits of the machine-readable zone"),
  "number.birth": title("Số định danh và năm sinh", "Personal number and year of birth"),
  "number.sex": title("Số định danh và giới tính", "Personal number and sex"),
  "number.province": title("Mã tỉnh trong số định danh", "Province in the personal number"),
  "number.pattern": title("Mẫu số giấy tờ", "Pattern of the document number"),
  "date.order": title("Thứ tự các ngày", "Order of the dates"),
  "date.future": title("Ngày trong tương lai", "Dates in the future"),
  "date.words": title("Ngày bằng chữ và bằng số", "Date in words and in digits"),
  "date.expired": title("Thời hạn của giấy tờ", "Term of the paper"),
  "age.parents": title("Tuổi của cha mẹ", "Ages of the parents"),
  "age.rule": title("Tuổi theo quy định", "Age by the rule"),
  "heading.motto": title("Quốc hiệu và tiêu ngữ", "National heading and motto"),
  "issuer.known": title("Cơ quan cấp", "Issuing body"),
  "code.field": title("Mã trên giấy và chữ in", "Code on the paper and print"),
  "word.font": title("Nét của chữ và số", "Strokes of letters and digits"),
  "word.pasted": title("Vùng chữ dán", "Pasted writing"),
  "seal.present": title("Con dấu đỏ", "Red seal"),
  "seal.place": title("Vị trí con dấu", "Place of the seal"),
  "seal.twin": title("Hai con dấu giống hệt", "Two identical seals"),
  "seal.flat": title("Màu mực con dấu", "Ink of the seal"),
  "page.photocopy": title("Bản gốc hay bản chụp", "Original or photocopy"),
  "page.screen": title("Ảnh chụp màn hình", "Photograph of a screen"),
  "page.blank": title("Trang trắng", "Blank page"),
  "page.cut": title("Trang đủ bốn cạnh", "Page with all its edges"),
  "pages.alike": title("Các trang cùng một giấy", "Pages of one paper"),
  "file.edited": title("Dấu vết sửa trong tệp", "Traces of editing in the file"),
  "compare.name": title("So họ tên", "Names compared"),
  "compare.date": title("So ngày tháng", "Dates compared"),
  "compare.number": title("So số giấy tờ", "Numbers compared"),
  "compare.sex": title("So giới tính", "Sex compared"),
  "compare.place": title("So địa danh", "Places compared"),
  "compare.text": title("So nội dung", "Entries compared"),
  "writing.hand": title("Chữ viết tay", "Handwriting"),
  "writing.model": title("Mô hình đọc chữ viết tay", "Model for handwriting"),
  "picture.poor": title("Ảnh chưa rõ", "Poor picture"),
} as const satisfies Record<string, Bilingual>;

export type CheckId = keyof typeof CHECKS;

export const isCheckId = (text: string): text is CheckId => Object.hasOwn(CHECKS, text);
