// Which words do Vietnamese names begin with?
//
// Common knowledge, no register: a name that begins otherwise is not wrong, but the citizen looks at it.

const NAMES = [
  "an âu bá bạch bành bế bùi ca cái cam cao cát cầm cấn chế châu chu chử chung chúng cổ cù cung cự",
  "dã danh diêm diệp doãn dương đái đàm đan đàng đào đăng đặng đậu đèo điểu điền đinh đoàn đoạn đỗ đồng đổng",
  "giáp giản giang hà hàn hán hầu hình hoa hoàng hồ hồng hùng hứa huỳnh hướng kha khà khang khâu khiếu khổng",
  "khúc khuất khương kiên kiều kim kỳ la lã lạc lại lâm lang lầu lê lều liên liêu liễu lò lộ lỗ long lộc lục luyện",
  "lư lữ lương lường lưu lý ma mã mạc mạch mai man mang mạnh mẫn mâu mẫu mông mùa mục nghiêm ngân nghị ngô ngọ",
  "ngụy nguyễn nhâm nhan nhữ ninh nông ông phạm phan phí phó phù phùng phương quách quan quàng quản quảng sái sầm",
  "sùng tạ tào tăng thạch thái thân thẩm thập thi thiều thịnh thôi tiêu tiết tòng tô tôn tống trà trang trác trần",
  "tri triệu trịnh trình trương trưng từ tưởng tường ty ưng vàng vạn văn vi viên vòng võ vũ vừ vương xa y yên",
].flatMap((row) => row.split(" "));

const FAMILY_NAMES: ReadonlySet<string> = new Set(NAMES.map((name) => name.normalize("NFC")));

/** Any case; the tone must be right. */
export const isFamilyName = (word: string): boolean =>
  FAMILY_NAMES.has(word.toLocaleLowerCase("vi").normalize("NFC"));
