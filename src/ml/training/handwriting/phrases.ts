// Which turns of phrase come back on forms filled in by hand?
//
// Written down for this program from common knowledge of such forms.

const lines = (text: string): readonly string[] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.trim());

/** "#" is a number, "*" an invented place. */
export const HAMLETS: readonly string[] = lines(`
  thôn #
  Thôn *
  xóm #
  xóm *
  ấp *
  ấp #
  khu phố #
  KP #
  tổ #
  Tổ dân phố số #
  TDP số #
  bản *
  buôn *
  làng *
  tổ #, khối *
  đội #
`);

export const STREETS: readonly string[] = lines(`
  Nguyễn Trãi
  Trần Hưng Đạo
  Lê Lợi
  Hai Bà Trưng
  đường Hùng Vương
  đường Phan Đình Phùng
  Nguyễn Thị Minh Khai
  Lý Thường Kiệt
  Quang Trung
  phố Huế
  ngõ Văn Hương
  hẻm Bà Triệu
  Võ Văn Kiệt
  đường 30/4
  Cách Mạng Tháng Tám
  Bạch Đằng
  Huỳnh Thúc Kháng
  quốc lộ 1A
  đường số 7
  Điện Biên Phủ
  Xô Viết Nghệ Tĩnh
  Tôn Đức Thắng
`);

export const MINORITY_NAMES: readonly string[] = lines(`
  H'Hen Niê
  Y Bhăm Êban
  H'Wương Byă
  Ksor H'Nhan
  Siu Blơng
  Rơ Châm H'Yéo
  Giàng A Pháo
  Vàng Thị Mỷ
  Sùng Seo Lử
  Lò Văn Ún
  Quàng Thị Pâng
  Hồ Thị Krai
  Bling Thị Zơơm
  Arất Blúi
  Alăng Bhuốch
  Đinh Thị Grưi
  Thạch Sa Rây
  Danh Sà Phone
  Kim Thị Xà Quên
  Lý Mẩy Chạn
  Tẩn Dào Quẩy
  Phàn Lở Mẩy
  Điểu Krôi
  Thị Brâu
  Kră Jăn Wôn
  Cil Múp Ha Juk
  Kpă Klơng
  Nay Phin
  A Biu
  Y Nghĩ
`);

export const OCCUPATIONS: readonly string[] = lines(`
  Làm ruộng
  Nông dân
  làm nông
  Công nhân may
  Giáo viên
  giáo viên mầm non
  Buôn bán nhỏ
  Nội trợ
  Lái xe
  thợ xây
  Thợ mộc
  Học sinh
  Sinh viên
  Cán bộ hưu trí
  Hưu trí
  Bộ đội
  Công an
  Y tá
  Bác sĩ
  kế toán
  Kỹ sư điện
  thợ hàn
  Ngư dân
  Lao động tự do
  Kinh doanh
  Nhân viên văn phòng
  thất nghiệp
  Cạo mủ cao su
  Nuôi tôm
  bảo vệ
`);

export const RELATIONS: readonly string[] = lines(`
  Chủ hộ
  Vợ
  Chồng
  vợ chồng
  Con đẻ
  con nuôi
  Con trai
  Con gái
  con dâu
  con rể
  Bố
  Mẹ
  Bố đẻ
  Mẹ đẻ
  bố chồng
  mẹ vợ
  Ông nội
  Bà ngoại
  cháu nội
  Cháu ngoại
  Anh ruột
  chị gái
  Em trai
  em họ
  chú, bác
  Cô ruột
  Người giám hộ
  người được ủy quyền
  Cháu ruột
  Dì
`);

export const REASONS: readonly string[] = lines(`
  Đề nghị xác nhận tình trạng hôn nhân để làm thủ tục đăng ký kết hôn
  Xin cấp lại giấy khai sinh do bị mất bản chính
  Nay tôi làm đơn này kính mong Ủy ban nhân dân xã xem xét
  Giấy tờ bị thất lạc trong đợt lũ lụt năm vừa qua
  Bổ sung hồ sơ xin việc làm tại công ty may xuất khẩu
  Xin xác nhận hộ nghèo để miễn giảm học phí cho con
  Làm hồ sơ vay vốn ngân hàng chính sách xã hội
  Đăng ký thường trú theo chồng về ở cùng gia đình
  Đính chính chữ đệm trong giấy khai sinh cho đúng với hộ khẩu
  Xác nhận thửa đất không có tranh chấp với các hộ liền kề
  Chuyển mục đích sử dụng đất vườn sang đất ở
  Con tôi bị khuyết tật bẩm sinh, xin được hưởng trợ cấp hằng tháng
  Hoàn cảnh gia đình khó khăn, chồng ốm đau thường xuyên
  Xin trợ cấp mai táng phí cho mẹ tôi đã mất ngày vừa qua
  Khai tử cho bố tôi mất tại nhà vì tuổi già
  Xin sao lục hồ sơ gốc để nhập học
  Nhà bị tốc mái sau cơn bão, đề nghị hỗ trợ sửa chữa
  Tạm vắng đi làm ăn xa ở miền Nam từ đầu năm
  Xin phép tổ chức đám cưới, sử dụng lòng đường ngõ xóm
  Cấp đổi giấy chứng nhận quyền sử dụng đất do hư hỏng
  Ủy quyền cho em ruột nhận thay kết quả
  Chứng thực chữ ký trong tờ khai lý lịch cá nhân
  Đo vẽ lại ranh giới vì diện tích thực tế lớn hơn trong sổ
  Xây nhà cấp bốn, mái tôn, một tầng, trên nền nhà cũ
  Được nghỉ chế độ thương binh hạng ba phần tư
  Vì điều kiện công tác nên không đến trực tiếp được
  Xin nhập hộ khẩu cho cháu nhỏ mới sinh tháng trước
  Không có tiền án, tiền sự, chấp hành tốt chủ trương
`);

export const CLOSINGS: readonly string[] = lines(`
  Tôi xin cam đoan lời khai trên là đúng sự thật.
  Tôi xin chân thành cảm ơn!
  nếu sai tôi xin chịu trách nhiệm trước pháp luật
  kính đề nghị quý cơ quan giải quyết
  theo quy định hiện hành
  trong thời gian sớm nhất
  để tiện việc đi lại và giao dịch
  , xin cảm ơn
`);
