// Which syllables are Vietnamese personal names made of?
//
// Written down for this program from common knowledge; no register was used. A name that is missing here stays as
// it was read.

/** Family names, the 14 that most people have first. */
export const FAMILY_NAMES: readonly string[] = `
nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý
an âu bạch bành bế biện bồ cái cam cao cát cầm chắng chế chiêm chu châu chung chử chương cổ cù cung cự
danh diêm diệp doãn dư đái đàm đan đào đậu điền điêu đinh đoàn đoạn đồng đổng đường đới giang giáp giản
hà hạ hàn hàng hầu hầu hoa hoắc hồng hùng hứa hướng hữu kha khâu khiếu khổng khuất khúc khương kiều kim
la lã lạc lại lâm lều liêu liễu linh lò lỗ lộ lộc luân luyện lục lương lường lưu lữ ma mã mạc mạch mai man mang mầu mẫn
mẹo mễ mông mùa mục mương ninh nghiêm nghị ngọc ngụy nhan nhâm nhữ nhiếp nông ngân ông ổn phí phó phù phùng phương
quách quan quàng quản quang quảng quế sái sầm sào sùng sử sơn tạ tăng tân tất tẩn tề thạch thái thang thành thào thẩm thập thẩm thi
thiều thiệu thôi thời thục thủy tiêu tiết tô tôn tống trà trác trang triệu triệu trịnh trình trung trương trưng từ tưởng tướng
ty uất ung ứng ưng uông văn vàng vi viêm viên vưu vương xa xà xầm xiêm yên
`
  .trim()
  .split(/\s+/);

/** Middle and given names' syllables. */
export const GIVEN_NAMES: readonly string[] = `
ái an ánh ân ẩn ấn anh ảnh âu ất ba bá bạch bài bái bản bàng bành bảo báu bảy bắc bằng băng bân bé bích biên biền biển
bình bính bồng bông bổng bửu ca các cách cai cảnh cao cát căn cẩm cẩn cầm cần cầu chánh chăm chấn chất châm châu chi chí chiến
chiêu chiều chinh chính chúc chúng chung chuyên chuyền chương chước cơ công cung cúc cường cương cước cử cự danh dân dần
dật di dịch diên diễm diễn diện diệp diệu dinh dĩnh doanh doãn dũng duẩn dung duy duyên duyệt dự dư dưỡng dương dược đa đài đại
đàm đàn đan đáng đản đang đạt đạo đào đắc đăng đằng đặng đậu đẩu để đệ đích điềm điểm điền điển điệp điệu đính định đình đinh đỉnh
đoan đoàn đô độ đông đồng đổng động đức đương đường được gấm gia giác giang giáng giàu giao giáo giáp gioan giới hà hạ hách hai hải hài hàm
hàn hãn hán hạnh hành hào hảo hạo hằng hăng hân hận hậu hiên hiền hiển hiến hiện hiếu hiểu hiệp hiệu hinh hình ho hoa hòa hoà hóa hoá họa
hoạch hoài hoàn hoán hoan hoàng hoành hoạt hoằng hồ hộ hội hồi hối hổ hồng hợi hợp hợi huân huấn huê huế huệ huỳnh huy huyên huyền huyến hùng húng
hưng hứng hương hường hướng hưởng hữu hy hỷ kha khả khá khai khải khái khang kháng khanh khánh khảo khắc khâm khiêm khiết khiêu khoa khoan khoát khoái
khôi khởi khuê khuyên khuyến khương kiên kiến kiện kiệt kiều kiểu kiếm kiệm kim kính kình kỳ kỷ kỉ kỹ la lạc lạng lam lan lãm lanh
lãnh lành lành lăng lân lâm lập lễ lê lệ len lệnh lịch liêm liên liễu liệu liệt linh lĩnh lộc loan long lô lộ lợi luân luận luật
lụa lục lung luyến luyện lư lữ lực lương lượng lượm lượt lưu lựu ly lý mai mại man mãn mạnh mạo mão mẫn mận mậu mẫu mây mến mi mị miên
miền minh mĩ mỹ mơ mộc mộng môn mùi muội mười mừng mưu nam nãi năm năng nga ngà ngạn ngàn ngát ngân ngần nghi nghị nghĩa nghiệp
nghiêm nghĩnh ngoan ngoạn ngọc ngôn nguyên nguyện nguyệt ngữ ngự nhã nhài nhàn nhạn nhan nhân nhẫn nhâm nhật nhất nhi nhị nhiên nhiệm nhinh
nho nhơn nhu nhuần nhuận nhung như nhựt niệm niên ninh nở nương nữ oai oánh oanh ổn pha phái phan pháp phát phấn phẩm phi phiên phiệt phiến phin phong phòng phóng
phô phổ phong phú phúc phước phụng phùng phục phương phượng phường quan quán quang quảng quân quần quất quế quí quý quy quốc quyên quyến quyền quyết quỳnh rạng ry sa sang
sáng sâm sầm sắc sấm sáu sen sĩ sỹ siêm siêng sim sinh soạn son song sổ sơn suất sung suốt sương sửu tá tạ tài tám tam tán tảo tấn tân tâm
tân tần tập tất tăng tặng tế thạch thái thanh thành thạnh thao thảo tháp thạo thắm thắng thăng thắng thấm thân thẩm thất thật
thể thế thêm thêu thi thì thị thìn thiêm thiên thiền thiện thiết thiệt thiệu thiều thịnh thỉnh thọ thoa thoại thoan thoi thơ thơi thời thới
thông thống thu thụ thuấn thuần thuận thuật thục thùy thuỳ thúy thuý thủy thuỷ thụy thuyên thuyền thuyết thư thứ thưởng thường thương thược thức thực
ti tí tị tích tiến tiên tiền tiện tiếp tiệp tính tình tín tin tịnh tỉnh tỉnh toa toại toan toàn toán toản tòng tố tô tôn
tông tốt tới trà trác trạch trai trang tráng tràng trâm trân trầm trấn trắc tri trí trị triển triết triều triệu trinh trình trịnh trọng trợ
trung trúc trường trưởng trương trước trực trừ tú tụ tuân tuần tuấn tuất tuệ tùng tung tuy tuyên tuyền tuyển tuyết tư tứ tự từ tưởng tường
tửu tỵ tý út uy uyên uyển ứng ước vân vấn vận văn vạn vàng vẻ ven vi vĩ vị viên viễn viện viết việt vinh vịnh vĩnh vọng vui vũ võ vụ
vui vương vượng vượt vỹ xa xinh xoa xoan xuân xuất xuyên xuyến xướng xương y ý yêm yên yến
`
  .trim()
  .split(/\s+/);
