// Is "unknown" the answer to a paper that nobody has described, and the right name to one that speaks of others?
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PAPER_CLASSES } from "../../src/core/paper-class.js";
import { extractFields } from "../../src/ml/fields/extract.js";
import type { FieldsInput } from "../../src/ml/fields/layout.js";
import type { TextLine, Word } from "../../src/ml/reader.js";
import { layOutPaper } from "../../src/ml/samples/papers.js";
import { Fonts, readLikeOcr } from "./paper-words.js";

/** Lines of plain text as a recogniser gives them, each letter as wide as the next. */
const pageOf = (text: string): FieldsInput => {
  const words: Word[] = [];
  const lines: TextLine[] = [];
  text
    .trim()
    .split("\n")
    .forEach((row, index) => {
      const from = words.length;
      let x = 200;
      for (const piece of row.trim().split(/\s+/)) {
        const box = { x, y: 150 + index * 90, w: piece.length * 22, h: 40 };
        words.push({ text: piece, confidence: 0.93, box });
        x += box.w + 14;
      }
      const box = { x: 200, y: 150 + index * 90, w: x - 200, h: 40 };
      lines.push({ box, script: "print", from, to: words.length });
    });
  return { words, lines };
};

const STRANGERS: Readonly<Record<string, string>> = {
  "a letter from abroad": `
    Dear Sir or Madam,
    with reference to your letter of 12 March 2024 we are pleased to confirm
    that Mr Tran Van Hai has been employed with our company since 1 June 2019.
    Date of birth: 04/05/1990  Nationality: Vietnamese
    Yours faithfully,
    J. Smith, Director`,
  "a menu": `
    QUÁN CƠM BÀ BẢY
    Cơm tấm sườn bì chả: 45.000đ
    Phở bò tái: 50.000đ
    Bún chả Hà Nội: 40.000đ
    Nước mía: 10.000đ
    Ngày nghỉ: Chủ nhật
    Địa chỉ: 12 Trần Phú, thành phố Đà Nẵng
    Số điện thoại: 0905 123 456`,
  "a page of a novel": `
    Chiều hôm ấy, lão về nhà với tờ giấy khai sinh của thằng cháu trong túi áo.
    Bà hỏi ông: giấy chứng nhận kết hôn của mình để đâu rồi? Lão không trả lời.
    Quyết định đã có từ lâu, nhưng chẳng ai nói ra. Ngoài sân gió thổi qua hàng cau.
    Ông: "Mai tôi lên xã." Bà: "Ông đi sớm rồi về." Trời tối dần trên cánh đồng.
    Lão nhớ ngày 12 tháng 5 năm 1968, ngày lão gặp bà lần đầu bên bến sông.`,
  "an application for a birth certificate": `
    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
    Độc lập - Tự do - Hạnh phúc
    TỜ KHAI ĐĂNG KÝ KHAI SINH
    Kính gửi: Ủy ban nhân dân xã Bình Phú
    Họ, chữ đệm, tên người yêu cầu: Trần Văn Hải
    Nơi cư trú: xã Bình Phú, huyện Thăng Bình, tỉnh Quảng Nam
    Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:
    Họ, chữ đệm, tên: TRẦN MINH KHÔI
    Ngày, tháng, năm sinh: 12/05/2021
    Giới tính: Nam
    Dân tộc: Kinh
    Quốc tịch: Việt Nam
    Nơi sinh: Trạm Y tế xã Bình Phú
    Quê quán: xã Bình Phú
    Họ, chữ đệm, tên người mẹ: Lê Thị Hoa
    Năm sinh: 1990
    Họ, chữ đệm, tên người cha: Trần Văn Hải
    Năm sinh: 1988`,
  "an application for land": `
    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
    Độc lập - Tự do - Hạnh phúc
    ĐƠN ĐĂNG KÝ, CẤP GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT
    Ông: Trần Văn Hải  Năm sinh: 1968
    Địa chỉ thường trú: xã Bình Phú
    Thửa đất số: 12  Tờ bản đồ số: 3
    Diện tích: 120 m2
    Loại đất: Đất ở`,
  "a contract": `
    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
    Độc lập - Tự do - Hạnh phúc
    HỢP ĐỒNG LAO ĐỘNG
    Số: 12/HĐLĐ
    Căn cứ Bộ luật Lao động ngày 20 tháng 11 năm 2019;
    Điều 1. Công việc và thời hạn hợp đồng
    Điều 2. Chế độ làm việc
    Điều 3. Nghĩa vụ và quyền lợi của người lao động`,
  "a certificate of a course": `
    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
    Độc lập - Tự do - Hạnh phúc
    GIẤY CHỨNG NHẬN
    HOÀN THÀNH KHÓA HỌC TIN HỌC VĂN PHÒNG
    Cấp cho: Lê Thị Hoa
    Ngày sinh: 01/02/1999
    Xếp loại: Giỏi`,
  "a register of deaths": `
    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
    TRÍCH LỤC KHAI TỬ
    Số: 12/TLKT-BS
    Họ, chữ đệm, tên: TRẦN VĂN A
    Ngày, tháng, năm sinh: 12/05/1940
    Giới tính: Nam
    Dân tộc: Kinh
    Quốc tịch: Việt Nam
    Đã chết vào lúc: 7 giờ 30 phút`,
  "two words": "GIẤY KHAI",
};

for (const [what, text] of Object.entries(STRANGERS))
  test(`${what} is unknown, whatever was asked for`, () => {
    for (const expect of ["any", ...PAPER_CLASSES] as const)
      assert.equal(extractFields(pageOf(text), { expect }), { paperClass: "unknown", fields: [] }, expect);
  });

test("nothing is unknown", () => {
  assert.equal(extractFields({ words: [] }), { paperClass: "unknown", fields: [] });
  assert.equal(extractFields({ words: [], lines: [] }), { paperClass: "unknown", fields: [] });
});

test("what was asked for does not change what a paper is", () => {
  const fonts = new Fonts();
  for (const kind of PAPER_CLASSES) {
    const input = readLikeOcr(layOutPaper(kind, 6_100), fonts);
    for (const expect of PAPER_CLASSES) assert.is(extractFields(input, { expect }).paperClass, kind);
  }
});

test("a heading with slips still tells the paper", () => {
  const fonts = new Fonts();
  for (const kind of PAPER_CLASSES) {
    const input = readLikeOcr(layOutPaper(kind, 6_101), fonts, { seed: 1, slips: 0.25, labelsOnly: true });
    assert.is(extractFields(input).paperClass, kind);
  }
});

test("without its heading a paper is told by what else only it says, or not at all", () => {
  const fonts = new Fonts();
  const paper = layOutPaper("marriageCertificate", 6_102);
  const beheaded = {
    ...paper,
    items: paper.items.filter(({ text, pt }) => !(/KẾT HÔN/.test(text) && pt > 15)),
  };
  assert.is(extractFields(readLikeOcr(beheaded, fonts)).paperClass, "marriageCertificate");
  const birth = layOutPaper("birthCertificate", 6_102);
  const bare = { ...birth, items: birth.items.filter(({ text }) => !/KHAI SINH/i.test(text)) };
  assert.is(extractFields(readLikeOcr(bare, fonts)).paperClass, "unknown");
});

test.run();
